"""Tables as delimited text: CSV and TSV."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv

from xent.data.file_format import TableFile, no_rows, refusal
from xent.data.ragged_lines import ragged_refusal
from xent.data.text_encoding import encoding_refusal, text_head
from xent.data.text_limits import LONGEST_LINE, long_line_refusal
from xent.errors import DataError

__all__ = ["MISSING", "Dialect", "read_delimited", "sniffed_dialect"]

MISSING = (
    *("", "?", "NA", "N/A", "n/a", "#N/A", "#NA", "#N/A N/A", "<NA>", "NULL", "null"),
    *("NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
"""Cells that count as missing when a text file is read."""

_BLOCK = 1 << 20
# A column is kept as dictionary codes while no block of it holds more distinct texts than this.
_MOST_LEVELS = 1000


@dataclass(frozen=True, slots=True)
class Dialect:
    """What separates the cells, and what separates the decimals of a number."""

    delimiter: str
    decimal_point: str = "."


def read_delimited(file: TableFile, *, delimiter: str | None, missing: Sequence[str]) -> pa.Table:
    """The table in a CSV or TSV file; texts with few levels come as dictionary codes."""
    head = text_head(file)
    if file.format == "TSV" and delimiter is None:
        delimiter = "\t"
    dialect = sniffed_dialect(head.decode("utf-8-sig", errors="replace"), delimiter)
    try:
        table = _parsed(file, dialect, missing)
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
    table = table.unify_dictionaries()
    pa.default_memory_pool().release_unused()
    return table


def _parsed(file: TableFile, dialect: Dialect, missing: Sequence[str]) -> pa.Table:
    options = {
        "parse_options": pyarrow.csv.ParseOptions(
            delimiter=dialect.delimiter, newlines_in_values=_has_quotes(file)
        ),
        "convert_options": pyarrow.csv.ConvertOptions(
            null_values=list(missing),
            strings_can_be_null=True,
            auto_dict_encode=True,
            auto_dict_max_cardinality=_MOST_LEVELS,
            decimal_point=dialect.decimal_point,
        ),
    }
    short = pyarrow.csv.ReadOptions(block_size=_BLOCK)
    # A block at a time takes half the memory, but takes the kinds of columns from the first block;
    # where a later one disagrees, or the file is wrong, the whole is read at once.
    with contextlib.suppress(pa.ArrowInvalid), file.stream() as stream:
        table = pyarrow.csv.open_csv(stream, read_options=short, **options).read_all()
        if not any(column.type == pa.null() for column in table.columns):
            return table
    with contextlib.suppress(pa.ArrowInvalid), file.stream() as stream:
        return pyarrow.csv.read_csv(stream, read_options=short, **options)
    # A row must fit into a block.
    with file.stream() as stream:
        long = pyarrow.csv.ReadOptions(block_size=LONGEST_LINE)
        return pyarrow.csv.read_csv(stream, read_options=long, **options)


def _has_quotes(file: TableFile) -> bool:
    # Where no cell is quoted no cell holds a line break, and blocks can be split in parallel: a third
    # less time. Decompressing twice would cost more than that.
    return file.compression is not None or any(b'"' in block for block in file.blocks())


def _no_rows(file: TableFile, head: bytes) -> DataError | None:
    # A header without a line break at its end is no line to arrow.
    return None if b"\n" in head.strip() else no_rows(file)


def _is_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _swallowed_lines(table: pa.Table) -> bool:
    # A quote that is never closed ends with the file, without an error: everything after it is then one
    # cell, the last of the last row.
    if table.num_rows == 0:
        return False
    last = table.column(table.num_columns - 1)[-1].as_py()
    return isinstance(last, str) and "\n" in last


def sniffed_dialect(head: str, delimiter: str | None = None) -> Dialect:
    r"""
    The dialect that fits the first lines best.

    Of comma, semicolon, tab and bar, the delimiter that gives most lines as many cells as the first line
    has, and more than one; the comma where none does. Decimal commas are only looked for between
    semicolons.

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
