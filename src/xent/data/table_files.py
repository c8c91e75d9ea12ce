"""Tables from files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Sequence

import pyarrow as pa

from xent.data.columnar_files import read_arrow, read_parquet
from xent.data.delimited_text import read_delimited
from xent.data.file_format import TableFile, named, no_rows, refusal, table_file
from xent.data.json_lines import read_json_lines
from xent.data.missing_words import MISSING
from xent.errors import DataError, DomainError
from xent.near_names import listed

__all__ = ["check_names", "read_table"]

_LONGEST_REASON = 120


def read_table(
    data: str | os.PathLike[str],
    /,
    *,
    delimiter: str | None = None,
    missing: Sequence[str] = MISSING,
    text: Collection[str] = (),
) -> pa.Table:
    r"""
    The table in a file; the ending of its name tells the format.

    Parameters
    ----------
    data : str or path
        A file that ends in .csv, .txt, .tsv or .tab (delimited text), .jsonl, .ndjson or .json (JSON
        lines), .parquet or .pq, .feather, .arrow or .ipc. Text may be compressed: .gz or .zst after that.
    delimiter : str, optional
        Separator of the cells of delimited text; by default a tab in .tsv and .tab, otherwise the one of
        comma, semicolon, tab and bar that fits the first lines best.
    missing : sequence of str
        Cells of delimited text that count as missing besides the empty one, quoted, padded or not; by default
        `xent.data.missing_words.MISSING`: ``?``, ``-``, and the usual spellings of NA, null, NaN, none,
        missing and unknown.
    text : collection of str
        Columns of delimited text that stay text, even if they read as numbers; a column with spaces around
        its cells is typed all the same.

    Returns
    -------
    pyarrow.Table
        Table of at least one row and one column, with distinct names.

    Raises
    ------
    DataError
        If the file cannot be read as a table: it does not exist, may not be read, is not what its name says,
        is damaged, not UTF-8, ragged, empty or without rows, or names a column twice. The message names the
        file and, for a fault in text, the line.
    DomainError
        If `delimiter` is not one character.

    Notes
    -----
    **Types.** A column of delimited text is whole numbers, numbers, true or false, dates, times or text: the
    first of these types that fits all cells, spaces around them aside. Texts with few levels are
    dictionary-encoded, unless they read as numbers or dates. A column of digits stays text if a cell begins
    with 0 and another digit.

    **Limits.** A row of delimited text may have 64 MiB, a line of JSON 8 MiB and 100 levels of nesting; a
    file beyond these limits raises `DataError`. So does a pipe or a device, because a file is read more than
    once.

    **Edge cases.** Names and cells are trimmed; blank lines are skipped; a byte order mark is ignored; the
    index that pandas stores in Parquet and Feather files is dropped. Numbers between semicolons may have a
    decimal comma.

    **Numerics.** Numbers are read to the nearest float64.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "small.csv")
    ...     _ = file.write_text("age;city\n31,5;Oslo\n?;Rome\n")
    ...     read_table(file).to_pylist()
    [{'age': 31.5, 'city': 'Oslo'}, {'age': None, 'city': 'Rome'}]
    """
    if delimiter is not None and len(delimiter) != 1:
        raise DomainError("read_table", "delimiter", "be one character", got=repr(delimiter))
    file = table_file(data)
    try:
        table = _read(file, delimiter, missing, text)
    except DataError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        kind = named(file.compression or file.format).removeprefix("a ").removeprefix("an ")
        # Quote the reader, which alone knows the reason.
        reason = (str(error).splitlines() or ["no reason"])[0][:_LONGEST_REASON]
        fact = f"{file.name}, of which the reader says {reason!r}"
        hint = "Where the file is not whole, copy or download it again."
        raise refusal(f"be a readable {kind}", got=fact, hint=hint) from error
    check_names(table.column_names, caller="read_table", fact=f" in {file.name}")
    if table.num_columns == 0:
        raise refusal("have a column", got=f"{file.name}, which has none")
    if table.num_rows == 0:
        raise no_rows(file)
    return table


def _read(file: TableFile, delimiter: str | None, missing: Sequence[str], text: Collection[str]) -> pa.Table:
    if file.format == "Parquet":
        return read_parquet(file)
    if file.format == "Arrow":
        return read_arrow(file)
    if file.format == "JSON lines":
        return read_json_lines(file)
    return read_delimited(file, delimiter=delimiter, missing=missing, text=text)


def check_names(names: Sequence[str], *, caller: str, argument: str = "data", fact: str = "") -> None:
    """Raise `DataError` if a column name occurs twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        hint = "Rename all but one of them."
        if all(name.replace(".", "", 1).replace("-", "", 1).isdigit() for name in names):
            hint = "The first line looks like data: put a line of names above it."
        rule = "name each column once"
        raise DataError(caller, argument, rule, got=f"{listed(twice)} more than once{fact}", hint=hint)
