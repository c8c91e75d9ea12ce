"""Two columns of probabilities or counts as sources of symbols, for `divergence`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from xent.data import read_table
from xent.data.symbol_counts import SymbolCounts
from xent.errors import DataError, DomainError
from xent.jobs.distribution_columns import distribution, symbol_names
from xent.near_names import files_in, listed, near_names

__all__ = ["Weights", "weighted_columns"]

Weights: TypeAlias = Literal["probabilities", "counts"]


def weighted_columns(
    a: str, b: str, *, unit: str | None, weights: Weights, symbols: str | None, caller: str
) -> tuple[SymbolCounts, SymbolCounts]:
    """
    Weights of the symbols in two columns of probabilities or counts, as the files have them, without those of
    0.

    `a` and `b` are ``TABLE:COLUMN``, of one table or of two whose symbols are matched by name. `symbols` is
    the column of the names in each table, None for the first that is not compared, or row numbers without
    one. With the `weights` "probabilities" a column must sum to 1 within 1.5e-8, with "counts" to any
    positive number. Weights are floats and not divided by their sum.

    Raises
    ------
    DataError
        If there is no file TABLE, a column cannot be read or does not hold such numbers, or a symbol has two
        rows.
    DomainError
        If a source is not ``TABLE:COLUMN``, is the name of a file as a whole, `unit` is given, or `weights`
        is unknown.
    """
    if unit is not None:
        hint = "Leave it out: the rows are the symbols."
        raise DomainError(caller, "unit", "be given for files alone", got=repr(unit), hint=hint)
    if weights not in get_args(Weights):
        rule = f"be one of {listed(get_args(Weights))}"
        raise DomainError(caller, "weights", rule, got=repr(weights))
    places = [_place(source, argument, weights, caller) for source, argument in ((a, "a"), (b, "b"))]
    found = []
    for (table, column), argument in zip(places, ("a", "b"), strict=True):
        used = {name for other, name in places if other == table}
        found.append(
            _weighted(table, column, used, weights=weights, symbols=symbols, argument=argument, caller=caller)
        )
    return found[0], found[1]


def _weighted(
    table: str,
    column: str,
    used: set[str],
    *,
    weights: Weights,
    symbols: str | None,
    argument: str,
    caller: str,
) -> SymbolCounts:
    """
    Weights of the symbols in one column, as floats that are not scaled; a symbol of weight 0 does not occur.

    `symbols` is the column of the names, or None for the first outside `used`, or row numbers without one.
    `weights` says what a sum may be: 1 for "probabilities", any for "counts". Raises `DataError` for a symbol
    in two rows, and for a column that does not hold numbers >= 0 of such a sum.
    """
    read = read_table(table)
    counts = weights == "counts"
    values = distribution(read, column, counts=counts, caller=caller, argument=argument).tolist()
    names = symbol_names(read, symbols, used, caller=caller)
    found: dict[str, float] = {}
    for name, x in zip(names, values, strict=True):
        if name in found:
            hint = "Name the column of the symbols with --symbols."
            raise DataError(caller, "symbols", "have one row each", got=f"{name!r} in two rows", hint=hint)
        found[name] = x
    positive = {name: x for name, x in found.items() if x > 0}
    return SymbolCounts(f"{Path(table).name}:{column}", weights, positive)


def _place(source: str, argument: str, weights: str, caller: str) -> tuple[str, str]:
    """
    Table and column of the `source` ``TABLE:COLUMN``, divided at its last colon.

    Raises `DataError` if neither TABLE nor `source` exists; `DomainError` without a column, if `source` as a
    whole exists, if TABLE is a directory, or ``-``. `weights` names the option in the message, `argument` and
    `caller` the argument and the function.
    """
    table, column = _split(source)
    if not column:
        _check_is_there(source, argument, caller)
        rule = f"be a column, as TABLE:COLUMN, with --{weights}"
        raise DomainError(caller, argument, rule, got=repr(source))
    return table, column


def _check_is_there(source: str, argument: str, caller: str) -> None:
    """
    Raise `DataError`, with near names, if a `source` ``TABLE:COLUMN`` exists neither as a whole nor as TABLE.

    TABLE ends at the last colon. A `source` without a colon, with an empty part, or of a TABLE ``-`` passes,
    whether it exists or not; so do directories.
    """
    table, _, column = source.rpartition(":")
    # These two of os.path answer False, where those of pathlib raise, for a name that is too long.
    if not table or not column or table == "-" or any(map(os.path.exists, (source, table))):
        return
    folder = os.path.dirname(table) or "."  # noqa: PTH120
    around = files_in(Path(folder)) if os.path.isdir(folder) else ()  # noqa: PTH112
    hint = near_names(os.path.basename(table), around, what="files there")  # noqa: PTH119
    raise DataError(caller, argument, "name a file that exists", got=repr(table), hint=hint)


def _split(source: str) -> tuple[str, str]:
    """
    Table and column of ``TABLE:COLUMN``, if TABLE is a file and there is no file `source`; else `source` and
    "".
    """
    table, colon, column = source.rpartition(":")
    # These two of os.path answer False, where those of pathlib raise, for a name that is too long.
    is_column = bool(colon) and not os.path.exists(source) and os.path.isfile(table)  # noqa: PTH110, PTH113
    return (table, column) if is_column else (source, "")
