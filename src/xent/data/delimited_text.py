"""Tables as delimited text: CSV and TSV."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from xent.data.file_facts import FileFacts, with_facts
from xent.data.file_format import TableFile, no_rows, refusal
from xent.data.ragged_lines import ragged_refusal
from xent.data.text_encoding import encoding_refusal, text_head
from xent.data.text_limits import LONGEST_LINE, long_line_refusal
from xent.data.text_marks import text_marks
from xent.data.tidy_columns import tidy_columns
from xent.errors import DataError

__all__ = ["Dialect", "read_delimited", "sniffed_dialect"]

_BLOCK = 1 << 20
# A column stays dictionary-encoded as long as no block of it holds more distinct texts than this.
_MOST_LEVELS = 1000
_CODES = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter of the cells, and decimal mark of the numbers."""

    delimiter: str
    decimal_point: str = "."


def read_delimited(
    file: TableFile, *, delimiter: str | None, missing: Sequence[str], text: Collection[str] = ()
) -> pa.Table:
    """The table in a CSV or TSV file; texts with few levels and the columns `text` are dictionary-encoded."""
    head = text_head(file)
    if file.format == "TSV" and delimiter is None:
        delimiter = "\t"
    dialect = sniffed_dialect(head.decode("utf-8-sig", errors="replace"), delimiter)
    try:
        parser = _Parser(file, dialect, tuple(missing), _has_quotes(file), long_lines=b"\n" not in head)
        # Arrow's block reader leaves a processor idle and does not hold the interpreter's lock.
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(text_marks, file.blocks(), dialect.delimiter)
            table = parser.table(text)
            marks = reading.result()
        if marks.nul_line is not None:
            raise refusal("be text", got=f"{file.name}, with a NUL byte on line {marks.nul_line}")
        table = parser.with_zeros(table) if marks.zeros else table
        names = table.column_names
    except UnicodeDecodeError as error:
        raise encoding_refusal(file) or error from error
    except pa.ArrowInvalid as error:
        fault = (
            long_line_refusal(file, LONGEST_LINE)
            or encoding_refusal(file)
            or ragged_refusal(file, dialect.delimiter)
            or _no_rows(file, head)
        )
        raise fault or refusal("be a well-formed CSV file", got=file.name) from error
    if any(_is_bytes(kind) for kind in table.schema.types):
        fault = encoding_refusal(file)
        if fault is not None:
            raise fault
    if names and _swallowed_lines(table):
        fault = ragged_refusal(file, dialect.delimiter)
        if fault is not None:
            raise fault
    table = tidy_columns(table.unify_dictionaries(), tuple(missing), decimal=dialect.decimal_point)
    pa.default_memory_pool().release_unused()
    first_line = 2 if marks.lines == table.num_rows + 1 else None
    return with_facts(table, FileFacts(first_line, dialect.decimal_point, tuple(missing)))


@dataclass(frozen=True, slots=True)
class _Parser:
    """Arrow's parser for one file."""

    file: TableFile
    dialect: Dialect
    missing: tuple[str, ...]
    quotes: bool
    long_lines: bool

    def table(self, text: Collection[str]) -> pa.Table:
        """
        The whole table; the columns named in `text`, compared without surrounding spaces, are read as text.

        Raises `pyarrow.ArrowInvalid` if the file cannot be parsed.
        """
        kinds = {name: _CODES for name in self._names() if name.strip() in text} if text else {}
        options = self._options(column_types=kinds)
        table = self._fast(options)
        if table is None:
            with contextlib.suppress(pa.ArrowInvalid), self.file.stream() as stream:
                return pyarrow.csv.read_csv(stream, **options)
            # A row must fit into a block.
            options["read_options"] = pyarrow.csv.ReadOptions(block_size=LONGEST_LINE)
            with self.file.stream() as stream:
                return pyarrow.csv.read_csv(stream, **options)
        return table

    def _fast(self, options: dict[str, Any]) -> pa.Table | None:
        # Reading block by block takes half the memory, but the first block fixes the types of the columns.
        # If a later block disagrees, or the file is malformed, the whole file is read at once. Arrow raises
        # several errors for that, one of them for too many levels.
        with contextlib.suppress(pa.ArrowException, IndexError), self.file.stream() as stream:
            table = pyarrow.csv.open_csv(stream, **options).read_all()
            if not any(column.type == pa.null() for column in table.columns):
                return table
        return None

    def with_zeros(self, table: pa.Table) -> pa.Table:
        """`table` with a column of whole numbers as text if a cell begins with 0 and another digit."""
        # The postal code 02139 has become the number 2139: such columns are read again, as text.
        whole = [field.name for field in table.schema if pa.types.is_integer(field.type)]
        options = self._options(include_columns=whole, column_types=dict.fromkeys(whole, _CODES))
        with self.file.stream() as stream:
            texts = pyarrow.csv.read_csv(stream, **options) if whole else table
        for name in whole:
            levels = texts.column(name).unify_dictionaries().chunk(0).dictionary
            if pc.any(pc.match_substring_regex(levels, "^[+-]?0[0-9]")).as_py():
                table = table.set_column(table.column_names.index(name), name, texts.column(name))
        return table

    def _names(self) -> list[str]:
        with self.file.text() as lines:
            return next(csv.reader(lines, delimiter=self.dialect.delimiter), [])

    def _options(self, **convert: Any) -> dict[str, Any]:
        block = 64 * _BLOCK if self.long_lines else _BLOCK
        return {
            "read_options": pyarrow.csv.ReadOptions(block_size=block),
            # Without quotes no cell holds a line break, and blocks can be split in parallel: a third less
            # time.
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=self.dialect.delimiter, newlines_in_values=self.quotes
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                null_values=["", *self.missing],
                strings_can_be_null=True,
                auto_dict_encode=True,
                auto_dict_max_cardinality=_MOST_LEVELS,
                decimal_point=self.dialect.decimal_point,
                **convert,
            ),
        }


def _has_quotes(file: TableFile) -> bool:
    # Decompressing the file once more to look for quotes would cost more time than it saves.
    return file.compression is not None or any(b'"' in block for block in file.blocks())


def _no_rows(file: TableFile, head: bytes) -> DataError | None:
    # Arrow does not count a header without a line break at its end as a line.
    return None if b"\n" in head.strip() else no_rows(file)


def _is_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _swallowed_lines(table: pa.Table) -> bool:
    # Arrow closes an open quote at the end of the file without an error: everything after the quote is then
    # one cell, the last of the last row.
    if table.num_rows == 0:
        return False
    last = table.column(table.num_columns - 1)[-1].as_py()
    return isinstance(last, str) and "\n" in last


def sniffed_dialect(head: str, delimiter: str | None = None) -> Dialect:
    r"""
    The dialect that fits the first lines best.

    Without `delimiter`, that of comma, semicolon, tab and bar by which most lines have as many cells as the
    first line, and more than one; the comma if there is none. The decimal mark is a comma only if the
    delimiter is a semicolon.

    Examples
    --------
    >>> sniffed_dialect("a;b\n1,5;x\n2,25;y\n")
    Dialect(delimiter=';', decimal_point=',')
    """
    lines = [line for line in head.splitlines() if line.strip()][:50]
    if delimiter is None:
        delimiter = max(",;\t|", key=lambda each: _fit(lines, each))
    cells = {cell.strip() for line in csv.reader(lines, delimiter=delimiter) for cell in line}
    commas = any(re.fullmatch(r"[+-]?\d+,\d+", cell) for cell in cells)
    points = any(re.fullmatch(r"[+-]?\d+\.\d+", cell) for cell in cells)
    return Dialect(delimiter, "," if delimiter == ";" and commas and not points else ".")


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    if not widths or widths[0] == 1:
        return (0.0, 0)
    return (Counter(widths)[widths[0]] / len(widths), widths[0])
