"""Tables from data in memory: data frames, arrays, columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from narwhals.exceptions import DuplicateError

from xent.data.file_facts import facts_of_attributes, with_facts
from xent.data.pandas_columns import column_name, plain_frame, plain_series
from xent.data.table_files import check_names
from xent.errors import DataError

__all__ = ["replace_columns", "target_name", "to_table"]


def to_table(data: Any, /, *, target: Any = None) -> pa.Table:
    """
    A data frame, an array or named columns as an arrow table.

    Parameters
    ----------
    data : data frame, array of shape (n, p), or mapping of str to sequence
        Any data frame that narwhals knows (pandas, Polars, PyArrow and others; a lazy one is collected),
        a NumPy array, whose columns are called ``x0``, ``x1`` and so on, or columns by their names.
    target : sequence or series of length n, optional
        Values to predict; they become the last column, called ``target`` or, for a series that has a name,
        by that name. A series with the name and the values of a column of `data` means that column.

    Returns
    -------
    pyarrow.Table
        The same columns in the same order; not copied where arrow can share the memory. The index of a pandas
        frame is not a column. Names that are not text are converted to text, and so are intervals, which
        become categories; periods become the dates at which they start. NaN is a gap in lists and in frames
        of pandas, and stays NaN in other frames and in arrays of NumPy and of arrow; a masked entry is a gap.
        A pandas frame of `xent.data.read_records` keeps its target, groups and places.

    Raises
    ------
    DataError
        If `data` is of another kind, or has a name twice, columns of different lengths, or a column with
        values of different kinds; or if `target` has not one value per row, or the name of a column, unless
        it is a series of the values of that column.

    Examples
    --------
    >>> import numpy as np
    >>> to_table(np.asarray([[1.5, 2.0], [3.0, 4.0]]), target=["no", "yes"]).to_pylist()
    [{'x0': 1.5, 'x1': 2.0, 'target': 'no'}, {'x0': 3.0, 'x1': 4.0, 'target': 'yes'}]
    """
    if isinstance(data, pa.Table):
        table = data
    elif isinstance(data, Mapping):
        table = _from_columns(data)
    elif isinstance(data, np.ndarray):
        table = _from_columns(_array_columns(data))
    else:
        table = _from_frame(data)
    check_names(table.column_names, caller="to_table")
    return table if target is None else _with_target(table, target)


def _from_columns(columns: Mapping[str, Any]) -> pa.Table:
    """
    Table of a mapping of names, which become text, to columns.

    Raises `DataError` if two names are one text, the columns differ in length, or one is not a sequence of
    one kind of values.
    """
    check_names([column_name(name) for name in columns], caller="to_table")
    arrays = {column_name(name): _column(values, column_name(name)) for name, values in columns.items()}
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        (first, *_), longest = lengths, max(lengths, key=lambda name: lengths[name])
        other = (
            longest if lengths[longest] != lengths[first] else min(lengths, key=lambda name: lengths[name])
        )
        fact = f"{lengths[first]} in {first!r} and {lengths[other]} in {other!r}"
        raise DataError("to_table", "data", "have as many values in every column", got=fact)
    return pa.table(arrays)


def _array_columns(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """
    Columns of a matrix of shape (n, p) by their names x0, x1, ...; raises `DataError` for other than two
    axes.
    """
    if array.ndim != 2:
        hint = "Make one column of it with `data.reshape(-1, 1)`." if array.ndim == 1 else ""
        raise DataError("to_table", "data", "have two axes", got=f"shape {array.shape}", hint=hint)
    return {f"x{place}": array[:, place] for place in range(array.shape[1])}


def _from_frame(data: Any) -> pa.Table:
    """
    Table of a data frame of any library, or of a record batch, without its index, with the facts that it
    carries.

    A lazy frame is computed. Raises `DataError` for names that occur twice, a column of several kinds of
    values, and other objects.
    """
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    attributes = getattr(data, "attrs", None)
    data = plain_frame(data)
    try:
        frame = nw.from_native(data)
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect()
        names = frame.columns
    except DuplicateError:
        names = [str(name) for name in data.columns]
        check_names(names, caller="to_table")
        raise
    except TypeError as error:
        fact = f"an object of type {type(data).__name__}"
        raise DataError("to_table", "data", "be a data frame, an array or columns", got=fact) from error
    frame = nw.maybe_reset_index(frame)
    try:
        table = frame.to_arrow().replace_schema_metadata(None)
    except (pa.ArrowException, TypeError):
        # One column by one, so that only those that arrow refuses are read as lists.
        table = _from_columns({name: frame.get_column(name) for name in names})
    facts = facts_of_attributes(attributes, table.column_names)
    return table if facts is None else with_facts(table, facts)


def _column(values: Any, name: str) -> pa.Array:
    """
    `values` as an array or chunked array of arrow; NaN in a list is a gap, in an array of NumPy it stays.

    Raises `DataError` for a single value, text, an array of other than one axis, or a mixture of types; the
    message has `name`.
    """
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise DataError("to_table", "data", "be columns of values", got=f"{values!r} as column {name!r}")
    if isinstance(values, np.ndarray) and values.ndim != 1:
        fact = f"shape {values.shape} as column {name!r}"
        raise DataError("to_table", "data", "have one axis in each column", got=fact)
    values = values if isinstance(values, np.ndarray) else _series_values(values)
    try:
        # In a list of texts NaN is a gap, as pandas writes it.
        return pa.array(values, from_pandas=isinstance(values, list) or None)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise _mixture(values, name) from error


def _series_values(values: Any) -> Any:
    """
    Values of a series as an array of arrow, or as a list where arrow refuses them.

    Categories of pandas and arrays of other libraries are returned as they are; any other iterable as a list.
    """
    values = plain_series(values)
    try:
        return nw.from_native(values, series_only=True, pass_through=False).to_arrow()
    except (TypeError, pa.ArrowException):
        if hasattr(values, "codes") and hasattr(values, "categories"):
            return values  # categories of pandas, which arrow reads as such
        return list(values) if hasattr(values, "to_list") or not hasattr(values, "__array__") else values


def _mixture(values: Any, name: str) -> DataError:
    """
    Error for the column `name` that arrow cannot hold: the first two kinds of its values, each with its row.

    If all values are of one kind, the error says that no table holds it.
    """
    kinds: dict[str, int] = {}
    for row, value in enumerate(values):
        if value is not None and not (isinstance(value, float) and math.isnan(value)):
            kinds.setdefault(type(value).__name__, row)
    found = " and ".join(f"{kind} in row {row}" for kind, row in list(kinds.items())[:2])
    many = len(kinds) > 1
    rule = "hold one kind of value in each column" if many else "hold numbers, text, dates or truth values"
    return DataError("to_table", "data", rule, got=f"{found} of column {name!r} (rows count from 0)")


def _with_target(table: pa.Table, target: Any) -> pa.Table:
    """
    `table` with the values of `target` as its last column, or `table` itself if they are a series taken from
    it.

    Such a series has the name and the values of a column. Raises `DataError` if the number of values is not
    that of the rows, they are of several kinds, or the name is that of another column.
    """
    name = target_name(target)
    column = _column(target, name)
    if len(column) != table.num_rows:
        fact = f"{len(column)} for {table.num_rows} rows"
        raise DataError("to_table", "target", "have one value per row", got=fact)
    # A series taken from the frame itself means that column.
    known = hasattr(target, "name") and name in table.column_names
    if known and _are_equal(table.column(name), column):
        return table
    table = table.append_column(name, column)
    check_names(table.column_names, caller="to_table")
    return table


def _are_equal(column: pa.ChunkedArray, other: pa.Array | pa.ChunkedArray) -> bool:
    """True if two columns of one length hold the same values; NaN is the same as NaN."""
    pairs = zip(column.to_pylist(), other.to_pylist(), strict=True)
    return all(mine == theirs or (mine != mine and theirs != theirs) for mine, theirs in pairs)  # noqa: PLR0124 - NaN


def target_name(target: Any) -> str:
    """Name of the column that the values `target` become: that of a series, if it has one, or target."""
    name = getattr(target, "name", None)
    return "target" if name is None or name == "" else column_name(name)


def replace_columns(table: pa.Table, cells: Mapping[str, Any]) -> pa.Table:
    """
    Table with the columns named in `cells` replaced, in their places, with the metadata of `table`.

    Names that `table` lacks are ignored; without `cells` the result is `table`. `Table.set_column` copies the
    list of all columns: in a loop over thousands it takes a minute.
    """
    if not cells:
        return table
    names = table.column_names
    columns = [cells.get(name, column) for name, column in zip(names, table.columns, strict=True)]
    return pa.Table.from_arrays(columns, names=names).replace_schema_metadata(table.schema.metadata)
