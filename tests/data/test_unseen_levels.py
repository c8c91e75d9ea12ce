import pyarrow as pa
import pytest

from xent.data import TableEncoder, level_indicators
from xent.data.unseen_levels import unseen_levels, warn_of_unseen_levels

CITIES = ["Oslo", "Rome", "Lima"] * 20 + ["Ulm"]


@pytest.fixture(scope="module")
def encoder():
    return TableEncoder().fit(pa.table({"city": CITIES, "zip": ["02139", "94105", "10001"] * 20 + ["02139"]}))


def found(encoder, city, codes=None):
    table = pa.table({"city": city, "zip": codes or ["02139"] * len(city)})
    return [one.sentence for one in unseen_levels(encoder, table)]


def test_levels_are_counted_with_the_nearest_known_one(encoder):
    (sentence,) = found(encoder, ["oslo", "Lyma", "oslo", "Rome", "qqq", None])
    assert sentence == (
        "4 of 6 cells of column 'city' hold levels that training did not have: 'oslo' (2, nearest 'Oslo'), "
        "'Lyma' (1, nearest 'Lima'), 'qqq' (1)"
    )


def test_a_rare_level_of_training_is_known(encoder):
    assert encoder.categories_[0]["other"]
    assert found(encoder, ["Ulm", "Oslo"]) == []
    assert "nearest 'Ulm'" in found(encoder, ["Ulmm"])[0]


def test_beyond_three_levels_are_counted(encoder):
    assert found(encoder, list("vwxyz"))[0].endswith("'v' (1), 'w' (1), 'x' (1) and 2 more")


def test_numbers_in_a_category_are_counted_as_such(encoder):
    assert found(encoder, ["Oslo"] * 3, [2139, 2139, 94105]) == [
        "2 of 3 cells of column 'zip' hold numbers where training had text: '2139' (2, nearest '02139')"
    ]


def test_the_warning_says_the_same(encoder):
    with pytest.warns(UserWarning, match="1 of 1 cells of column 'city' hold levels"):
        warn_of_unseen_levels(encoder, pa.table({"city": ["oslo"], "zip": ["02139"]}))


def test_where_the_names_of_rare_levels_are_not_kept_nothing_is_said(monkeypatch):
    monkeypatch.setattr(level_indicators, "_MOST_RARE", 0)
    many = TableEncoder().fit(pa.table({"city": CITIES}))
    assert many.categories_[0]["rare"] is None
    assert unseen_levels(many, pa.table({"city": ["Paris"]})) == ()


def test_an_encoder_of_an_earlier_version_says_nothing_unless_no_level_was_rare():
    old = TableEncoder().fit(pa.table({"city": CITIES}))
    for category in old.categories_:
        del category["rare"]
    assert unseen_levels(old, pa.table({"city": ["Paris"]})) == ()
    plain = TableEncoder().fit(pa.table({"city": CITIES[:60]}))
    for category in plain.categories_:
        del category["rare"]
    assert len(unseen_levels(plain, pa.table({"city": ["Paris"]}))) == 1
