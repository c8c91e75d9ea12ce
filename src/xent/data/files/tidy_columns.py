"""Trimmed names and cells of delimited text, and columns typed by their trimmed cells."""

from __future__ import annotations

import contextlib

import pyarrow as pa
import pyarrow.compute as pc

from xent.data.column_values import is_text
from xent.data.missing_words import is_missing_word
from xent.data.text_reading import may_read, settled_reading

__all__ = ["PADDED_TYPES", "tidy_columns"]

PADDED_TYPES = (pa.int64(), pa.date32(), pa.timestamp("s"), pa.bool_(), pa.float64(), pa.timestamp("ns"))
"""Types of trimmed cells, of which the first that fits is taken."""


def tidy_columns(table: pa.Table, missing: tuple[str, ...], *, decimal: str) -> pa.Table:
    """
    `table` with trimmed names and cells, without metadata.

    A padded word of `missing` is a gap. A text column with spaces around a cell, dictionary-encoded or not,
    gets the first of whole numbers, dates, time stamps, truth values and floats that fits all of its trimmed
    cells; it stays text if a cell has a leading zero, or all are gaps. A dictionary-encoded column that stays
    text and of which 97 % of the cells read as numbers, dates or times becomes plain text, since codes mean a
    category; `decimal` is the decimal mark if its cells do not decide. The chunks of such a column, at least
    one, must have one dictionary.
    """
    columns = []
    for column in table.columns:
        kind = column.type
        if pa.types.is_dictionary(kind) and is_text(kind.value_type):
            column = _tidy_codes(column, missing, decimal)  # noqa: PLW2901 - the same column, tidied
        elif is_text(kind):
            column = _tidy_text(column, missing)  # noqa: PLW2901 - the same column, tidied
        columns.append(column)
    return pa.table(columns, names=[name.strip() for name in table.column_names])


def _tidy_codes(column: pa.ChunkedArray, missing: tuple[str, ...], decimal: str) -> pa.ChunkedArray:
    """
    Dictionary-encoded column with trimmed levels; plain text if 97 % of the cells read as numbers, dates or
    times.

    If a level has spaces around it, padded words of `missing` are gaps, and the column gets the first of
    whole numbers, dates, time stamps, truth values and floats that fits all trimmed cells, if one does and no
    cell has a leading zero. The chunks of `column`, at least one, must have one dictionary.
    """
    levels = column.chunk(0).dictionary
    if not pc.all(pc.equal(pc.utf8_trim_whitespace(levels), levels)).as_py():
        tidied = _tidy_text(column.cast(pa.string()), missing)
        if not is_text(tidied.type):
            return tidied
        column = tidied.dictionary_encode().unify_dictionaries()
    # Rows of each level are counted only if it matters: the count takes a twentieth of the time of parsing.
    if not may_read(column.chunk(0).dictionary):
        return column
    settled = settled_reading(column, decimal=decimal, missing=missing)
    return column.cast(pa.string()) if settled is not None and settled.holds else column


def _tidy_text(column: pa.ChunkedArray, missing: tuple[str, ...]) -> pa.ChunkedArray:
    """
    Column of text with trimmed cells and gaps for padded words of `missing`; as it is if no cell has padding.

    It gets the first of whole numbers, dates, time stamps, truth values and floats that fits all cells,
    unless a cell begins with 0 and another digit, after a sign or not, or none has a value: then it stays
    text.
    """
    trimmed = pc.utf8_trim_whitespace(column)
    if pc.all(pc.equal(trimmed, column)).as_py() is not False:
        return column
    gaps = is_missing_word(trimmed, missing)
    trimmed = pc.if_else(pa.array(gaps), None, trimmed)
    if (
        trimmed.null_count == len(trimmed)
        or pc.any(pc.match_substring_regex(trimmed, "^[+-]?0[0-9]")).as_py()
    ):
        return trimmed
    for kind in PADDED_TYPES:
        with contextlib.suppress(pa.ArrowInvalid):
            return trimmed.cast(kind)
    return trimmed
