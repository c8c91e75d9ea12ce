"""
Types of the columns of delimited text that does not fit in memory: those that a table in memory would have.

Arrow takes for a column the first type of a fixed order that fits all cells. Here the first block of the
first file gives the types; a cell in a later block that does not fit moves its column on to the next type,
and the scan begins anew. So a scan without such a cell, nearly always the first, settles all types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from xent.data.column_values import is_text
from xent.data.files.delimited_text import Parser
from xent.data.files.file_format import TableFile, refusal
from xent.data.files.ragged_lines import ragged_refusal
from xent.data.files.text_encoding import encoding_refusal
from xent.data.files.text_limits import LONGEST_LINE, long_line_refusal
from xent.data.files.tidy_columns import PADDED_TYPES
from xent.data.pieces.text_fragments import trimmed_cells
from xent.errors import DataError

__all__ = ["TextTypes", "settled_types"]

# The order in which arrow tries the types of a column of a CSV file.
_ORDER = (
    pa.null(),
    pa.int64(),
    pa.bool_(),
    pa.date32(),
    pa.time32("s"),
    pa.timestamp("s"),
    pa.timestamp("ns"),
    pa.float64(),
    pa.string(),
)
_FAULT = re.compile(r"In CSV column #(\d+): .*conversion error", re.DOTALL)
_ENCODING = "Name its encoding, such as `--encoding windows-1252`, or read the file whole, which guesses."
_ZEROS = r"^\s*[+-]?0[0-9]"


@dataclass(slots=True)
class TextTypes:
    """
    Types of the columns.

    Parameters
    ----------
    kinds : dict of str to pyarrow.DataType
        Type of each column, by its name as it stands in the files.
    padded : dict of str to pyarrow.DataType
        Types of trimmed cells, by trimmed names, where text has spaces around a cell.
    rows : list of int
        Rows of each file.
    first : pyarrow.Table or None
        First rows of the first file; None before they are read.
    """

    kinds: dict[str, pa.DataType] = field(default_factory=dict)
    padded: dict[str, pa.DataType] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    first: pa.Table | None = None


def settled_types(parsers: Sequence[Parser], *, text: Iterable[str], zeros: bool) -> TextTypes:
    """
    Types of the columns of all files, from one scan or more.

    Parameters
    ----------
    parsers : sequence of Parser
        Files, with the same names of columns.
    text : iterable of str
        Columns that stay text, by trimmed names; trimmed cells of a padded one are typed all the same.
    zeros : bool
        True if a cell may be digits that begin with 0; a column of whole numbers with such a cell is then
        text.

    Returns
    -------
    TextTypes
        Type of each column that fits the cells of all files, types of the trimmed cells of padded text, the
        number of rows of each file, and the first block of the first.

    Raises
    ------
    DataError
        If a file is not well-formed or not UTF-8, with the line if it is known.
    """
    names = parsers[0].names()
    wanted = {name.strip() for name in text}
    kinds = {name: pa.string() for name in names if name.strip() in wanted}
    found = _scanned(parsers, kinds, names)
    while zeros:
        whole = [name for name, kind in found.kinds.items() if pa.types.is_integer(kind)]
        led = [name for name in whole if _begins_with_zeros(parsers, name)]
        if not led:
            break
        found = _scanned(parsers, found.kinds | dict.fromkeys(led, pa.string()), names)
    return found


def _scanned(parsers: Sequence[Parser], kinds: dict[str, pa.DataType], names: list[str]) -> TextTypes:
    """
    Types of all columns `names`, as they stand in the files, from the known `kinds` on, and the rows of each
    file.

    At each cell that does not fit, its column gets the next type of arrow's order, and the scan of all files
    begins anew. The result also has the types of trimmed cells of padded text, and the first block of the
    first file. Raises `DataError` for text that is not UTF-8 or malformed.
    """
    while True:
        found = TextTypes(dict(kinds))
        padding = _Padding(parsers[0].options.missing)
        for parser in parsers:
            try:
                _scan(parser, found, padding)
            except pa.ArrowException as error:
                fault = _FAULT.search(str(error))
                name = "" if fault is None else names[int(fault[1])]
                kind = found.kinds.get(name, pa.null())
                if fault is None or is_text(kind):
                    raise _refused(parser) from error
                kinds = found.kinds | {name: _wider(kind)}
                break
        else:
            found.padded = padding.types()
            return found


def _scan(parser: Parser, found: TextTypes, padding: _Padding) -> None:
    """
    Read one file, add its number of rows to ``found.rows``, and its cells to `padding`.

    Its first block gives types that are not known yet to ``found.kinds``, and of the first file the block
    itself to ``found.first``. Raises Arrow's error for a cell that does not fit its type and for a malformed
    row, and `DataError` for text that is not UTF-8; ``found.kinds`` and `padding` then have what the blocks
    before gave, ``found.rows`` lacks the file.
    """
    options = parser.options_of(column_types=found.kinds)
    options["convert_options"].auto_dict_encode = False
    rows = 0
    with parser.file.stream() as stream:
        for batch in pyarrow.csv.open_csv(stream, **options):
            found.kinds = dict(zip(batch.schema.names, batch.schema.types, strict=True)) | found.kinds
            if found.first is None:
                found.first = pa.Table.from_batches([batch])
            if any(map(_is_bytes, batch.schema.types)):
                # Arrow takes text that is not UTF-8 for bytes.
                raise _refused(parser)
            padding.add(batch)
            rows += batch.num_rows
    found.rows.append(rows)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _wider(kind: pa.DataType) -> pa.DataType:
    """Type that arrow tries next after `kind`; text after text and after types that arrow does not infer."""
    return _ORDER[min(_ORDER.index(kind) + 1, len(_ORDER) - 1)] if kind in _ORDER else pa.string()


class _Padding:
    """Columns of text with spaces around a cell, and the types that fit all of their trimmed cells."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        self._missing = missing
        self._fitting: dict[str, list[pa.DataType]] = {}
        self._is_padded: set[str] = set()
        self._is_filled: set[str] = set()

    def add(self, batch: pa.RecordBatch) -> None:
        """
        Note which columns of text have spaces around a cell, which a value, and which types fit all cells.

        Types are to fit the trimmed cells of all blocks so far. Empty cells and words for missing fit any
        type and are no values; a column in which a cell begins with 0 and another digit, a sign aside, fits
        none from then on.
        """
        for name, cells in zip(batch.schema.names, batch.columns, strict=True):
            if not is_text(cells.type):
                continue
            trimmed = trimmed_cells(cells, self._missing)
            if pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), cells)).as_py():
                self._is_padded.add(name)
            if trimmed.null_count < len(trimmed):
                self._is_filled.add(name)
            fitting = self._fitting.setdefault(name, list(PADDED_TYPES))
            if fitting and pc.any(pc.match_substring_regex(trimmed, _ZEROS)).as_py():
                fitting.clear()
            fitting[:] = [kind for kind in fitting if _fits(trimmed, kind)]

    def types(self) -> dict[str, pa.DataType]:
        """
        Type of the trimmed cells of each column of text with spaces around a cell, by its trimmed name.

        It is the first of whole numbers, dates, time stamps, truth values and floats that fits all cells of
        all blocks added; text if none does, if a cell begins with 0 and another digit, or if none has a
        value.
        """
        kinds = {}
        for name in self._is_padded:
            fitting = self._fitting[name] if name in self._is_filled else []
            kinds[name.strip()] = fitting[0] if fitting else pa.string()
        return kinds


def _fits(cells: pa.Array, kind: pa.DataType) -> bool:
    try:
        cells.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _begins_with_zeros(parsers: Sequence[Parser], name: str) -> bool:
    """
    True if a cell of the column begins with 0 and another digit, after spaces and a sign or not, in any file.

    `name` is that of the column as it stands in the files, not trimmed.
    """
    for parser in parsers:
        options = parser.options_of(include_columns=[name], column_types={name: pa.string()})
        options["convert_options"].auto_dict_encode = False
        with parser.file.stream() as stream:
            for batch in pyarrow.csv.open_csv(stream, **options):
                if pc.any(pc.match_substring_regex(batch.column(0), _ZEROS)).as_py():
                    return True
    return False


def _encoding_refusal(file: TableFile) -> DataError | None:
    """Error, not raised, for text that is not UTF-8, with the cure for reading in batches; None for UTF-8."""
    fault = encoding_refusal(file)
    return None if fault is None else refusal("be UTF-8 text", got=fault.got, hint=_ENCODING)


def _refused(parser: Parser) -> DataError:
    """
    The error, not raised, for a file that arrow cannot parse: its first fault of those looked for.

    They are a line above 64 MiB, bytes that are not UTF-8, a ragged row, and a line longer than the blocks in
    which the file is read. If none is found, the error says that the file is not well-formed.
    """
    file = parser.file
    fault = (
        long_line_refusal(file, LONGEST_LINE)
        or _encoding_refusal(file)
        or ragged_refusal(file, parser.dialect)
        or long_line_refusal(file, parser.options_of()["read_options"].block_size)
    )
    return fault or refusal("be a well-formed CSV file", got=file.name)
