import numpy as np
import pyarrow as pa

from xent.data import TableEncoder
from xent.data.gap_indicators import gaps_tell


def test_the_gaps_of_a_dropped_column_are_a_feature():
    cabin = [None if row % 3 else f"c{row}" for row in range(60)]
    number = [float("nan") if row % 2 else row * 17 + 5 for row in range(60)]
    table = pa.table({"cabin": cabin, "ticket_id": number, "x": [0.5, 1.5, 2.0] * 20})
    encoder = TableEncoder().fit(table)
    assert encoder.columns[0].kind == "identifier"
    assert encoder.columns[0].note == "unique in every row: dropped; its 40 gaps are a feature"
    names = list(encoder.get_feature_names_out())
    X = encoder.transform(pa.table({"cabin": ["new", None], "ticket_id": [None, 3.0], "x": [1.0, 1.0]}))
    np.testing.assert_array_equal(X[:, names.index("cabin missing")], [0, 1])


def test_a_few_gaps_tell_nothing():
    assert [gaps_tell(missing, 500) for missing in (0, 4, 5, 495, 496, 500)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_dropped_column_with_gaps_is_needed_at_prediction():
    cabin = [None if row % 3 else f"c{row}" for row in range(60)]
    encoder = TableEncoder().fit(pa.table({"cabin": cabin}))
    assert encoder.transform(pa.table({"cabin": [None, "q"]})).tolist() == [[1.0], [0.0]]
