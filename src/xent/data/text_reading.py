"""The meaning of a column of text, settled by all of its cells: numbers, dates, times, true or false."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.column_values import is_text, text_codes
from xent.data.date_text import DATE, TIME, DateForm, date_form, date_values, time_values
from xent.data.missing_words import MISSING, is_missing_word
from xent.data.number_text import NUMBER, NumberForm, number_form, number_values

__all__ = [
    "LEAST_SHARE",
    "ReadColumn",
    "Reading",
    "Settled",
    "may_read",
    "plain_reading",
    "read_column",
    "requested_reading",
    "settled_reading",
]

Array = NDArray[np.float64]
LEAST_SHARE = 0.97
"""Least share of cells, missing ones aside, that must read as numbers, dates or times for a conversion."""
# Below this share there is no remark that a column of text nearly reads as numbers.
_NEARLY = 0.5
# A single 007 among numbers of many widths does not make the column a category.
_SHARE_OF_ZEROS = 0.03
_PATTERNS = {"numbers": NUMBER, "dates": DATE, "times": TIME}
_EXACT = {
    # ISO 8601 parses as one type without a zone and as another with a zone.
    "dates": (pa.timestamp("us"), pa.timestamp("us", "UTC")),
    "true or false": (pa.bool_(),),
    "numbers": (pa.float64(),),
    "times": (),
}
_MICROSECONDS = 86_400_000_000


class Reading(TypedDict):
    """
    The rules by which the texts of one column are read, as plain data.

    `meaning` is "numbers", "dates", "times" or "true or false"; `decimal` is the decimal mark; `currency` is
    the one that numbers may have, "" for any; `day_first` is True if dates have the day before the month;
    `from_text` is True if the column came as text.
    """

    meaning: str
    decimal: str
    currency: str
    day_first: bool
    from_text: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """
    A `reading` and the `share` of the cells that read by it, 0 to 1; missing cells are not counted.

    `assumed` is True if no majority of the cells settles the order of day and month.
    """

    reading: Reading
    share: float
    assumed: bool = False

    @property
    def holds(self) -> bool:
        """True if at least the share `LEAST_SHARE` of the cells reads."""
        return self.share >= LEAST_SHARE


@dataclass(frozen=True, slots=True, eq=False)
class ReadColumn:
    """
    Converted `cells` of a text column, null where a text is missing or does not read.

    `odd` are the rising places of the cells that have a text and do not read.
    """

    cells: pa.ChunkedArray
    odd: NDArray[np.int64]


def plain_reading(meaning: str, decimal: str = ".") -> Reading:
    """
    `Reading` of a column that did not come as text, with its `meaning` and the decimal mark of later text.

    Any currency is allowed, and the month stands before the day.
    """
    return Reading(meaning=meaning, decimal=decimal, currency="", day_first=False, from_text=False)


def read_column(column: pa.ChunkedArray, reading: Reading, missing: tuple[str, ...] = MISSING) -> ReadColumn:
    """
    Cells of a column of text converted by the rules of `reading`, and the places of the odd ones.

    `column` may be dictionary-encoded. Odd cells have a text that does not read, and become gaps; a word in
    `missing` or an empty text is a gap and not odd. The cells are float64, timestamps, times of day or
    booleans, by the meaning of `reading`.
    """
    cells = _exact(column, reading)
    if cells is not None:
        return ReadColumn(cells, np.empty(0, np.int64))
    codes, levels = text_codes(column)
    values = np.append(_values(levels, reading), np.nan)
    absent = np.append(is_missing_word(levels, missing), True)
    odd = np.flatnonzero((np.isnan(values) & ~absent)[codes])
    return ReadColumn(pa.chunked_array([_typed(values[codes], reading["meaning"])]), odd)


def may_read(levels: pa.Array) -> bool:
    """True if at least one of `levels` has the form of a number, a date or a time."""
    return any(_matches(levels, pattern).any() for pattern in _PATTERNS.values())


def settled_reading(
    column: pa.ChunkedArray, *, decimal: str = ".", missing: tuple[str, ...] = MISSING
) -> Settled | None:
    """
    The reading that fits most cells of a column of text; None if no reading fits half of the cells.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of text
        All cells; dictionary-encoded or not.
    decimal : {".", ","}, default "."
        Decimal mark if the cells do not decide.
    missing : tuple of str
        Words for a missing cell, which is not counted.

    Returns
    -------
    Settled or None
        Reading as numbers, dates or times, the first of these in a tie, and the share of the cells that it
        fits; or as truth values if the column is not dictionary-encoded and all its cells but nulls are such,
        without words for missing, and not all are numbers.

    Notes
    -----
    **Edge cases.** None for a column without a cell that counts. If at least 97 % of the cells are digits,
    those with leading zeros make them codes and not numbers (the result is None) if all texts of digits are
    equally long or more than 3 % of the cells begin with 0 and another digit. A share below
    `LEAST_SHARE`, 97 %, is no reason for None: see `Settled.holds`.
    """
    if is_text(column.type) and column.null_count < len(column):
        for meaning in ("numbers", "dates", "true or false"):
            reading = plain_reading(meaning) | Reading(from_text=True)  # type: ignore[typeddict-item]
            zeros = meaning == "numbers" and (decimal != "." or _any(column, r"^\s*[+-]?0[0-9]"))
            if not zeros and _exact(column, reading) is not None:
                return Settled(reading, 1.0)
    codes, levels = text_codes(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    present = (counts > 0) & ~is_missing_word(levels, missing)
    if not present.any() or _are_codes(levels, counts * present):
        return None
    found = _candidates(levels.filter(pa.array(present)), counts[present], decimal)
    return max(found, key=lambda each: each.share, default=None)


def requested_reading(
    column: pa.ChunkedArray, meaning: str, *, decimal: str = ".", missing: tuple[str, ...] = MISSING
) -> Settled | None:
    """
    Rules to read text as `meaning`, with the share of cells that they fit, however few; None if they fit
    none.

    `meaning` is "numbers", "dates", "times" or "true or false"; any other gives None. `decimal` is the
    decimal mark if the cells do not decide. Missing cells and words in `missing` are not counted.
    """
    codes, levels = text_codes(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    present = (counts > 0) & ~is_missing_word(levels, missing)
    levels, counts = levels.filter(pa.array(present)), counts[present]
    if meaning == "true or false":
        reading = plain_reading(meaning) | Reading(from_text=True)  # type: ignore[typeddict-item]
        share = float(counts[~np.isnan(_values(levels, reading))].sum() / max(counts.sum(), 1))
        return Settled(reading, share) if share else None
    found = _candidates(levels, counts, decimal, least=0.0)
    return next((each for each in found if each.reading["meaning"] == meaning and each.share), None)


def _candidates(
    levels: pa.Array, counts: NDArray[np.int64], decimal: str, *, least: float = _NEARLY
) -> Iterator[Settled]:
    """
    Readings of levels that occur `counts` times, as numbers, dates and times in this order, with their
    shares.

    A reading has the meaning, decimal mark, currency and order of day and month that fit most cells; the
    share is that of the cells that it reads, of all these. Readings of less than the share `least`, one half
    by default, are left out, and those of which no cell has the form; a share of 0 is possible where `least`
    is 0. `decimal` is the decimal mark if the levels do not decide.
    """
    total = counts.sum()
    for meaning, pattern in _PATTERNS.items():
        shaped = _matches(levels, pattern)
        if not shaped.any() or counts[shaped].sum() < least * total:
            continue
        few, weights = levels.filter(pa.array(shaped)), counts[shaped]
        number = number_form(few, weights, decimal=decimal) if meaning == "numbers" else NumberForm(decimal)
        date = date_form(few, weights) if meaning == "dates" else DateForm()
        reading = Reading(
            meaning=meaning,
            decimal=number.decimal,
            currency=number.currency,
            day_first=date.day_first,
            from_text=True,
        )
        share = float(weights[~np.isnan(_values(few, reading))].sum() / total)
        if share >= least:
            yield Settled(reading, share, date.assumed)


def _are_codes(levels: pa.Array, counts: NDArray[np.int64]) -> bool:
    """
    True if at least 97 % of the cells are digits, and leading zeros among them mark codes.

    `counts` are the cells of each of `levels`. A leading zero stands before another digit. Such zeros mark
    codes if all texts of digits are equally long, or more than 3 % of all cells have one.
    """
    zeros = _matches(levels, "^0[0-9]+$") & (counts > 0)
    if not zeros.any():
        return False
    digits = _matches(levels, "^[0-9]+$") & (counts > 0)
    if counts[digits].sum() < LEAST_SHARE * counts.sum():
        return False
    widths = pc.utf8_length(levels).to_numpy(zero_copy_only=False)[digits]
    return bool(np.ptp(widths) == 0 or counts[zeros].sum() > _SHARE_OF_ZEROS * counts.sum())


def _exact(column: pa.ChunkedArray, reading: Reading) -> pa.ChunkedArray | None:
    """
    Trimmed cells converted by arrow's parser, in a tenth of the time; None if the parser fails on a cell.

    Nulls stay. The parser fails on an empty cell and on words for missing, except on nan, which is a float.
    None too for a column that is not text (dictionary-encoded, for example), a decimal comma, and times of
    day. Dates become time stamps to the microsecond, in UTC if the cells have zones.
    """
    if not is_text(column.type) or reading["decimal"] != ".":
        return None
    text = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    for kind in _EXACT[reading["meaning"]]:
        with contextlib.suppress(pa.ArrowInvalid):
            return text.cast(kind)
    return None


def _values(levels: pa.Array, reading: Reading) -> Array:
    """
    Number that each level stands for, (levels,); NaN where the level, trimmed text, does not fit `reading`.

    Numbers have their sign, and percentages are divided by 100; dates are days since 1970-01-01 in UTC, times
    of day fractions of a day, and truths 0 or 1, from "false", "0", "true" and "1" in any case.
    """
    meaning = reading["meaning"]
    if meaning == "numbers":
        return number_values(levels, NumberForm(reading["decimal"], reading["currency"]))
    if meaning == "dates":
        return date_values(levels, DateForm(reading["day_first"]))
    if meaning == "times":
        return time_values(levels)
    words = pa.array(["false", "0", "true", "1"], levels.type)
    places = pc.index_in(pc.utf8_lower(levels), words).cast(pa.float64())
    truth: Array = np.floor(places.to_numpy(zero_copy_only=False) / 2)
    return truth


def _typed(values: Array, meaning: str) -> pa.Array:
    """
    Cells of floats, booleans, instants or times of day, by the `meaning`, from the numbers `values`, (n,).

    These are numbers, 0 or 1, days since 1970-01-01 in UTC, or fractions of a day. NaN becomes null;
    instants, without a zone, and times have microseconds.
    """
    if meaning == "numbers":
        return pa.array(values, from_pandas=True)
    gaps = np.isnan(values)
    if meaning == "true or false":
        return pa.array(values == 1, mask=gaps)
    whole = np.rint(np.where(gaps, 0, values) * _MICROSECONDS).astype(np.int64)
    return pa.array(whole, pa.timestamp("us") if meaning == "dates" else pa.time64("us"), mask=gaps)


def _matches(levels: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """True for each level with a match of the regular expression `pattern`; False for null."""
    found = pc.match_substring_regex(levels, pattern).fill_null(fill_value=False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _any(column: pa.ChunkedArray, pattern: str) -> bool:
    """True if the text of a cell has a match of the regular expression `pattern`."""
    return bool(pc.any(pc.match_substring_regex(column.cast(pa.large_string()), pattern)).as_py())
