import pyarrow as pa
import pytest

from xent.data import TableEncoder, plan_columns
from xent.errors import DataError, DomainError

TABLE = pa.table(
    {
        "zip": ["02139", "10115", "02139", "94105"] * 10,
        "code": [3, 1, 2, 3] * 10,
        "rough": ["1.5", "x", "2", "y"] * 10,
        "day": ["2020-01-05", "?", "none of it", "2020-02-01"] * 10,
        "y": ["a", "b"] * 20,
    }
)


def plans(**types):
    found = plan_columns(TABLE, "y", types=types)
    return {plan.name: (plan.kind, plan.note) for plan in found}


def test_one_name_to_keep_is_one_column():
    table = pa.table({"a": list(range(40)), "b": list(range(40))})
    assert len(plan_columns(table, keep="a")) == 2
    for call in (lambda: plan_columns(table, keep="ab"), lambda: TableEncoder(keep="ab").fit(table)):
        with pytest.raises(DataError, match="`keep` must be a column of the table; got 'ab'"):
            call()


def test_a_kind_that_is_requested_is_given():
    found = plans(zip="numeric", code="categorical", rough="numeric", day="datetime")
    assert found["zip"] == ("numeric", "2139 to 94105")
    assert found["code"] == ("categorical", "3 levels")
    assert found["rough"][0] == "numeric"
    assert "20 odd cells are gaps: 'x' in row 1" in found["rough"][1]
    assert found["day"][0] == "datetime"
    assert plans()["rough"][0] == "categorical"
    assert plans(code="drop")["code"] == ("excluded", "dropped as requested")


def test_a_number_made_a_category_is_read_so_at_prediction():
    encoder = TableEncoder(target="y", types={"code": "categorical", "rough": "numeric"}).fit(TABLE)
    assert "code=1" in encoder.get_feature_names_out()
    assert "code" in encoder.text_columns
    with pytest.warns(UserWarning, match="2 cells of column 'rough' cannot be read as numbers"):
        X = encoder.transform(TABLE.slice(0, 4))
    names = list(encoder.get_feature_names_out())
    assert X[:, names.index("code=1")].tolist() == [0, 1, 0, 0]
    assert X[:, names.index("rough missing")].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("types", "error", "words"),
    [
        ({"zap": "text"}, DataError, r"`types` must be a column of the table; got 'zap'. Did you mean 'zip'"),
        ({"y": "text"}, DataError, "`types` must name columns other than the target; got 'y'"),
        ({"zip": "numerc"}, DomainError, "got 'numerc' for column 'zip'. Did you mean 'numeric'"),
        ({"y2": "text"}, DataError, "`types`"),
        ({"code": "datetime"}, DataError, "'datetime' for column 'code', which holds 3"),
        ({"zip": "boolean"}, DataError, "'boolean' for column 'zip', which holds '02139'"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(types, error, words):
    with pytest.raises(error, match=words):
        plan_columns(TABLE, "y", types=types)


@pytest.mark.parametrize(("limit", "number"), [("most_levels", 0), ("most_words", -1)])
def test_a_limit_below_its_least_is_refused(limit, number):
    with pytest.raises(DomainError, match=f"`{limit}` must be at least {number + 1}; got {number}"):
        plan_columns(TABLE, "y", **{limit: number})
