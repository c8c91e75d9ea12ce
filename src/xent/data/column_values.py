"""The cells of an arrow column as NumPy arrays: numbers, days, text codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "day_numbers",
    "is_instant",
    "is_number",
    "is_opaque",
    "is_text",
    "kind_name",
    "numbers",
    "text_codes",
    "whole_numbers",
]

_MICROSECONDS_PER_DAY = 86_400_000_000
_UNITS_PER_DAY = {"s": 86_400, "ms": 86_400_000}


def is_number(kind: pa.DataType) -> bool:
    """True if a column of this type holds numbers; spans of time count as numbers."""
    types = pa.types
    return bool(
        types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_duration(kind)
    )


def is_instant(kind: pa.DataType) -> bool:
    """True if a column of this type holds dates, times of day, or both."""
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_time(kind))


def is_text(kind: pa.DataType) -> bool:
    """True if a column of this type holds text that is not dictionary-encoded."""
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def is_opaque(kind: pa.DataType) -> bool:
    """True if a column of this type holds lists, records or bytes, dictionary-encoded or not."""
    types = pa.types
    if types.is_dictionary(kind):
        return is_opaque(kind.value_type)
    of_bytes = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view)
    return bool(types.is_nested(kind)) or any(fits(kind) for fits in of_bytes)


def kind_name(kind: pa.DataType) -> str:
    """Words for the type `kind` in errors: "text" or "type int64"; of a dictionary, those for its values."""
    if pa.types.is_dictionary(kind):
        return kind_name(kind.value_type)
    return "text" if is_text(kind) else f"type {kind}"


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """
    Cells of a column of numbers, truth values (0 and 1) or nulls as float64, (rows,); a missing cell is NaN.

    A duration counts in the unit of its type. Integers beyond 2**53 are rounded. The array may share the
    column's memory, so the caller must not write to it.
    """
    if pa.types.is_duration(column.type):
        column = column.cast(pa.int64())
    # Among thousands of columns a cast that changes nothing would take a third of the time.
    plain = column if pa.types.is_float64(column.type) else column.cast(pa.float64(), safe=False)
    values: NDArray[np.float64] = plain.to_numpy()
    return values


def whole_numbers(column: pa.ChunkedArray) -> NDArray[np.int64] | NDArray[np.uint64]:
    """
    Whole numbers without rounding, missing ones left out: uint64 as they are, others as int64.

    Examples
    --------
    >>> whole_numbers(pa.chunked_array([pa.array([2**63, None], pa.uint64())])).tolist()
    [9223372036854775808]
    """
    # int64 holds neither half of uint64, and float64 would make different numbers beyond 2**53 equal.
    kind = pa.uint64() if pa.types.is_uint64(column.type) else pa.int64()
    values: NDArray[np.int64] | NDArray[np.uint64] = column.drop_null().cast(kind).to_numpy()
    return values


def day_numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """
    Dates and times as days since 1970-01-01 in UTC, (rows,), to the microsecond; a missing cell is NaN.

    A time of day is a fraction of a day; a date and time without a zone counts as UTC. A column of nulls is
    all NaN; the type of any other must be a date, a time stamp or a time of day.
    """
    kind = column.type
    if pa.types.is_date32(kind):
        return numbers(column.cast(pa.int32()))
    unit = "ms" if pa.types.is_date64(kind) else kind.unit if pa.types.is_timestamp(kind) else ""
    if unit in _UNITS_PER_DAY:
        # In microseconds, years beyond 292,277 would wrap around.
        return numbers(column.cast(pa.int64())) / _UNITS_PER_DAY[unit]
    if pa.types.is_time(kind):
        column = column.cast(pa.time64("us"), safe=False)
    elif not pa.types.is_null(kind):
        column = column.cast(pa.timestamp("us", getattr(kind, "tz", None)), safe=False)
    return numbers(column.cast(pa.int64())) / _MICROSECONDS_PER_DAY


def text_codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """
    Code of each cell, (rows,), and the levels, an array of text, that the codes index.

    Values of another type are converted to text. A missing cell has code -1. Levels are trimmed and distinct,
    in no particular order; some may not occur. Raises `pyarrow.ArrowException` for lists, records, and bytes
    that are not UTF-8.
    """
    if not pa.types.is_dictionary(column.type):
        # One chunk: the dictionaries of many chunks would be unified one by one, each as long as the last.
        whole = column.cast(pa.large_string()).combine_chunks()
        column = pa.chunked_array([whole.dictionary_encode()])
    column = column.unify_dictionaries()
    if column.num_chunks == 0:
        return np.empty(0, np.int32), pa.array([], pa.large_string())
    levels = column.chunk(0).dictionary.cast(pa.large_string())
    # Convert unsigned codes to int32, since they cannot hold -1.
    codes = [chunk.indices.cast(pa.int32()).fill_null(-1).to_numpy() for chunk in column.chunks]
    joined = np.concatenate(codes) if len(codes) > 1 else codes[0]
    return _distinct_levels(joined, levels)


def _distinct_levels(codes: NDArray[np.int32], levels: pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
    """
    `codes` and `levels` after trimming, in which no level is null or occurs twice; -1 codes a missing cell.

    The given codes are returned if trimmed levels are distinct and none is null.
    """
    # A dictionary may hold a null, or one text twice with different spaces around it; both are rare.
    levels = pc.utf8_trim_whitespace(levels)
    distinct = levels.unique().drop_null()
    if len(distinct) == len(levels):
        return codes, levels
    places = pc.index_in(levels, distinct).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return np.where(codes < 0, np.int32(-1), places[codes]), distinct
