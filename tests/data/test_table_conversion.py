import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from xent.data import to_table
from xent.data.table_conversion import replace_columns
from xent.errors import DataError

COLUMNS = {"age": [31, 45], "city": ["Oslo", None], "tall": [True, False]}
ROWS = [{"age": 31, "city": "Oslo", "tall": True}, {"age": 45, "city": None, "tall": False}]


def complaint(data, **options):
    with pytest.raises(DataError) as caught:
        to_table(data, **options)
    assert caught.value.caller == "to_table"
    return caught.value.complaint


@pytest.mark.parametrize(
    "data",
    [
        COLUMNS,
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS, index=["p", "q"]),
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        pa.table(COLUMNS),
        pa.record_batch(COLUMNS),
        {
            "age": np.asarray([31, 45]),
            "city": pd.Series(["Oslo", None], index=[7, 8]),
            "tall": pl.Series([True, False]),
        },
    ],
    ids=lambda data: f"{type(data).__module__.split('.')[0]}.{type(data).__name__}",
)
def test_every_frame_becomes_the_same_rows(data):
    assert to_table(data).to_pylist() == ROWS


def test_an_arrow_table_is_passed_on():
    table = pa.table(COLUMNS)
    assert to_table(table) is table


def test_columns_of_an_array_are_counted_from_0():
    table = to_table(np.asfortranarray([[1.5, 2.0], [3.0, np.nan]]), target=np.asarray([1, 0]))
    assert table.column_names == ["x0", "x1", "target"]
    assert table["x0"].to_pylist() == [1.5, 3.0]
    assert np.isnan(table["x1"].to_pylist()[1])
    assert table["target"].to_pylist() == [1, 0]


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.int8, np.uint64, np.bool_, "<U3", "datetime64[s]", object]
)
def test_arrays_of_every_dtype_become_columns(dtype):
    array = np.asarray([[1, 0], [0, 1]]).astype(dtype)
    assert to_table(array)["x1"].to_pylist() == pa.array(array[:, 1]).to_pylist()


def test_a_target_may_be_a_series_or_a_list():
    for target in (["n", "y"], pd.Series(["n", "y"], index=[5, 6]), pl.Series(["n", "y"])):
        assert to_table(COLUMNS, target=target)["target"].to_pylist() == ["n", "y"]


def test_categories_of_pandas_stay_categories():
    table = to_table(pd.DataFrame({"a": pd.Categorical([2, 1, 2])}))
    assert pa.types.is_dictionary(table.schema.field("a").type)
    assert pa.types.is_dictionary(to_table({"a": pd.Categorical([2, 1])}).schema.field("a").type)


def test_missing_cells_of_pandas_are_null():
    assert to_table(pd.DataFrame({"a": [1.5, None], "b": [dt.date(2020, 1, 1), None]})).to_pylist()[1] == {
        "a": None,
        "b": None,
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            np.zeros(3),
            "`data` must have two axes; got shape (3,). Make one column of it with `data.reshape(-1, 1)`.",
        ),
        (np.zeros((3, 1, 1)), "`data` must have two axes; got shape (3, 1, 1)."),
        ([1, 2], "`data` must be a data frame, an array or columns; got an object of type list."),
        (None, "`data` must be a data frame, an array or columns; got an object of type NoneType."),
        (
            {"a": [1, 2], "b": [1]},
            "`data` must have as many values in every column; got 2 in 'a' and 1 in 'b'.",
        ),
        (
            {"a": [1], "b": [1], "c": [1, 2]},
            "`data` must have as many values in every column; got 1 in 'a' and 2 in 'c'.",
        ),
        (
            {"a": np.zeros((2, 2))},
            "`data` must have one axis in each column; got shape (2, 2) as column 'a'.",
        ),
        ({"a": 5}, "`data` must be columns of values; got 5 as column 'a'."),
        ({"a": "xyz"}, "`data` must be columns of values; got 'xyz' as column 'a'."),
        (
            {"a": [None, 1, "x"]},
            (
                "`data` must hold one kind of value in each column; got int in row 1 and str in row 2 of "
                "column 'a' (rows count from 0)."
            ),
        ),
        (
            pd.DataFrame({"a": [1, 2.5], "b": ["x", 2]}),
            (
                "`data` must hold one kind of value in each column; got str in row 0 and int in row 1 of "
                "column 'b' (rows count from 0)."
            ),
        ),
        (
            np.zeros((2, 1), complex),
            (
                "`data` must hold numbers, text, dates or truth values; got complex128 in row 0 of "
                "column 'x0' (rows count from 0)."
            ),
        ),
        (
            pd.DataFrame(np.zeros((2, 3)), columns=["a", "b", "a"]),
            "`data` must name each column once; got 'a' more than once. Rename all but one of them.",
        ),
        (
            pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]),
            "`data` must name each column once; got 'a' more than once. Rename all but one of them.",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_a_table_says_why(data, message):
    assert complaint(data) == message


def test_two_names_of_one_text_are_refused_and_none_of_the_columns_is_lost():
    with pytest.raises(DataError, match="name each column once; got '7' more than once"):
        to_table({7: [1, 2], "7": [3, 4], "age": [5, 6]})


def test_the_column_to_blame_is_named_and_not_one_before_it():
    frame = pd.DataFrame({"sex": ["m", None], "age": [1.5, np.nan], "other": [1, "a"]})
    assert complaint(frame) == (
        "`data` must hold one kind of value in each column; got int in row 0 and str in row 1 of column "
        "'other' (rows count from 0)."
    )


def test_a_series_keeps_its_name_as_a_target_and_may_be_a_column_of_the_frame_itself():
    frame = pd.DataFrame({"x": [1, 2], "y": ["a", "b"]})
    assert to_table(frame[["x"]], target=frame["y"]).column_names == ["x", "y"]
    assert to_table(frame, target=frame["y"]).column_names == ["x", "y"]
    assert "name each column once" in complaint(frame, target=frame["y"].str.upper())


def test_a_target_of_the_frame_itself_may_hold_nan():
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0.0, float("nan"), 1.0]})
    assert to_table(frame, target=frame["y"]).column_names == ["x", "y"]
    with pytest.raises(DataError, match="got 'y' more than once"):
        to_table(frame, target=frame["y"].fill_nan(2.0))


def test_a_target_has_as_many_values_as_there_are_rows():
    assert complaint(COLUMNS, target=[1]) == "`target` must have one value per row; got 1 for 2 rows."


def test_a_target_may_not_stand_twice():
    assert complaint({"target": [1]}, target=[1]).startswith(
        "`data` must name each column once; got 'target' more than once"
    )


def test_replaced_columns_keep_their_places_and_the_table_its_metadata():
    table = pa.table({"a": [1, 2], "b": ["3", "4"], "c": [5, 6]}).replace_schema_metadata({"k": "v"})
    found = replace_columns(table, {"b": pa.chunked_array([[3.0], [4.0]])})
    assert found.column_names == ["a", "b", "c"]
    assert found.to_pydict() == {"a": [1, 2], "b": [3.0, 4.0], "c": [5, 6]}
    assert found.schema.metadata == {b"k": b"v"}


def test_nothing_to_replace_gives_the_table_itself():
    table = pa.table({"a": [1]})
    assert replace_columns(table, {}) is table
