"""Tables in spreadsheets: .xlsx, .xls and .ods, read as delimited text by the same rules."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from importlib.util import find_spec
from typing import Any

from xent.data.files.file_format import TableFile, named, refusal
from xent.errors import BackendError

__all__ = ["sheet_as_text"]

_HOUR = dt.timedelta(hours=1)
# Day 0 of a sheet; from day 60 on the numbers count a 29 February 1900 that did not exist.
_FIRST, _LATEST = dt.date(1899, 12, 31), dt.date(1900, 2, 28)
# Beyond this number float64 holds no odd numbers.
_LARGEST_WHOLE = 2**53
# A small archive may unpack to any size.
_MOST_BYTES = 2 << 30


def sheet_as_text(file: TableFile) -> tuple[TableFile, tuple[str, ...]]:
    """
    First sheet with a filled cell as comma-separated text, and sentences on sheets not read and on durations.

    Rows and columns before the first filled cell stay; columns after the last are left out. Cells are written
    as ISO 8601, whole numbers without a point, durations in hours. The sentences are none if there is one
    filled sheet and no duration. Raises `BackendError` if the library for spreadsheets is not installed, and
    `DataError` if the file cannot be read, unpacks to more than 2 GiB, or has no cell.
    """
    if find_spec("python_calamine") is None:
        raise BackendError(
            "read_table",
            "data",
            f"be a file for which a reader is installed: {named(file.format)} needs python-calamine",
            got=file.name,
            hint='Run `pip install "xent[spreadsheets]"`.',
        )
    import python_calamine

    _check_size(file)
    try:
        book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(b"".join(file.blocks())))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        fact = f"{file.name}, of which the reader says {str(error)[:120]!r}"
        raise refusal(f"be a readable {file.format} file", got=fact) from error
    filled = [name for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)]
    if not filled:
        raise refusal("hold a table", got=f"{file.name}, of which every sheet is empty")
    notes: tuple[str, ...] = ()
    if len(filled) > 1:
        others = ", ".join(repr(name) for name in filled[1:4])
        notes = (f"Sheet {filled[0]!r} is read, the first of {len(filled)}; {others} not.",)
    rows = _with_long_times(sheets[filled[0]])
    return file.with_text(_as_text(rows)), (*notes, *_note_on_durations(rows))


def _with_long_times(rows: list[list[Any]]) -> list[list[Any]]:
    """
    Rows in which times of 24 hours or more are durations, as are then all times of their columns.

    In a format of times of day the library returns 30 hours as 6 o'clock on the first of January 1900: in a
    column that has times too, such a date is no date. A column is not changed if it has no date, no time, or
    a date from 28 February 1900 on.
    """
    times = {place for row in rows for place, cell in enumerate(row) if isinstance(cell, dt.time)}
    dates = {place for row in rows for place, cell in enumerate(row) if isinstance(cell, dt.date)}
    long = {
        place
        for place in times & dates
        if all(
            _instant(row[place]).date() < _LATEST
            for row in rows
            if place < len(row) and isinstance(row[place], dt.date)
        )
    }
    if not long:
        return rows
    return [[_span(cell) if place in long else cell for place, cell in enumerate(row)] for row in rows]


def _span(cell: Any) -> Any:
    """
    Duration that a time of day or a date stands for in a column of durations; any other cell as it is.

    A time counts from midnight, and a date, with its time, from the beginning of 31 December 1899.
    """
    if isinstance(cell, dt.time):
        return dt.datetime.combine(_FIRST, cell) - dt.datetime.combine(_FIRST, dt.time())
    return _instant(cell) - dt.datetime.combine(_FIRST, dt.time()) if isinstance(cell, dt.date) else cell


def _instant(date: dt.date) -> dt.datetime:
    """Date and time, at midnight if `date` has no time."""
    return date if isinstance(date, dt.datetime) else dt.datetime.combine(date, dt.time())


def _check_size(file: TableFile) -> None:
    """
    Raise `DataError` if the file is a ZIP archive that unpacks to more than 2 GiB, or whose directory is
    damaged.
    """
    content = io.BytesIO(b"".join(file.blocks()))
    if zipfile.is_zipfile(content):
        try:
            with zipfile.ZipFile(content) as archive:
                size = sum(member.file_size for member in archive.infolist())
        except (zipfile.BadZipFile, NotImplementedError) as error:
            fact = f"{file.name}, of which the reader says {str(error)[:120]!r}"
            raise refusal(f"be a readable {file.format} file", got=fact) from error
        if size > _MOST_BYTES:
            fact = f"{file.name}, which unpacks to {size / 2**30:.1f} GiB"
            raise refusal(f"unpack to at most {_MOST_BYTES >> 30} GiB", got=fact, hint="Export it as CSV.")


def _as_text(rows: list[list[Any]]) -> bytes:
    """
    Rows as comma-separated text in UTF-8, without the empty columns after the last filled one.

    Dates and times are in ISO 8601; a date without a time has midnight if another cell of its column has a
    time. Truths are "true" and "false", durations hours, whole numbers without a point.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    # Cells to the right of the last filled one are formatting and not a column.
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell != ""), default=0)
    with_times = {place for row in rows for place, cell in enumerate(row) if _has_time(cell)}
    for row in rows:
        writer.writerow(
            [_cell(cell, with_time=place in with_times) for place, cell in enumerate(row[:width])]
        )
    return text.getvalue().encode()


def _has_time(value: Any) -> bool:
    """True for a date and time other than midnight."""
    return isinstance(value, dt.datetime) and value.time() != dt.time()


def _cell(value: Any, *, with_time: bool) -> str:
    """
    Text of a cell; an empty cell is the empty text.

    Truths are "true" and "false", durations are hours, and whole numbers have no decimal point, as a sheet
    shows them. Times are in ISO 8601, as are dates, which have a time if `with_time`: the library returns
    an instant at midnight as a date, and a column of instants would have two notations.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.timedelta):
        value = value / _HOUR
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_WHOLE:
        return str(int(value))
    if isinstance(value, dt.date):
        instant = _instant(value)
        return instant.isoformat() if with_time else instant.date().isoformat()
    return value.isoformat() if isinstance(value, dt.time) else str(value)


def _note_on_durations(rows: list[list[Any]]) -> tuple[str, ...]:
    """
    One sentence that names the columns of `rows` with a duration by their letters, four at most; none if
    there is none.

    It says that durations are read as hours.
    """
    places = sorted(
        {place for row in rows for place, cell in enumerate(row) if isinstance(cell, dt.timedelta)}
    )
    if not places:
        return ()
    letters = ", ".join(_letters(place) for place in places[:4]) + (", ..." if len(places) > 4 else "")
    return (f"Durations are read as hours: {'columns' if len(places) > 1 else 'column'} {letters}.",)


def _letters(place: int) -> str:
    """Name of the column at `place`, from 0 on, in a spreadsheet: "A" for 0, "Z" for 25, "AA" for 26."""
    text = ""
    while place >= 0:
        text = chr(ord("A") + place % 26) + text
        place = place // 26 - 1
    return text
