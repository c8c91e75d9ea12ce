"""Counts of symbols: bytes, characters or words of a file, or values of a table's column."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from xent.data import read_table
from xent.data.byte_stream import STANDARD_INPUT, decompressed
from xent.data.files.text_encoding import first_bad_byte
from xent.data.pair_counts import PairCounts
from xent.drawing.short_text import short
from xent.errors import DataError, DomainError
from xent.near_names import files_in, near_names

__all__ = ["UNITS", "SymbolCounts", "column_counts", "file_counts", "source_counts"]

UNITS = ("bytes", "characters", "words")
"""Kinds of symbols of a file."""

_BLOCK = 1 << 20
_LONGEST_WORD = 1 << 20
_LAST_CHARACTER = 0x10FFFF


@dataclass(frozen=True, slots=True)
class SymbolCounts:
    """
    Symbols of a source with their numbers of occurrences.

    Parameters
    ----------
    name, unit : str
        Name of the source, and kind of the symbols: one of `UNITS`, or ``"values"`` of a column.
    counts : dict of str to int or float
        Number of occurrences, at least 1, of each symbol in its printed form; for a column of weights, the
        weight of each symbol, > 0.
    missing : int
        Number of cells without a value; 0 for a file.
    pairs : PairCounts or None
        Pairs of successive symbols, if they were counted.
    """

    name: str
    unit: str
    counts: Mapping[str, float]
    missing: int = 0
    pairs: PairCounts | None = None


def source_counts(
    source: str, unit: str | None, *, caller: str, bigrams: bool = False, for_fractions: str = ""
) -> SymbolCounts:
    """
    Count the symbols that ``FILE`` or ``TABLE:COLUMN`` names: bytes, characters or words, or values of the
    column.

    The last colon divides `source` if a file of the name before it exists and none of the whole name;
    otherwise all of it names a file. `unit` applies to files only; None means bytes. With `bigrams` pairs of
    successive symbols are counted too. Missing cells of a column are counted apart. `for_fractions` is a
    sentence for the error about a column of floats.

    Raises
    ------
    DataError
        If the file cannot be read, holds no symbol, or has no such column, or the column holds floats, lists,
        records, or bytes that are not UTF-8.
    DomainError
        If `unit` is not one of `UNITS`, or is given for a column.
    BackendError
        If the table is a spreadsheet and the library for it is not installed.
    """
    table, colon, column = source.rpartition(":")
    # These two of os.path answer False, where those of pathlib raise, for a name that is too long.
    if not colon or os.path.exists(source) or not os.path.isfile(table):  # noqa: PTH110, PTH113
        return file_counts(source, unit or "bytes", caller=caller, bigrams=bigrams)
    if unit is not None:
        hint = "Leave it out: the values of a column are the symbols."
        raise DomainError(caller, "unit", "be given for files alone", got=f"{unit!r} for {source}", hint=hint)
    return column_counts(table, column, caller=caller, bigrams=bigrams, for_fractions=for_fractions)


def file_counts(file: str, unit: str, *, caller: str, bigrams: bool = False) -> SymbolCounts:
    r"""
    Count the bytes, characters or words of a file, a pipe or standard input (``-``), a block at a time.

    Bytes and characters are counted by their printed form in quotes, such as ``'\n'``; words, between white
    space, as they are. A file whose name ends in ``.gz`` is decompressed. With `bigrams` pairs of neighbours
    are counted too.

    Raises
    ------
    DataError
        If the file cannot be read, is a device, is empty, is not UTF-8 although its characters or words are
        requested, or has a word of more than 2**21 characters; one of more than 2**20 may be refused.
    DomainError
        If `unit` is not one of `UNITS`.
    """
    if unit not in UNITS:
        raise DomainError(caller, "unit", f"be one of {', '.join(UNITS)}", got=repr(unit))
    path = Path(file)
    pairs = PairCounts() if bigrams else None
    try:
        with decompressed(path) as stream:
            counts = _COUNTERS[unit](stream, pairs)
    except UnicodeDecodeError as error:
        raise _not_text(path, error, caller) from None
    except DataError:
        raise
    except (OSError, ValueError) as error:
        raise _not_readable(path, error, caller) from error
    name = "standard input" if file == STANDARD_INPUT else path.name
    if not counts:
        raise DataError(caller, "file", f"hold {unit}", got=f"{name}, which has none")
    return SymbolCounts(name, unit, counts, pairs=pairs)


def column_counts(
    table: str, column: str, *, caller: str, bigrams: bool = False, for_fractions: str = ""
) -> SymbolCounts:
    """
    Count the values of a column of the file `table` as trimmed text; missing cells are counted in `missing`.

    Cells with a word for missing are such. Floats are refused, whole ones too: probabilities would be counted
    as symbols, each of which occurs once. `for_fractions` is a sentence for that error: what else the caller
    can do with such a column. With `bigrams` pairs of successive cells are counted too, none across a missing
    cell.

    Raises
    ------
    DataError
        If there is no such table or column, the column holds floats, lists, records, or bytes that are not
        UTF-8, or no cell has a value.
    BackendError
        If the table is a spreadsheet and the library for it is not installed.
    """
    import pyarrow as pa

    from xent.data.column_values import text_codes

    read = read_table(table)
    if column not in read.column_names:
        hint = near_names(column, read.column_names)
        raise DataError(caller, "column", f"be a column of {Path(table).name}", got=repr(column), hint=hint)
    if pa.types.is_floating(read[column].type):
        fact = f"{column!r}, which holds floating-point numbers"
        # Quotes would not do: a reader of CSV takes quoted numbers for numbers.
        as_text = "To count how often each number occurs, put a letter before each, as in x0.5."
        hint = f"{for_fractions} {as_text}".lstrip()
        raise DataError(caller, "column", "hold symbols, which are text or integers", got=fact, hint=hint)
    try:
        codes, levels = text_codes(read[column])
    except pa.ArrowException as error:
        fact = f"{column!r}, which holds {read[column].type}"
        raise DataError(caller, "column", "hold numbers or text", got=fact) from error
    found = np.bincount(codes[codes >= 0], minlength=len(levels)).tolist()
    counts = {level: n for level, n in zip(levels.to_pylist(), found, strict=True) if n}
    if not counts:
        raise DataError(caller, "column", "hold a value", got=f"{column!r}, which is empty")
    missing = int(np.count_nonzero(codes < 0))
    pairs = PairCounts() if bigrams else None
    if pairs is not None:
        pairs.add(codes)
    return SymbolCounts(f"{Path(table).name}:{column}", "values", counts, missing, pairs)


def _count_bytes(stream: BinaryIO, pairs: PairCounts | None) -> dict[str, int]:
    r"""
    Number of each byte that occurs, by its printed form in quotes, such as ``'a'`` or ``'\xff'``.

    `pairs`, unless None, counts pairs of neighbouring bytes too. The stream is read to its end.
    """
    total = np.zeros(256, dtype=np.int64)
    for block in _blocks(stream):
        codes = np.frombuffer(block, dtype=np.uint8)
        total += np.bincount(codes, minlength=256)
        if pairs is not None:
            pairs.add(codes)
    # Drop the prefix b: the printed form of a byte is '\n' or 'a' or '\xff'.
    return {repr(bytes([k]))[1:]: int(total[k]) for k in np.flatnonzero(total)}


def _count_characters(stream: BinaryIO, pairs: PairCounts | None) -> dict[str, int]:
    r"""
    Number of each character that occurs, by its printed form in quotes, such as ``'a'`` or ``'\n'``.

    `pairs`, unless None, counts pairs of neighbours too. Raises `UnicodeDecodeError` for bytes that are not
    UTF-8.
    """
    total = np.zeros(_LAST_CHARACTER + 1, dtype=np.int64)
    for text in _texts(stream):
        codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
        total += np.bincount(codes, minlength=len(total))
        if pairs is not None:
            pairs.add(codes)
    return {repr(chr(k)): int(total[k]) for k in np.flatnonzero(total)}


def _count_words(stream: BinaryIO, pairs: PairCounts | None) -> dict[str, int]:
    """
    Number of each word of a text; `pairs`, unless None, counts neighbouring words too.

    Words are separated by white space. Raises `DataError` for a word of which more than 2**20 characters
    stand before the end of a block of 1 MiB, since it would fill the memory, and `UnicodeDecodeError` for
    bytes that are not UTF-8.
    """
    total: Counter[str] = Counter()
    rest = ""
    for piece in _texts(stream):
        text = rest + piece
        words = text.split()
        # A block can end inside a word, which the next block completes.
        rest = words.pop() if words and not text[-1].isspace() else ""
        if len(rest) > _LONGEST_WORD:
            limit = f"hold words of at most {_LONGEST_WORD >> 20} MiB"
            hint = "Count its bytes or characters instead."
            raise DataError("file_counts", "file", limit, got="a longer one", hint=hint)
        total.update(words)
        if pairs is not None:
            pairs.add_words(words)
    last = [rest] if rest else []
    total.update(last)
    if pairs is not None:
        pairs.add_words(last)
    return dict(total)


_COUNTERS = {"bytes": _count_bytes, "characters": _count_characters, "words": _count_words}


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _texts(stream: BinaryIO) -> Iterator[str]:
    """Text of a stream in blocks; raises `UnicodeDecodeError` for bytes that are not UTF-8."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    for block in _blocks(stream):
        if text := decoder.decode(block):
            yield text
    decoder.decode(b"", final=True)


def _not_text(path: Path, error: UnicodeDecodeError, caller: str) -> DataError:
    """
    Error for bytes that are not UTF-8, with the first such byte and its line; without the line for a pipe.

    `error` is that of the decoder. The file is read again, which a pipe does not allow.
    """
    fact = f"byte 0x{error.object[error.start]:02x} in {path.name}"
    if path.is_file():  # a pipe can be read only once
        with decompressed(path) as stream:
            line, byte = first_bad_byte(_blocks(stream)) or (0, 0)
        fact = f"byte 0x{byte:02x} on line {line} of {path.name}"
    hint = "Count its bytes instead, with `--unit bytes`."
    return DataError(caller, "file", "be UTF-8 text", got=fact, hint=hint)


def _not_readable(path: Path, error: OSError | ValueError, caller: str) -> DataError:
    """
    Error, not raised, for the file `path` that raised `error` at opening or reading, with the system's
    reason.

    If there is no such file, it says so and names near ones of the folder instead.
    """
    if isinstance(error, FileNotFoundError):
        around: Iterable[str] = ()
        if path.parent.is_dir():
            around = files_in(path.parent)
        hint = near_names(path.name, around, what="files there")
        return DataError(caller, "file", "be a file that exists", got=repr(short(str(path), 200)), hint=hint)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    fact = f"{short(str(path), 200)} ({reason})"
    return DataError(caller, "file", "be a file that can be read", got=fact)
