import pytest

from xent.data import BUILTIN, encode_target, load_builtin
from xent.errors import DataError


@pytest.mark.parametrize(
    ("name", "rows", "features", "target", "counts"),
    [
        ("iris", 150, 4, "species", {"setosa": 50, "versicolor": 50, "virginica": 50}),
        ("wine", 178, 13, "cultivar", {"class_0": 59, "class_1": 71, "class_2": 48}),
        ("breast_cancer", 569, 30, "diagnosis", {"benign": 357, "malignant": 212}),
        ("digits", 1797, 64, "digit", dict(enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))),
    ],
)
def test_a_bundled_set_has_its_rows_its_features_and_its_classes(name, rows, features, target, counts):
    table, found = load_builtin(name)
    assert (found, table.num_rows, table.num_columns) == (target, rows, features + 1)
    encoded = encode_target(table, found)
    assert {name: int((encoded.codes == code).sum()) for code, name in enumerate(encoded.classes)} == counts


def test_features_keep_their_real_names():
    assert load_builtin("iris")[0].column_names[0] == "sepal length (cm)"
    assert load_builtin("breast_cancer")[0].column_names[0] == "mean radius"
    assert load_builtin("digits")[0].column_names[:2] == ["pixel_0_0", "pixel_0_1"]


def test_every_set_has_a_line_that_describes_it():
    assert list(BUILTIN) == ["digits", "breast_cancer", "wine", "iris", "heartbeats"]
    assert all(len(line) < 90 and "\n" not in line for line in BUILTIN.values())
    assert "synthetic, not for clinical use" in BUILTIN["heartbeats"]


def test_every_described_set_loads():
    for name in BUILTIN:
        table, target = load_builtin(name)
        assert target in table.column_names


def test_options_of_heartbeats_are_passed_on():
    table, target = load_builtin("heartbeats", rows=31, seed=3)
    assert (table.num_rows, target) == (31, "beat")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("irs", {}, "`name` must be a built-in data set; got 'irs'. Did you mean 'iris'?"),
        (
            "zzz",
            {},
            (
                "`name` must be a built-in data set; got 'zzz'. The built-in sets are 'digits', "
                "'breast_cancer', 'wine', 'iris' and 'heartbeats'."
            ),
        ),
        (["iris"], {}, "`name` must be a built-in data set; got ['iris']. Did you mean 'iris'?"),
        (
            "iris",
            {"rows": 3},
            "`options` must be options of that data set; got rows for 'iris'. Only 'heartbeats' has options.",
        ),
        (
            "heartbeats",
            {"row": 3},
            "`options` must be options of that data set; got 'row'. Did you mean 'rows'?",
        ),
    ],
)
def test_an_unknown_set_or_option_says_what_there_is(name, options, message):
    with pytest.raises(DataError) as caught:
        load_builtin(name, **options)
    assert caught.value.caller == "load_builtin"
    assert caught.value.complaint == message
