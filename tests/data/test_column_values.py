import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from xent.data.column_values import text_codes


@given(st.lists(st.sampled_from(["a", "b", "", "1", None]), max_size=30), st.integers(0, 30))
def test_codes_and_levels_give_the_text_back(values, cut):
    chunks = [pa.array(values[:cut], pa.string()), pa.array(values[cut:], pa.string())]
    apart = pa.chunked_array([chunk.dictionary_encode() for chunk in chunks])
    for column in (pa.chunked_array(chunks), apart):
        codes, levels = text_codes(column)
        assert [None if code < 0 else levels[code].as_py() for code in codes.tolist()] == values
        assert codes.dtype == np.int32


def test_codes_without_a_sign_and_a_null_among_the_levels_are_understood():
    unsigned = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint8()), ["a", "b"])
    assert text_codes(pa.chunked_array([unsigned]))[0].tolist() == [1, -1, 0]
    holed = pa.DictionaryArray.from_arrays(pa.array([2, None, 1, 0], pa.int8()), pa.array(["a", None, "b"]))
    codes, levels = text_codes(pa.chunked_array([holed]))
    assert [None if code < 0 else levels[code].as_py() for code in codes.tolist()] == ["b", None, None, "a"]
    assert codes.tolist().count(-1) == 2


def test_levels_that_differ_by_the_spaces_around_them_are_one():
    codes, levels = text_codes(pa.chunked_array([[" clerk", "clerk ", "cook"]]))
    assert [levels[code].as_py() for code in codes.tolist()] == ["clerk", "clerk", "cook"]
