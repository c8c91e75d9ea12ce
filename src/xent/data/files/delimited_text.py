"""Tables as delimited text: CSV and TSV."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from xent.data.file_facts import FileFacts, with_facts
from xent.data.files.character_encoding import as_guessed
from xent.data.files.file_format import TableFile, no_rows, refusal
from xent.data.files.header_check import header_notes
from xent.data.files.ragged_lines import long_cells, ragged_refusal
from xent.data.files.read_options import ReadOptions
from xent.data.files.table_layout import Dialect, sniffed_dialect, with_tabs
from xent.data.files.text_encoding import encoding_refusal, text_head
from xent.data.files.text_limits import LONGEST_LINE, long_line_refusal
from xent.data.files.text_marks import TextMarks, has_leading_zeros, text_marks
from xent.data.files.tidy_columns import tidy_columns
from xent.errors import DataError

__all__ = ["Parser", "dialect_of", "has_quotes", "layout_notes", "read_delimited"]

_BLOCK = 1 << 20
# Each block has a chunk of each column, which costs as much as a hundred cells.
_LINES_OF_BLOCK, _LARGEST_BLOCK = 500, 16 << 20
# A column stays dictionary-encoded as long as no block of it holds more distinct texts than this.
_MOST_LEVELS = 1000
_CODES = pa.dictionary(pa.int32(), pa.string())


class _NotUtf8Error(Exception):
    """The text of a file is not UTF-8."""


def read_delimited(file: TableFile, options: ReadOptions, *, text: Collection[str] = ()) -> pa.Table:
    """
    Table in a CSV, TSV or text file; text of at most 1,000 levels in each block is dictionary-encoded.

    Delimiter, lines above the header and decimal mark are found, save those that `options` give. Names and
    cells are trimmed. A column of digits stays text if a cell begins with 0 and another digit. Columns `text`
    are read as text and dictionary-encoded; but a text column, also one of these, is plain text if 97 % of
    its cells read as numbers, dates or times, and gets the type of its trimmed cells if one has spaces around
    it. A file that is not UTF-8 is read in a guessed encoding, with a note, unless `options` name one. The
    metadata hold `FileFacts`: the line of the first row, the decimal mark, the words for missing, and notes
    on the reading. Names may occur twice, and there may be no row. Raises `DataError` for text that cannot be
    read; an `OSError`, as of damaged gzip, passes.
    """
    try:
        return _read(file, options, text, ())
    except _NotUtf8Error:
        guessed = as_guessed(file) if options.encoding is None else None
        if guessed is None:
            raise encoding_refusal(file) or refusal("be UTF-8 text", got=file.name) from None
    return _read(guessed.file, options, text, (guessed.note,))


def _read(file: TableFile, options: ReadOptions, text: Collection[str], notes: tuple[str, ...]) -> pa.Table:
    """
    Table of a file that is UTF-8, as `read_delimited` describes it, with its facts as metadata.

    The facts are the line of the first row, None unless each row is one line; the decimal mark; the words for
    missing; and `notes`, followed by notes on the layout and on a header that looks like a row. Raises
    `_NotUtf8Error` for bytes that are not UTF-8, and `DataError` for other faults of the text; an `OSError`,
    as of damaged gzip, passes.
    """
    head = text_head(file)
    file, dialect = _laid_out(file, head, options)
    parser = Parser(file, dialect, options, has_quotes(file, dialect), head)
    table, marks = _parsed(parser, head, text)
    table = tidy_columns(table.unify_dictionaries(), options.missing, decimal=dialect.decimal_point)
    pa.default_memory_pool().release_unused()
    above = dialect.skip + options.header
    first_line = above + 1 if marks.lines == table.num_rows + above else None
    notes = (*notes, *layout_notes(dialect, options), *(header_notes(table) if options.header else ()))
    return with_facts(table, FileFacts(first_line, dialect.decimal_point, options.missing, notes))


def dialect_of(file: TableFile, head: bytes, options: ReadOptions) -> Dialect:
    """
    Layout of `file` by its first bytes `head`, save what `options` give.

    The delimiter of a TSV file is a tab unless they give another. Only in a file of format "text" may runs of
    blanks be the delimiter, " ".
    """
    delimiter = "\t" if file.format == "TSV" and options.delimiter is None else options.delimiter
    text = head.decode("utf-8-sig", errors="replace")
    return sniffed_dialect(text, delimiter, skip=options.skip, blanks=file.format == "text")


def _laid_out(file: TableFile, head: bytes, options: ReadOptions) -> tuple[TableFile, Dialect]:
    dialect = dialect_of(file, head, options)
    if dialect.delimiter != " ":
        return file, dialect
    return file.with_text(with_tabs(b"".join(file.blocks()))), replace(dialect, delimiter="\t")


def _parsed(parser: Parser, head: bytes, text: Collection[str]) -> tuple[pa.Table, TextMarks]:
    """
    Table as arrow parses it, not yet trimmed, and the number of lines of the file, as `TextMarks`.

    The lines are counted in another thread at the same time; `zeros` of the marks is False, unsearched, and
    `nul_line` None. Whole numbers with leading zeros have become text; the chunks of a column may have
    different dictionaries. `head` is the beginning of the file, and `text` names columns to read as text.
    Raises `_NotUtf8Error` for bytes that are not UTF-8, `DataError` for other faults of the text, a NUL among
    them, with the line where one is found; an `OSError` passes.
    """
    file, dialect = parser.file, parser.dialect
    try:
        # Arrow's block reader leaves a processor idle and does not hold the interpreter's lock.
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(
                text_marks, file.blocks(), dialect.delimiter, dialect.quote, with_zeros=False
            )
            table = parser.table(text)
            marks = reading.result()
        if marks.nul_line is not None:
            raise refusal("be text", got=f"{file.name}, with a NUL byte on line {marks.nul_line}")
        table = parser.with_zeros(table)
        names = table.column_names
    except UnicodeDecodeError as error:
        raise _NotUtf8Error from error
    except pa.ArrowInvalid as error:
        fault = long_line_refusal(file, LONGEST_LINE)
        if fault is None and encoding_refusal(file) is not None:
            raise _NotUtf8Error from error
        fault = fault or ragged_refusal(file, dialect) or _no_rows(file, head)
        raise fault or refusal("be a well-formed CSV file", got=file.name) from error
    if any(_is_bytes(kind) for kind in table.schema.types) and encoding_refusal(file) is not None:
        raise _NotUtf8Error
    if names and _swallowed_lines(table):
        fault = ragged_refusal(file, dialect)
        if fault is not None:
            raise fault
    return table, marks


def layout_notes(dialect: Dialect, options: ReadOptions) -> Iterator[str]:
    """
    Sentence on the lines above the header, if some are skipped though `options` do not give their number.

    A sentence on single quotes around cells follows, if there are such; there may be neither, one or both.
    """
    if dialect.skip and options.skip is None:
        one = dialect.skip == 1
        lines = "1 line above the header is" if one else f"{dialect.skip} lines above the header are"
        yield f"The {lines} skipped; `--skip 0` reads {'it' if one else 'them'}."
    if dialect.quote == "'":
        yield "Cells are in single quotes, which are removed."


@dataclass(frozen=True, slots=True)
class Parser:
    """
    Arrow's parser for one file, which begins with the bytes `head`.

    `dialect` is the layout of the file and `options` are those of reading; `quotes` is True if cells may be
    in quotes and then hold line breaks.
    """

    file: TableFile
    dialect: Dialect
    options: ReadOptions
    quotes: bool
    head: bytes

    @property
    def long_lines(self) -> bool:
        """True if the head holds no line break: the first line is longer than the head, or the only one."""
        return b"\n" not in self.head

    def table(self, text: Collection[str]) -> pa.Table:
        """
        The whole table, names and cells not trimmed, with the types of arrow; leading zeros of whole numbers
        are lost.

        Text of at most 1,000 levels in a block is dictionary-encoded, as are the columns in `text`, compared
        without surrounding spaces, whatever their cells. The chunks of a column may have different
        dictionaries. Raises `pyarrow.ArrowInvalid` if the file cannot be parsed, `DataError` if a line is
        found to have more than 64 MiB, and `OSError` for damaged gzip.
        """
        if self.long_lines:
            self._check_lines()
        kinds = {name: _CODES for name in self.names() if name.strip() in text} if text else {}
        options = self.options_of(column_types=kinds)
        table = self._fast(options)
        return self._at_once(options) if table is None else table

    def _at_once(self, options: dict[str, Any]) -> pa.Table:
        """
        Table whose types all rows decide; if arrow cannot read it, once more with blocks of 64 MiB.

        `options` are those of `_fast`. Raises `pyarrow.ArrowInvalid` if the file cannot be parsed, and
        `DataError` if a line has more than 64 MiB.
        """
        with contextlib.suppress(pa.ArrowInvalid), self.file.stream() as stream:
            return pyarrow.csv.read_csv(stream, **options)
        self._check_lines()
        # A row must fit into a block.
        options = {**options, "read_options": self._read_options(LONGEST_LINE)}
        with self.file.stream() as stream:
            return pyarrow.csv.read_csv(stream, **options)

    def _check_lines(self) -> None:
        """Raise `DataError` if a line of the file has more than 64 MiB."""
        fault = long_line_refusal(self.file, LONGEST_LINE)
        if fault is not None:
            raise fault

    def _fast(self, options: dict[str, Any]) -> pa.Table | None:
        """
        Table read block by block; None if blocks disagree in a type, a column has no value, or arrow cannot
        parse it.

        `options` are the keyword arguments of `pyarrow.csv.open_csv`: "read_options", "parse_options" and
        "convert_options". An `OSError`, as for damaged gzip, passes.
        """
        # Reading block by block takes half the memory, but the first block fixes the types of the columns.
        # If a later block disagrees, or the file is malformed, the whole file is read at once. Arrow raises
        # several errors for that, one of them for too many levels.
        with contextlib.suppress(pa.ArrowException, IndexError), self.file.stream() as stream:
            table = pyarrow.csv.open_csv(stream, **options).read_all()
            if not any(column.type == pa.null() for column in table.columns):
                return table
        return None

    def with_zeros(self, table: pa.Table) -> pa.Table:
        """
        `table` with each column of whole numbers as dictionary-encoded text if a cell of it has a leading
        zero.

        A leading zero stands before another digit; spaces or a sign may precede it. Zeros behind a sign alone
        change nothing: `table` is returned as it is unless some cell of the file is digits that begin with 0,
        without a sign. `table` is what `table` of this parser returned; the columns are read again, save
        those that share a name, which a caller refuses.
        """
        # The postal code 02139 has become the number 2139: such columns are read again, as text.
        counts = Counter(table.column_names)
        numbers = [field.name for field in table.schema if pa.types.is_integer(field.type)]
        whole = [name for name in numbers if counts[name] == 1]
        # The search takes a fifth of the time of parsing, and other columns keep their zeros.
        if not whole or not has_leading_zeros(self.file.blocks(), self.dialect.delimiter, self.dialect.quote):
            return table
        texts = self._at_once(
            self.options_of(include_columns=whole, column_types=dict.fromkeys(whole, _CODES))
        )
        for name in whole:
            levels = texts.column(name).unify_dictionaries().chunk(0).dictionary
            if pc.any(pc.match_substring_regex(levels, r"^\s*[+-]?0[0-9]")).as_py():
                table = table.set_column(table.column_names.index(name), name, texts.column(name))
        return table

    def names(self) -> list[str]:
        """
        Names of the columns as they stand in the first row below the skipped lines and blank ones, not
        trimmed.

        They are "column_1" and so on, as many as that row has cells, if `options` say that there is no
        header; none for a file without rows. Raises `DataError` if a quote in that row never closes or a cell
        has more than 16 MiB.
        """
        with self.file.text() as lines, long_cells():
            below = itertools.islice(lines, self.dialect.skip, None)
            rows = csv.reader(below, delimiter=self.dialect.delimiter, quotechar=self.dialect.quote)
            try:
                # Arrow ignores blank lines above the names, too.
                first = next(filter(None, rows), [])
            except csv.Error as error:
                fault = ragged_refusal(self.file, self.dialect)
                raise fault or refusal("be a well-formed CSV file", got=self.file.name) from error
        return first if self.options.header else _numbered(len(first))

    def options_of(self, **convert: Any) -> dict[str, Any]:
        """
        Keyword arguments of arrow's reader by name: "read_options", "parse_options" and "convert_options".

        Blocks hold about 500 lines, at 1 to 16 MiB, or 64 MiB if the first line is longer than the head;
        words for missing are nulls, and text of at most 1,000 levels in a block is dictionary-encoded.
        `convert` are further arguments of `pyarrow.csv.ConvertOptions`, such as `column_types`.
        """
        line = len(self.head) // max(self.head.count(b"\n"), 1)
        # Arrow reads rows of up to two blocks, which must be no longer than the limit.
        block = max(_BLOCK, min(_LINES_OF_BLOCK * line, _LARGEST_BLOCK, LONGEST_LINE // 2))
        block = 64 * _BLOCK if self.long_lines else block
        return {
            "read_options": self._read_options(block),
            # Without quotes no cell holds a line break, and blocks can be split in parallel: a third less
            # time.
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=self.dialect.delimiter,
                quote_char=self.dialect.quote,
                newlines_in_values=self.quotes,
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                null_values=["", *self.options.missing],
                strings_can_be_null=True,
                auto_dict_encode=True,
                auto_dict_max_cardinality=_MOST_LEVELS,
                decimal_point=self.dialect.decimal_point,
                **convert,
            ),
        }

    def _read_options(self, block: int) -> Any:
        names = {} if self.options.header else {"column_names": self.names()}
        return pyarrow.csv.ReadOptions(block_size=block, skip_rows=self.dialect.skip, **names)


def _numbered(count: int) -> list[str]:
    return [f"column_{place}" for place in range(1, count + 1)]


def has_quotes(file: TableFile, dialect: Dialect) -> bool:
    """True if the quote of `dialect` occurs in `file`; also, unsearched, for a compressed file."""
    # Decompressing the file once more to look for quotes would cost more time than it saves.
    quote = dialect.quote.encode()
    return file.compression is not None or any(quote in block for block in file.blocks())


def _no_rows(file: TableFile, head: bytes) -> DataError | None:
    """Error for a file that is a header only: `head` has no line break inside; None for any other."""
    # Arrow does not count a header without a line break at its end as a line.
    return None if b"\n" in head.strip() else no_rows(file)


def _is_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _swallowed_lines(table: pa.Table) -> bool:
    """
    True if the last cell of the last row is text with a line break, as after a quote that is not closed.

    `table` must have a column; without rows the result is False.
    """
    # Arrow closes an open quote at the end of the file without an error: everything after the quote is then
    # one cell, the last of the last row.
    if table.num_rows == 0:
        return False
    last = table.column(table.num_columns - 1)[-1].as_py()
    return isinstance(last, str) and "\n" in last
