"""Columns of a table that hold distributions, and the column that names their symbols."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.near_names import near_names

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["distribution", "symbol_names"]


def distribution(
    table: pa.Table, column: str, *, counts: bool, caller: str, argument: str
) -> NDArray[np.float64]:
    """
    Numbers of `column` of `table`, (rows,), as float64, that are a distribution; not divided by their sum.

    They are >= 0, of sum 1 within 1.5e-8 or, with `counts`, of any positive, finite sum. `caller` and
    `argument`, the function and its argument, are named in errors.

    Raises
    ------
    DataError
        If there is no such column, or it does not hold finite numbers >= 0, all present, of such a sum.
    """
    if column not in table.column_names:
        hint = near_names(column, table.column_names)
        raise DataError(caller, argument, "be a column of the table", got=repr(column), hint=hint)
    values = _numbers(table, column, caller, argument)
    with np.errstate(over="ignore"):
        total = float(values.sum())
    if not math.isfinite(total):
        raise DataError(caller, argument, "have a finite sum", got=f"a sum beyond 1.8e308 in {column!r}")
    if not total > 0:
        raise DataError(caller, argument, "hold a number > 0", got=f"only zeros in {column!r}")
    if not counts and abs(total - 1) > np.sqrt(np.finfo(np.float64).eps):
        hint = "If these are counts, pass --counts."
        raise DataError(caller, argument, "sum to 1", got=f"{total:.9g} in {column!r}", hint=hint)
    return values


def symbol_names(table: pa.Table, named: str | None, used: Collection[str], *, caller: str) -> list[str]:
    """
    Names of the rows as text: the cells of a column of `table`, or the row numbers from 0 if there is none.

    A missing cell is "None"; names may repeat. The column is `named`, or for None the first that is not among
    `used`, the columns of numbers. `caller` is named in the error.

    Raises
    ------
    DataError
        If the table has no column `named`.
    """
    if named is None:
        named = next((name for name in table.column_names if name not in used), None)
    if named is None:
        return [str(k) for k in range(table.num_rows)]
    if named not in table.column_names:
        hint = near_names(named, table.column_names)
        raise DataError(caller, "symbols", "be a column of the table", got=repr(named), hint=hint)
    return [str(value) for value in table[named].to_pylist()]


def _numbers(table: pa.Table, column: str, caller: str, argument: str) -> NDArray[np.float64]:
    """
    Numbers of `column`, one of the columns of `table`, as 64-bit floats of shape (rows,).

    Raises `DataError`, with `caller` and `argument`, unless they are numbers, all present, finite and >= 0.
    """
    from xent.data.column_values import is_number, numbers

    if not is_number(table[column].type):
        fact = f"{column!r}, which holds {_kind(table[column].type)}"
        raise DataError(caller, argument, "be a column of numbers", got=fact)
    values = numbers(table[column])
    wrong = np.flatnonzero(~((values >= 0) & np.isfinite(values)))
    if wrong.size:
        row = int(wrong[0])
        fact = f"{values[row]:g} in {column!r}" if not np.isnan(values[row]) else f"nothing in {column!r}"
        raise DataError(caller, argument, "hold numbers >= 0", got=fact, index=(row,))
    return values


def _kind(arrow_type: Any) -> str:
    from xent.data.column_values import is_instant, is_text

    if is_text(arrow_type) or "dictionary" in str(arrow_type):
        return "text"
    return "dates" if is_instant(arrow_type) else str(arrow_type)
