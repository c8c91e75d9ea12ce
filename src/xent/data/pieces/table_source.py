"""Source of a table that is read in batches: as in `xent.streams`, but text by the rules of `read_table`."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from xent.data.file_facts import FileFacts
from xent.data.files.character_encoding import marked_encoding
from xent.data.files.delimited_text import Parser, dialect_of, has_quotes, layout_notes
from xent.data.files.file_format import TableFile, is_archive_name, named, refusal
from xent.data.files.header_check import header_notes
from xent.data.files.named_file import table_file
from xent.data.files.read_options import ReadOptions
from xent.data.files.table_layout import Dialect
from xent.data.files.text_encoding import text_head
from xent.data.files.text_marks import TextMarks, text_marks
from xent.data.pieces.text_fragments import TextFragment
from xent.data.pieces.text_layout import TextTypes, settled_types
from xent.data.table_files import check_names
from xent.errors import DomainError
from xent.streams.sources import Source, files_of, source_of

__all__ = ["table_source"]

_TEXT = frozenset({"CSV", "TSV", "text"})
_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")
_EMPTY_FOLDER = "__HIVE_DEFAULT_PARTITION__"


def table_source(data: Any, options: ReadOptions, *, text: Collection[str] = (), caller: str) -> Source:
    """
    Source of `data`: local files of delimited text, or another source that `source_of` takes.

    Files of delimited text, all of whose names end in .csv, .tsv, .tab, .txt, .data or .dat, perhaps before
    .gz or .zst, have the layout, types and gaps of the table that `read_table` makes of them; several have
    the layout of the first one and the same columns. They are read here, twice or more, to settle the types.
    Folders below `data` that are called like ``year=2026`` give further columns. If other files are among
    them, all are left to `source_of`.

    Parameters
    ----------
    data : str, Path or other source
        File, folder or pattern of files; or a URL, a dataset of Arrow, a lazy frame, a frame of Dask, or
        functions that return batches.
    options : ReadOptions
        Options of delimited text; the words for missing are those of CSV files that `source_of` reads too.
    text : collection of str, default ()
        Columns of such files that stay text; in delimited text, one with spaces around its cells is typed all
        the same. Ignored for URLs, datasets, frames and functions.
    caller : str
        Name of the calling function, for errors.

    Returns
    -------
    Source
        Source with a fragment for each file of delimited text; for other data that of `source_of`.

    Raises
    ------
    DataError
        If `data` is none of these, there are no files or no rows, or a file cannot be read as a table; also
        for what `read_table` takes, but not in batches: series, cells that runs of blanks separate, text that
        is not UTF-8 without an `encoding` or a byte order mark, and a line longer than the blocks in which it
        is read, of 1 to 16 MiB by the length of its first lines.
    DomainError
        If `delimiter`, `skip`, `encoding` or ``header=False`` is given for data that are no local files of
        delimited text.
    """
    files = files_of(data) if isinstance(data, str | os.PathLike) else []
    names = [file.lower().removesuffix(".gz").removesuffix(".zst") for file in files]
    if files and all(name.endswith(_ENDINGS) for name in names):
        base = Path(data) if Path(data).is_dir() else None
        try:
            return _of_text([table_file(file) for file in files], base, options, text, str(data))
        except UnicodeError as error:
            fact = f"{Path(data).name}, which holds bytes that are not"
            hint = "Name another encoding."
            raise refusal(f"be text in {options.encoding}", got=fact, hint=hint) from error
    layout = {"delimiter": options.delimiter, "skip": options.skip, "encoding": options.encoding}
    layout["header"] = None if options.header else False
    for name, value in layout.items():
        if value is not None:
            rule = "be left out but for files of delimited text"
            raise DomainError(caller, name, rule, got=repr(value))
    return source_of(data, caller=caller, null_values=options.missing, text=tuple(text))


def _of_text(
    files: list[TableFile], base: Path | None, options: ReadOptions, text: Collection[str], name: str
) -> Source:
    """
    Source, called `name`, of files of delimited text of one layout, each of them a fragment.

    A fragment can be read again and again. The columns are those of the files, by trimmed names, and then
    those that folders such as ``year=2026`` below `base` name, none for a `base` of None. Columns `text` are
    read as text. All files are read here, twice or more, for the types. Raises `DataError` for a file of
    another format or of series, one that is malformed, unequal or repeated columns, or no rows;
    `UnicodeDecodeError` for bytes that are not in the encoding of `options`.
    """
    for file in files:
        is_series = is_archive_name(file.path) and options.header and options.skip is None
        if file.format not in _TEXT or is_series:
            kind = "a file of series" if is_series else named(file.format)
            fact = f"{file.name}, {kind}"
            hint = "Read the file whole."
            raise refusal("be delimited text to be read in batches", got=fact, hint=hint)
    files = [replace(file, encoding=_encoding(file, options)) for file in files]
    parsers = _parsers(files, options)
    names = [each.strip() for each in parsers[0].names()]
    check_names(names, caller="read_table", fact=f" in {files[0].name}")
    marks = [_marks(parser) for parser in parsers]
    types = settled_types(parsers, text=text, zeros=any(mark.zeros for mark in marks))
    if not any(types.rows):
        raise refusal("have rows", got=f"{name}, which has a header and nothing below it")
    facts = _facts(parsers[0], types, [mark.lines for mark in marks])
    metadata = {b"xent": json.dumps(asdict(facts)).encode()}
    folders = _folder_columns([file.path for file in files], base)
    columns = (*names, *dict.fromkeys(key for each in folders for key in each))
    check_names(columns, caller="read_table", fact=f" in {files[0].name} and its folders")
    fragments = tuple(
        TextFragment(parser, types.kinds, types.padded, metadata, constants, rows)
        for parser, constants, rows in zip(parsers, folders, types.rows, strict=True)
    )
    return Source(fragments, columns, tuple(str(file.path) for file in files), name)


def _marks(parser: Parser) -> TextMarks:
    """
    Number of lines of a file, and True if a cell may have a leading zero, in one pass over its bytes.

    Raises `DataError` for a file with a NUL byte.
    """
    file = parser.file
    marks = text_marks(file.blocks(), parser.dialect.delimiter, parser.dialect.quote)
    if marks.nul_line is not None:
        raise refusal("be text", got=f"{file.name}, with a NUL byte on line {marks.nul_line}")
    return marks


def _encoding(file: TableFile, options: ReadOptions) -> str | None:
    """
    Encoding to convert from: that of `options`, or UTF-16 or UTF-32 by a byte order mark; None for
    UTF-8.
    """
    if options.encoding is not None:
        return options.encoding
    with file.stream() as stream:
        return marked_encoding(stream.read(4))


def _parsers(files: list[TableFile], options: ReadOptions) -> list[Parser]:
    """
    Parser of each file: the file, the layout of the first one, `options`, and the first bytes of each.

    Raises `DataError` for a file whose names of columns are not those of the first, in their order, for one
    that is blank or holds NUL bytes in its first 64 KiB, and for cells that runs of blanks separate.
    """
    parsers: list[Parser] = []
    for file in files:
        head = text_head(file)
        if not parsers:
            dialect = _layout(file, head, options)
        parsers.append(Parser(file, dialect, options, has_quotes(file, dialect), head))
        if parsers[-1].names() != parsers[0].names():
            fact = f"{file.name}, whose columns are not those of {files[0].name}"
            raise refusal("consist of files with the same columns", got=fact)
    return parsers


def _layout(file: TableFile, head: bytes, options: ReadOptions) -> Dialect:
    """
    Delimiter, decimal mark, quote, and lines above the header of a file that begins with the bytes `head`.

    They are told by the first lines, save what `options` give. Raises `DataError` for cells that runs of
    blanks separate, which are read in memory only.
    """
    dialect = dialect_of(file, head, options)
    if dialect.delimiter == " ":
        # Runs of blanks are replaced in a copy of the file in memory.
        fact = f"{file.name}, whose cells runs of blanks separate"
        hint = "Replace the runs by tabs, or read the file whole."
        raise refusal("have a delimiter of one character to be read in batches", got=fact, hint=hint)
    return dialect


def _facts(parser: Parser, types: TextTypes, lines: Sequence[int]) -> FileFacts:
    """
    Facts of the files: line of the first row, decimal mark, words for missing cells, and sentences on the
    layout.

    `parser` is that of the first file and `lines` are the numbers of lines of each file. The line of the
    first row is known only for a single file with one line per row. A header that looks like a row has a
    sentence too.
    """
    dialect, options = parser.dialect, parser.options
    above = dialect.skip + options.header
    is_plain = len(lines) == 1 and lines[0] == types.rows[0] + above
    notes = list(layout_notes(dialect, options))
    if options.header and types.first is not None:
        notes += header_notes(_with_levels(types.first))
    return FileFacts(above + 1 if is_plain else None, dialect.decimal_point, options.missing, tuple(notes))


def _with_levels(table: pa.Table) -> pa.Table:
    """`table` with trimmed names and dictionary-encoded text; cells are not trimmed."""
    text = [pa.types.is_string(column.type) for column in table.columns]
    columns = [
        column.dictionary_encode() if one else column for column, one in zip(table.columns, text, strict=True)
    ]
    return pa.table(columns, names=[name.strip() for name in table.column_names])


def _folder_columns(paths: Sequence[Path], base: Path | None) -> list[dict[str, pa.Scalar]]:
    """
    Values of the columns that folders below `base` name, such as ``year=2026``, one dictionary for each path.

    All dictionaries have the same keys, those of all `paths`; a column that no folder of a path names is null
    there. A column is int32 if all its values are such whole numbers, else text. The dictionaries are empty
    if `base` is None.
    """
    found = []
    for path in paths:
        folders = [] if base is None else path.relative_to(base).parts[:-1]
        pairs = (folder.partition("=") for folder in folders if "=" in folder)
        found.append({key: None if value == _EMPTY_FOLDER else unquote(value) for key, _, value in pairs})
    keys = dict.fromkeys(key for each in found for key in each)
    kinds = {key: _kind([each.get(key) for each in found]) for key in keys}
    return [
        {key: pa.scalar(each.get(key), pa.string()).cast(kind) for key, kind in kinds.items()}
        for each in found
    ]


def _kind(values: Sequence[str | None]) -> pa.DataType:
    """
    Type of a column: int32 if all `values` other than None are whole numbers in its range, else text.

    Leading zeros do not matter: 01 is a number. Text too if there is no value but None.
    """
    try:
        numbers = pa.array(values, pa.string()).cast(pa.int32())
    except pa.ArrowInvalid:
        return pa.string()
    return pa.string() if numbers.null_count == len(numbers) else pa.int32()
