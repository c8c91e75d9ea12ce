"""Meaning of a column: text that reads as numbers, dates or truth values is converted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import is_text
from xent.data.file_facts import FileFacts
from xent.data.text_reading import (
    ReadColumn,
    Reading,
    Settled,
    read_column,
    requested_reading,
    settled_reading,
)

__all__ = ["MeantColumn", "meant_column", "odd_cells"]

_SHOWN = 3
_LONGEST = 24
_MOST = 99.9


@dataclass(frozen=True, slots=True, eq=False)
class MeantColumn:
    """
    A column after conversion.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray
        Converted cells; missing where a text does not read. The given cells if the column is not converted.
    reading : Reading or None
        Rules by which text was converted; None if the column is not converted.
    odd : array of int
        Places of the cells that do not read by the rules that fit best, also if too few cells read for a
        conversion.
    remarks : tuple of str
        Remarks on the conversion, for the note of the column.
    """

    cells: pa.ChunkedArray
    reading: Reading | None
    odd: NDArray[np.int64]
    remarks: tuple[str, ...] = ()


def meant_column(column: pa.ChunkedArray, facts: FileFacts, meaning: str | None = None) -> MeantColumn:
    """
    `column` with its text converted by the meaning of all its cells, or by `meaning` if it is not None.

    Without `meaning`, text is converted if at least 97 % of the cells that are not missing read as numbers,
    dates or times, or all as truth values; a cell that does not read becomes a gap. Otherwise, and if it is
    not text, the result has the column as it is and the `reading` None; where half of the cells read, its
    `odd` and `remarks` tell of the others all the same. `meaning` is "numbers", "dates", "times" or "true or
    false": the column must then be text and is converted even if only one cell reads, but not if none does.
    `facts` give the words for missing, the decimal mark, and the lines of remarks.
    """
    settled = None
    if meaning is not None:
        settled = requested_reading(column, meaning, decimal=facts.decimal, missing=facts.missing)
    elif is_text(column.type) and column.null_count < len(column):
        settled = settled_reading(column, decimal=facts.decimal, missing=facts.missing)
    if settled is None:
        return MeantColumn(column, None, np.empty(0, np.int64))
    read = read_column(column, settled.reading, facts.missing)
    remarks = tuple(_remarks(column, settled, read, facts, holds=settled.holds or meaning is not None))
    if settled.holds or meaning is not None:
        return MeantColumn(read.cells, settled.reading, read.odd, remarks)
    return MeantColumn(column, None, read.odd, remarks)


def _remarks(
    column: pa.ChunkedArray, settled: Settled, read: ReadColumn, facts: FileFacts, *, holds: bool
) -> Iterator[str]:
    """
    Remarks on the reading `settled` of a column of text: an assumed order of dates, then the cells that do
    not read.

    `read` has the places of these cells in `column`, and `facts` their lines. `holds` is True if the column
    is converted: then they are called gaps. Else the order of dates is not told, and the remark gives the
    share of cells that read and says that it is too small. Nothing comes if all cells read and no order is
    assumed.
    """
    meaning = settled.reading["meaning"]
    if settled.assumed and holds:
        order = "day before month" if settled.reading["day_first"] else "month before day"
        yield f"{order} is assumed, for no cell tells"
    if not holds:
        share = min(100 * settled.share, _MOST)
        yield f"{share:.3g} % read as {meaning}, too few; not {odd_cells(column, read.odd, facts)}"
    elif len(read.odd):
        count = len(read.odd)
        are = "1 odd cell is a gap" if count == 1 else f"{count} odd cells are gaps"
        yield f"{are}: {odd_cells(column, read.odd, facts)}"


def odd_cells(column: pa.ChunkedArray, places: NDArray[np.int64], facts: FileFacts) -> str:
    """
    The first three cells at `places`, cut to 24 characters, each with its line or row, and the number of the
    others.

    One text, such as ``'x' on line 3, '-' on line 9``, "" without places. `column` is text, and `facts` tell
    the lines.
    """
    named = [f"{_short(column[int(place)].as_py())!r} {facts.place(int(place))}" for place in places[:_SHOWN]]
    more = len(places) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
