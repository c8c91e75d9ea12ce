import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.data.column_values import day_numbers, text_codes
from xent.near_names import files_in


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


@pytest.mark.parametrize(
    ("kind", "stored", "days"),
    [
        (pa.timestamp("s"), 10**16, 10**16 / 86_400),
        (pa.timestamp("ms", "UTC"), -(10**18), -(10**18) / 86_400_000),
        (pa.date64(), 10**10 * 86_400_000, 10**10),
        (pa.date32(), 2**31 - 1, 2**31 - 1),
        (pa.timestamp("ns"), 43_200 * 10**9, 0.5),
    ],
)
def test_instants_of_any_year_are_days_and_do_not_wrap_around(kind, stored, days):
    width = pa.int32() if kind == pa.date32() else pa.int64()
    column = pa.chunked_array([pa.array([stored, None], width).cast(kind)])
    found = day_numbers(column)
    assert found[0] == days
    assert np.isnan(found[1])


def test_files_there_are_named_without_folders_that_hold_nothing(tmp_path):
    (tmp_path / "xent-out" / ".unfinished").mkdir(parents=True)
    (tmp_path / "results").mkdir()
    for name in ("train.csv", "results/report.html", ".hidden"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert files_in(tmp_path) == ["results", "train.csv"]
