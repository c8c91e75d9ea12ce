"""`code`: a code built for one column of a table and run on another."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import read_table
from xent.drawing.short_text import short
from xent.errors import DataError, DomainError
from xent.measures.codes import Code, account, huffman_code, shannon_code, shannon_fano_elias_code
from xent.near_names import near_names
from xent.report.measures.code_findings import CodedSymbol, CodeFindings

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["KINDS", "code"]

_CALLER = "xent code"

KINDS = MappingProxyType(
    {"huffman": "Huffman", "shannon": "Shannon", "shannon-fano-elias": "Shannon-Fano-Elias"}
)
"""Kinds of codes, and their names for print."""

_BUILDERS: dict[str, Callable[..., Code]] = {
    "huffman": huffman_code,
    "shannon": shannon_code,
    "shannon-fano-elias": shannon_fano_elias_code,
}


def code(
    table: str,
    *,
    built_for: str,
    run_on: str | None = None,
    symbols: str | None = None,
    counts: bool = False,
    kind: str = "huffman",
    radix: int = 2,
    most_length: int | None = None,
) -> CodeFindings:
    """
    Codewords for the rows of a table, and an account of their expected length.

    Parameters
    ----------
    table : str
        File with a row for each symbol.
    built_for : str
        Column of the distribution q that the code is built for.
    run_on : str, optional
        Column of the distribution p that the symbols come from; by default `built_for`.
    symbols : str, optional
        Column that names the symbols; by default the first that is neither `built_for` nor `run_on`, or the
        row numbers if there is no other.
    counts : bool, default False
        True if the columns hold counts, which are then divided by their sums.
    kind : {"huffman", "shannon", "shannon-fano-elias"}
        Kind of code.
    radix : int, default 2
        Number of different digits.
    most_length : int, optional
        Longest codeword that a Huffman code may have; None means no limit.

    Returns
    -------
    CodeFindings
        The code, with the parts of its expected length.

    Raises
    ------
    DataError
        If the table cannot be read, a column is missing, or does not hold a distribution.
    DomainError
        If an option has an invalid value.
    """
    build = _builder(kind, most_length)
    read = read_table(table)
    run_on = built_for if run_on is None else run_on
    q = _distribution(read, built_for, "for", counts=counts)
    p = _distribution(read, run_on, "on", counts=counts)
    built = build(q, radix=radix, normalize=counts)
    found = account(built, built_for=q, run_on=p, normalize=counts)
    names = _names(read, symbols, {built_for, run_on})
    rows = zip(names, q / q.sum(), p / p.sum(), built.lengths, built.codewords, strict=True)
    return CodeFindings(
        name=Path(table).name,
        kind=KINDS[kind],
        radix=built.radix,
        built_for=built_for,
        run_on=run_on,
        symbols=tuple(
            CodedSymbol(short(name, 30), float(a), float(b), n, word) for name, a, b, n, word in rows
        ),
        expected_length=found.expected_length,
        entropy=found.entropy,
        divergence=found.divergence,
        whole_symbol_penalty=found.whole_symbol_penalty,
        kraft_sum=str(found.kraft_sum),
    )


def _builder(kind: str, most_length: int | None) -> Callable[..., Code]:
    if kind not in _BUILDERS:
        raise DomainError(_CALLER, "kind", f"be one of {', '.join(KINDS)}", got=repr(kind))
    if most_length is None:
        return _BUILDERS[kind]
    if kind != "huffman":
        rule = "be left out unless the code is Huffman's"
        raise DomainError(_CALLER, "most_length", rule, got=f"{most_length} for {kind}")

    def limited(probs: Any, /, **options: Any) -> Code:
        return huffman_code(probs, most_length=most_length, **options)

    return limited


def _distribution(table: pa.Table, column: str, argument: str, *, counts: bool) -> NDArray[np.float64]:
    from xent.data.column_values import is_number, numbers

    if column not in table.column_names:
        hint = near_names(column, table.column_names)
        raise DataError(_CALLER, argument, "be a column of the table", got=repr(column), hint=hint)
    if not is_number(table[column].type):
        fact = f"{column!r}, which holds {_kind(table[column].type)}"
        raise DataError(_CALLER, argument, "be a column of numbers", got=fact)
    values = numbers(table[column])
    wrong = np.flatnonzero(~((values >= 0) & np.isfinite(values)))
    if wrong.size:
        row = int(wrong[0])
        fact = f"{values[row]:g} in {column!r}" if not np.isnan(values[row]) else f"nothing in {column!r}"
        raise DataError(_CALLER, argument, "hold numbers >= 0", got=fact, index=(row,))
    with np.errstate(over="ignore"):
        total = float(values.sum())
    if not math.isfinite(total):
        raise DataError(_CALLER, argument, "have a finite sum", got=f"a sum beyond 1.8e308 in {column!r}")
    if not total > 0:
        raise DataError(_CALLER, argument, "hold a number > 0", got=f"only zeros in {column!r}")
    if not counts and abs(total - 1) > np.sqrt(np.finfo(np.float64).eps):
        hint = "If these are counts, pass --counts."
        raise DataError(_CALLER, argument, "sum to 1", got=f"{total:.9g} in {column!r}", hint=hint)
    return values


def _kind(arrow_type: Any) -> str:
    from xent.data.column_values import is_instant, is_text

    if is_text(arrow_type) or "dictionary" in str(arrow_type):
        return "text"
    return "dates" if is_instant(arrow_type) else str(arrow_type)


def _names(table: pa.Table, symbols: str | None, used: set[str]) -> list[str]:
    if symbols is None:
        symbols = next((name for name in table.column_names if name not in used), None)
    if symbols is None:
        return [str(k) for k in range(table.num_rows)]
    if symbols not in table.column_names:
        hint = near_names(symbols, table.column_names)
        raise DataError(_CALLER, "symbols", "be a column of the table", got=repr(symbols), hint=hint)
    return [str(value) for value in table[symbols].to_pylist()]
