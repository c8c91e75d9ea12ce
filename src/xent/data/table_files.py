"""Tables from files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow as pa

from xent.data.file_facts import facts_of, with_facts
from xent.data.files.character_encoding import as_declared
from xent.data.files.columnar_files import read_arrow, read_parquet
from xent.data.files.delimited_text import read_delimited
from xent.data.files.file_format import BINARY, TableFile, named, no_rows, refusal
from xent.data.files.json_lines import read_json_lines
from xent.data.files.named_file import table_file
from xent.data.files.read_options import ReadOptions, check_taken, read_options
from xent.data.files.series_files import SeriesText, series_text
from xent.data.files.spreadsheets import sheet_as_text
from xent.data.files.text_encoding import text_head
from xent.data.missing_words import MISSING
from xent.errors import DataError
from xent.given_names import names_of
from xent.near_names import listed

__all__ = ["check_names", "read_table"]

_LONGEST_REASON = 120
_OF_SHEETS = frozenset({"header", "skip"})


def read_table(
    data: str | os.PathLike[str],
    /,
    *,
    delimiter: str | None = None,
    missing: str | Sequence[str] = MISSING,
    text: str | Collection[str] = (),
    header: bool = True,
    skip: int | None = None,
    encoding: str | None = None,
) -> pa.Table:
    r"""
    The table in a file; the ending of its name tells the format.

    Parameters
    ----------
    data : str or path
        A file that ends in .csv, .tsv or .tab (delimited text), .jsonl, .ndjson or .json (JSON lines or one
        list of objects), .ts (labelled series), .parquet or .pq, .feather, .arrow or .ipc, .xlsx, .xls or
        .ods (the first sheet with cells; needs ``xent[spreadsheets]``). Text may be compressed: .gz or .zst
        after that. In .txt, .data and .dat, and standard input (``"-"``), the first bytes tell the format.
    delimiter : str, optional
        Separator of the cells of delimited text, ``"tab"`` or ``"space"`` (runs of blanks); by default a tab
        in .tsv and .tab, otherwise the one of comma, semicolon, tab and bar that fits the first lines best,
        and in .txt, .data and .dat also runs of blanks.
    missing : str or sequence of str
        Cells of delimited text that count as missing besides the empty one, quoted, padded or not. They
        replace the default, `xent.data.missing_words.MISSING`: ``?``, ``-``, and the usual spellings of NA,
        null, NaN, none, missing and unknown.
    text : str or collection of str
        Columns of delimited text that stay text, even if they read as numbers; a column with spaces around
        its cells is typed all the same.
    header : bool, default True
        False if the first line of delimited text is a row; the columns are then called ``column_1``,
        ``column_2`` and so on.
    skip : int, optional
        Number of lines above the header of delimited text. None skips comments and titles, as
        `xent.data.files.table_layout.sniffed_dialect` finds them.
    encoding : str, optional
        Encoding of the text, by a name that Python knows. None reads UTF-8, and what a byte order mark or
        zero bytes tell to be UTF-16 or UTF-32; delimited text that is none of these is read in the most
        plausible of Windows-1252, Mac Roman and ISO-8859-1.

    Returns
    -------
    pyarrow.Table
        Table of at least one row and one column, with distinct names.

    Raises
    ------
    DataError
        If the file cannot be read as a table: it does not exist, may not be read, is not what its name says,
        is damaged, in no encoding that is plausible, ragged, empty or without rows, or names a column twice.
        The message names the file and, for a fault in text, the line.
    DomainError
        If `delimiter` is not one ASCII character, or is NUL, a quote or line break, `skip` no whole number
        >= 0, `header` neither True nor False, or `encoding` unknown; or if one of these or ``header=False``
        is given beside a file that does not take it.
    BackendError
        If the file is a spreadsheet and the library for it is not installed.

    Notes
    -----
    **Series.** A file named as in the UCR archive, such as ``GunPoint_TRAIN.tsv``, whose first line is
    numbers only has no line of names: its columns are ``class`` and ``sample 1``, ``sample 2`` ... A .ts file
    has the same columns, with ``channel 1`` and so on before them if there are several, and series of one
    length.

    **Types.** A column of delimited text is whole numbers, numbers, true or false, dates, times or text: the
    first of these types that fits all cells, spaces around them aside. Texts with few levels are
    dictionary-encoded, unless they read as numbers or dates. A column of digits stays text if a cell begins
    with 0 and another digit.

    **Limits.** A row of delimited text may have 64 MiB, a line of JSON 8 MiB and 100 levels of nesting; a
    file beyond these limits raises `DataError`. So does the name of a pipe or a device, because a file is
    read more than once; standard input is held in memory.

    **Guesses.** An encoding that is guessed, lines above the header, cells in single quotes, and names that
    look like a row are stated in sentences, `notes`, of `xent.data.file_facts.facts_of` the table.

    **Edge cases.** Names and cells are trimmed; blank lines are skipped; a byte order mark is ignored; the
    index that pandas stores in Parquet and Feather files is dropped. Numbers between semicolons may have a
    decimal comma. Spreadsheets take `missing`, `text`, `header` and `skip` too, JSON and series take
    `encoding`; Parquet and Arrow files take no option. `missing` and `text` are ignored where they are not
    taken.

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
    options = read_options(missing=missing, delimiter=delimiter, header=header, skip=skip, encoding=encoding)
    file = table_file(data)
    try:
        table = _read(file, options, names_of(text))
    except DataError:
        raise
    except (pa.ArrowException, OSError, UnicodeError) as error:
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


def _read(file: TableFile, options: ReadOptions, text: Collection[str]) -> pa.Table:
    if file.format in BINARY:
        is_columnar = file.format in {"Parquet", "Arrow"}
        check_taken(options, () if is_columnar else _OF_SHEETS, named(file.format))
    if file.format == "Parquet":
        return read_parquet(file)
    if file.format == "Arrow":
        return read_arrow(file)
    notes: tuple[str, ...] = ()
    if file.format in {"Excel", "OpenDocument"}:
        file, notes = sheet_as_text(file)
        options = replace(options, delimiter=",")
    else:
        decoded = as_declared(file, options.encoding)
        file, notes = decoded.file, (decoded.note,) if decoded.note else ()
    if _is_json(file):
        check_taken(options, {"encoding"}, "JSON")
        table = read_json_lines(file)
    else:
        series = series_text(file) if options.header and options.skip is None else None
        if series is not None:
            # The file states its delimiter; the same one may be given.
            taken = {"encoding"} | ({"delimiter"} if options.delimiter == series.delimiter else set())
            check_taken(options, taken, "a file of series")
            return _series_table(series, options, text, notes)
        table = read_delimited(file, options, text=text)
    facts = facts_of(table)
    return with_facts(table, replace(facts, notes=notes + facts.notes)) if notes else table


def _series_table(
    series: SeriesText, options: ReadOptions, text: Collection[str], notes: tuple[str, ...]
) -> pa.Table:
    """
    Table of series, one a row, of which text has the delimiter, the line of names and the target that
    `series` states.

    Its facts have `notes` first, then that of `series`, then those of reading; the first line is that of the
    file. Columns `text` stay text. Raises `DataError` for lines of unequal length and other faults of
    delimited text.
    """
    options = replace(options, delimiter=series.delimiter, skip=0)
    table = read_delimited(series.file, options, text=text)
    facts = facts_of(table)
    line = None if facts.first_line is None else facts.first_line - series.lines
    notes = (*notes, *([series.note] if series.note else []), *facts.notes)
    return with_facts(table, replace(facts, first_line=line, notes=notes, target=series.target))


def _is_json(file: TableFile) -> bool:
    """
    True for a name of JSON lines, or for text that begins like JSON objects or a list of them.

    Raises the `DataError` of `text_head` for text that is blank or holds a NUL in its first 64 KiB.
    """
    if file.format != "text":
        return file.format == "JSON lines"
    return (
        text_head(file)
        .removeprefix(b"\xef\xbb\xbf")
        .lstrip()
        .startswith((b"{", b"[{", b"[\n", b"[ ", b"[\r"))
    )


def check_names(names: Sequence[str], *, caller: str, argument: str = "data", fact: str = "") -> None:
    """
    Raise `DataError` if a column name occurs twice; `fact` follows the names in the message.

    `caller` and `argument` are the function and the argument that the error names.
    """
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        hint = "Rename all but one of them."
        if all(name.replace(".", "", 1).replace("-", "", 1).isdigit() for name in names):
            hint = "The first line looks like data: give `--no-header`, or `header=False`."
        rule = "name each column once"
        raise DataError(caller, argument, rule, got=f"{listed(twice)} more than once{fact}", hint=hint)
