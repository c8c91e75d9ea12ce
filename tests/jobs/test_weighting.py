import numpy as np
import pyarrow as pa
import pytest

from xent.data.target_encoding import encode_target
from xent.errors import DataError, DomainError
from xent.jobs.weighting import table_weights

TABLE = pa.table({"y": ["a", None, "b", "a", None], "w": [1.0, 2.0, 3.0, 0.0, 5.0]})
GOAL = encode_target(TABLE, "y")


def test_weights_are_those_of_the_rows_with_a_class():
    weights, name = table_weights(TABLE, "w", GOAL)
    assert name == "w"
    np.testing.assert_array_equal(weights, [1.0, 3.0, 0.0])
    np.testing.assert_array_equal(table_weights(TABLE, 2, GOAL)[0], [2.0, 2.0, 2.0])
    assert table_weights(TABLE, None, GOAL) == (None, None)


def test_rows_without_a_class_are_no_class_of_positive_weight():
    with pytest.raises(
        DataError, match="hold at least two classes among rows of positive weight; got 1 class"
    ):
        table_weights(TABLE, [1.0, 2.0, 0.0, 1.0, 5.0], GOAL)
    with pytest.raises(DomainError, match="`sample_weight` must have an entry > 0"):
        table_weights(TABLE, [0.0, 2.0, 0.0, 0.0, 5.0], GOAL)


def test_an_invalid_weight_of_a_row_without_a_class_is_named_by_its_place_in_the_table():
    with pytest.raises(
        DomainError, match=r"`sample_weight` must be finite and >= 0; got -1\.0, first at index \(4,\)"
    ):
        table_weights(TABLE, [1.0, 2.0, 0.0, 1.0, -1.0], GOAL)
