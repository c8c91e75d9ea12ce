"""Target of rows that come in pieces: its classes, and the code of each row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.target_encoding import check_classes, check_decimals, encodable

__all__ = ["StreamedTarget", "plain_cells", "streamed_target"]


@dataclass(frozen=True, slots=True)
class StreamedTarget:
    """
    Classes of a target.

    Parameters
    ----------
    name : str
        The column.
    classes : tuple
        As those of `Target`.
    levels : pyarrow.Array
        Value of the column for each class, in the order of `classes`.
    counts : ndarray of shape (K,)
        Rows of each class.
    missing : int
        Rows without a class.
    """

    name: str
    classes: tuple[Any, ...]
    levels: pa.Array
    counts: NDArray[np.int64]
    missing: int

    def codes(self, column: Any) -> NDArray[np.int64]:
        """Class of each cell of `column`, an array of arrow, (rows,); -1 for a gap and for no class."""
        found = pc.index_in(plain_cells(column), self.levels)
        codes: NDArray[np.int64] = found.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return codes


def streamed_target(columns: Iterable[Any], name: str) -> StreamedTarget:
    """
    Classes of the target column `name`, sorted, whose cells come as the pieces `columns`, arrays of arrow,
    read once.

    The result has the classes, as integers if all are whole floats; the number of rows of each; that of rows
    without a value, NaN included; and codes cells of further pieces.

    Raises
    ------
    DataError
        If the column holds lists, records, bytes or no value, decimals of a piece are one number as floats,
        or there are fewer than two classes, more than ten classes with fewer than ten rows each on average,
        or no class with two rows.
    """
    counts: dict[Any, int] = {}
    rows = 0
    kind: pa.DataType | None = None
    for column in columns:
        check_decimals(column, name)
        plain = plain_cells(column)
        kind = kind or plain.type
        rows += len(plain)
        for each in pc.value_counts(plain).to_pylist():
            counts[each["values"]] = counts.get(each["values"], 0) + each["counts"]
    missing = counts.pop(None, 0)
    encodable(pa.chunked_array([pa.array([*counts][:1] or [None], kind)]), name)
    values = sorted(counts)
    number = np.asarray([counts[value] for value in values], np.int64)
    whole = all(isinstance(value, float) and value.is_integer() for value in values)
    classes = tuple(int(value) if whole else value for value in values)
    check_classes(name, classes, number)
    return StreamedTarget(name, classes, pa.array(values, kind), number, missing)


def plain_cells(column: Any) -> Any:
    """
    Cells without dictionary encoding; decimals become float64 as all floats do, and NaN a gap.

    `column` is a `pyarrow.Array` or `ChunkedArray`; cells of other types stay as they are.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    return column
