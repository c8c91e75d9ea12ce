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

# A small archive may unpack to any size.
_MOST_BYTES = 2 << 30


def sheet_as_text(file: TableFile) -> tuple[TableFile, tuple[str, ...]]:
    """
    The first sheet with cells as delimited text, and sentences on the sheets that are not read.

    Raises `BackendError` if the library for spreadsheets is not installed, and `DataError` if the file cannot
    be read or has no cell.
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
    return file.with_text(_as_text(sheets[filled[0]])), notes


def _check_size(file: TableFile) -> None:
    """Raise `DataError` if the file is an archive that unpacks to more than `_MOST_BYTES`."""
    content = io.BytesIO(b"".join(file.blocks()))
    if zipfile.is_zipfile(content):
        with zipfile.ZipFile(content) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MOST_BYTES:
            fact = f"{file.name}, which unpacks to {size / 2**30:.1f} GiB"
            raise refusal(f"unpack to at most {_MOST_BYTES >> 30} GiB", got=fact, hint="Export it as CSV.")


def _as_text(rows: list[list[Any]]) -> bytes:
    """Rows as comma-separated text in UTF-8, without the empty columns after the last filled one."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    # Cells to the right of the last filled one are formatting and not a column.
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell != ""), default=0)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row[:width]])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    """
    Text of a cell as Python has it; an empty cell is the empty text.

    Truths are "true" and "false", whole floats have no decimal point, dates and times are in ISO 8601, and an
    instant at midnight is a date.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
