import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.data.column_values import first_unreadable, numbers, read_text, text_codes


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


@given(
    st.lists(st.sampled_from(["1", "2.5", None]), max_size=20),
    st.lists(st.sampled_from(["1", "x", None]), max_size=20),
)
def test_the_first_cell_that_does_not_read_is_found(good, rest):
    column = pa.chunked_array([pa.array([*good, "x", *rest], pa.string())])
    assert first_unreadable(column, "numbers") == len(good)


@pytest.mark.parametrize(
    ("meaning", "text", "values"),
    [
        ("numbers", ["1", "-2.5e3", None], [1.0, -2500.0, np.nan]),
        ("true or false", ["true", "False", None], [1.0, 0.0, np.nan]),
    ],
)
def test_text_reads_as_what_it_says(meaning, text, values):
    read = read_text(pa.chunked_array([text]), meaning)
    np.testing.assert_array_equal(numbers(read), values)
    assert read_text(pa.chunked_array([[*text, "x"]]), meaning) is None
