import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from xent.data import to_table
from xent.data.pandas_columns import column_name, plain_frame, plain_series


def test_names_that_are_not_text_become_text():
    table = to_table(pd.DataFrame({0: [1], 2.5: [2], True: [3], ("a", "b"): [4]}))
    assert table.column_names == ["0", "2.5", "True", "a b"]
    assert to_table({7: [1]}).column_names == ["7"]


def test_levels_of_a_multiindex_are_joined():
    names = pd.MultiIndex.from_tuples([("income", 2023), ("income", 2024), ("age", "")])
    table = to_table(pd.DataFrame([[1, 2, 3]], columns=names))
    assert table.column_names == ["income 2023", "income 2024", "age"]
    assert column_name(("income", 2024)) == "income 2024"


def test_intervals_become_categories_by_their_text_in_the_order_of_the_rows():
    cut = pd.cut(np.asarray([0.5, 2.5, 1.5, np.nan]), [0, 1, 2, 3])
    for values in (cut, pd.Series(cut)):
        table = to_table(pd.DataFrame({"x": values}))
        assert pa.types.is_dictionary(table.schema.field("x").type)
        assert table["x"].to_pylist() == ["(0, 1]", "(2, 3]", "(1, 2]", None]
    assert to_table({"x": pd.Series(cut)})["x"].to_pylist()[0] == "(0, 1]"
    plain = pd.DataFrame({"x": pd.Series(pd.IntervalIndex.from_breaks([0, 1, 2]))})
    assert to_table(plain)["x"].to_pylist() == ["(0, 1]", "(1, 2]"]


def test_periods_become_days_and_categories_of_periods_text():
    months = pd.Series(pd.period_range("2024-01", periods=3, freq="M"))
    table = to_table(pd.DataFrame({"a": months, "b": months.astype("category")}))
    assert pa.types.is_timestamp(table.schema.field("a").type)
    assert str(table["a"][1].as_py()).startswith("2024-02-01")
    assert table["b"].to_pylist() == ["2024-01", "2024-02", "2024-03"]


def test_an_index_or_an_array_of_periods_or_intervals_is_read_as_a_series_is():
    years, cuts = pd.period_range("2020", periods=2, freq="Y"), pd.IntervalIndex.from_breaks([0, 1, 2])
    for values in (years, pd.array(years)):
        assert str(to_table({"x": values})["x"][1].as_py()).startswith("2021-01-01")
    for values in (cuts, pd.array(cuts), pd.Categorical(cuts), pd.CategoricalIndex(cuts)):
        assert to_table({"x": values})["x"].to_pylist() == ["(0, 1]", "(1, 2]"]


@pytest.mark.parametrize("data", [{"a": [1]}, pa.table({"a": [1]}), np.zeros(3), None, 5])
def test_what_is_not_of_pandas_is_passed_on(data):
    assert plain_frame(data) is data
    assert plain_series(data) is data


def test_a_usual_frame_is_passed_on_without_a_copy():
    frame = pd.DataFrame({"a": [1.5], "b": ["x"], "c": pd.Categorical(["u"])})
    assert plain_frame(frame) is frame
    assert plain_series(frame["a"]) is not None
