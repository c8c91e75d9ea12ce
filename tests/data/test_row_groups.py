import numpy as np
import pyarrow as pa
import pytest

from xent.data.row_groups import row_groups, shared_groups
from xent.errors import DataError

ROWS = np.arange(120)
TRAIN, HELD_OUT = ROWS[ROWS % 4 > 0], ROWS[ROWS % 4 == 0]


@pytest.mark.parametrize(
    "name", ["patient", "Patient number", "customer_id", "userId", "household", "subject", "session"]
)
def test_a_column_named_like_groups_is_found(name):
    table = pa.table({name: ROWS // 4, "x": ROWS * 1.5})
    assert shared_groups(table, TRAIN, HELD_OUT) == ((name, 1.0),)


def test_text_is_a_group_as_numbers_are():
    table = pa.table({"patient": [f"p{row // 4}" for row in ROWS]})
    assert shared_groups(table, TRAIN, HELD_OUT) == (("patient", 1.0),)


@pytest.mark.parametrize(
    "columns",
    [
        {"city": ROWS // 4},
        {"patient": ROWS},
        {"patient": ROWS % 3},
        {"patient": ROWS / 4},
        {"patient": [[row] for row in ROWS]},
        {"patient": [None] * 120},
    ],
    ids=["another name", "single rows", "three groups", "fractions", "lists", "nothing"],
)
def test_a_column_that_names_no_groups_is_not(columns):
    assert shared_groups(pa.table(columns), TRAIN, HELD_OUT) == ()


def test_groups_that_are_on_one_side_are_not_said():
    table = pa.table({"patient": ROWS // 4})
    assert shared_groups(table, ROWS[:80], ROWS[80:]) == ()


def test_groups_are_numbered_and_a_row_without_one_stands_alone():
    table = pa.table({"g": ["b", None, "a", "b", None, "c"]})
    groups = row_groups(table, "g", np.asarray([0, 1, 3, 4, 5]), caller="fit")
    assert groups[0] == groups[2]
    assert sorted(set(groups.tolist())) == [0, 1, 2, 3]


def test_a_column_of_one_group_or_no_column_is_refused():
    table = pa.table({"g": ["a"] * 4, "x": [1, 2, 3, 4]})
    with pytest.raises(DataError, match=r"fit: `group` must name at least two groups; got column 'g'"):
        row_groups(table, "g", np.arange(4), caller="fit")
    with pytest.raises(DataError, match=r"fit: `group` must be a column of the table; got 'h'"):
        row_groups(table, "h", np.arange(4), caller="fit")
