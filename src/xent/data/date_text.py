"""Dates and times of day in the usual notations; the whole column settles the order of day and month."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["DATE", "TIME", "DateForm", "date_form", "date_values", "time_values"]

Array = NDArray[np.float64]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_MONTH = "|".join(f"{short}(?:{rest})?" for short, rest in zip(_MONTHS, _LONG, strict=True)) + "|sept"
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}(?:\.\d{1,9})?))?\s*(?P<half>(?i:[ap])\.?(?i:m)\.?)?"
_TIME = rf"(?:(?:T|,?\s+){_CLOCK}\s*(?P<zone>Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}})?)?$"
_NUMERIC = r"^(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME
_FORMS = (
    r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    rf"^(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-\s./]*(?P<m>(?i:{_MONTH}))\.?[-\s./,]*(?P<y>\d{{4}}|\d{{2}})"
    + _TIME,
    rf"^(?P<m>(?i:{_MONTH}))\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})" + _TIME,
)
DATE = re.sub(r"\?P<\w+>", "?:", "|".join((_NUMERIC, *_FORMS)))
"""Pattern that matches every date."""
TIME = re.sub(r"\?P<\w+>", "?:", f"^{_CLOCK}$")
"""Pattern that matches every time of day."""
_LAST_MONTH = 12
# POSIX: years of two digits below 69 are 2000 to 2068, the others 1969 to 1999.
_PIVOT = 69


@dataclass(frozen=True, slots=True)
class DateForm:
    """
    Order of day and month in dates such as 1/2/2020.

    `day_first` is True if the day stands before the month; `assumed` is True if no majority of the cells
    decides it.
    """

    day_first: bool = False
    assumed: bool = False


def date_form(texts: pa.Array, counts: NDArray[np.int64]) -> DateForm:
    """
    Order of day and month in dates of numbers, as the majority of the cells that decide it has it.

    Dates of numbers are such as 1/2/2020, which do not begin with the year. A cell decides if one of its
    first two numbers is above 12 and the other is not. In a tie the day comes first if more of these dates
    are written without slashes than with them.

    Parameters
    ----------
    texts : pyarrow.Array of text
        Distinct cells, trimmed.
    counts : array of int
        Number of occurrences of each text.

    Returns
    -------
    DateForm
        The order; `assumed` is True in a tie, unless there are no such dates.
    """
    frame = pc.extract_regex(texts, _NUMERIC)
    first, second = _numbers(frame, "a"), _numbers(frame, "b")
    days = int(counts[(first > _LAST_MONTH) & (second <= _LAST_MONTH)].sum())
    months = int(counts[(second > _LAST_MONTH) & (first <= _LAST_MONTH)].sum())
    if days != months:
        return DateForm(days > months)
    open_ = ~np.isnan(first)
    slashes = _mask(pc.equal(frame.field("mark"), "/"))
    return DateForm(int(counts[open_ & ~slashes].sum()) > int(counts[slashes].sum()), bool(open_.any()))


def date_values(texts: pa.Array, form: DateForm) -> Array:
    """
    Days since 1970-01-01 in UTC of each text, (n,); NaN where the text is not a date.

    Texts must be trimmed. `form` tells the order of day and month in dates of numbers that do not begin with
    the year. A time may follow the date; one without a zone is UTC, an impossible one gives NaN. A number
    such as 1.12.14 is a version and no date.

    Examples
    --------
    >>> import pyarrow as pa
    >>> date_values(pa.array(["1970-01-02", "2/1/1970", "3 Jan 1970 6:00 PM", "31/2/1970"]), DateForm(True))
    array([1.  , 1.  , 2.75,  nan])
    """
    frame = pc.extract_regex(texts, _NUMERIC)
    parts = {"d": "a", "m": "b"} if form.day_first else {"d": "b", "m": "a"}
    values = _days(frame, parts["m"], parts["d"])
    values[_is_version(texts)] = np.nan
    for pattern in _FORMS:
        left = np.isnan(values)
        if not left.any():
            break
        frame = pc.extract_regex(texts.filter(pa.array(left)), pattern)
        values[left] = _days(frame, "m", "d")
    return values


def time_values(texts: pa.Array) -> Array:
    """
    Each time of day as a fraction of a day in 0 to 1, (n,); NaN where the trimmed text is not a time of day.

    Examples
    --------
    >>> import pyarrow as pa
    >>> time_values(pa.array(["06:00", "6:00 pm", "25:00"]))
    array([0.25, 0.75,  nan])
    """
    frame = pc.extract_regex(texts, f"^{_CLOCK}$")
    return np.where(_mask(pc.is_valid(frame)), _clock(frame), np.nan)


def _days(frame: pa.Array, month: str, day: str) -> Array:
    """
    Days since 1970-01-01 in UTC of the cells that a pattern matched, (n,); NaN for others and impossible
    days.

    `frame` has a record of text for each cell, null where the pattern did not match: "y", the year; the
    fields that `month` and `day` name; and of the time, each "" if absent, "H", "M", "S", "half" and "zone".
    A month may be a name; a year of two digits lies in 1969 to 2068. The time is added as a fraction of a
    day; an impossible one gives NaN.
    """
    years, days = _numbers(frame, "y"), _numbers(frame, day)
    short = _mask(pc.equal(pc.utf8_length(frame.field("y")), 2))
    years = np.where(short, years + np.where(years < _PIVOT, 2000, 1900), years)
    months = _months(frame.field(month))
    known = ~np.isnan(years + months + days) & (months >= 1) & (months <= _LAST_MONTH) & (days >= 1)
    whole = np.where(known, (years - 1970) * 12 + months - 1, 0).astype(np.int64).astype("datetime64[M]")
    dates = whole.astype("datetime64[D]") + np.where(known, days - 1, 0).astype(np.int64)
    known &= dates.astype("datetime64[M]") == whole
    return np.where(known, dates.astype(np.int64), np.nan) + _clock(frame)


def _months(text: pa.Array) -> Array:
    names = pc.utf8_lower(pc.utf8_slice_codeunits(text, 0, 3))
    named = pc.index_in(names, pa.array(_MONTHS, names.type))
    digits = text.filter(pc.match_substring_regex(text, "^[0-9]")) if len(text) else text
    values = named.cast(pa.float64()).to_numpy(zero_copy_only=False) + 1
    if len(digits):
        values = values.copy()
        values[_mask(pc.match_substring_regex(text, "^[0-9]"))] = digits.cast(pa.float64()).to_numpy()
    return np.asarray(values, dtype=np.float64)


def _clock(frame: pa.Array) -> Array:
    """
    Time of each cell in UTC as a fraction of a day, (n,); 0 for a cell without a time, NaN for an impossible
    time.

    A zone ahead of UTC can make it negative, one behind 1 or more. `frame` has a record of text for each
    cell: "H", "M", "S", "half" (am or pm), and "zone" if the pattern has one; each is "" or null if absent.
    """
    hours, minutes, seconds = (np.nan_to_num(_numbers(frame, name)) for name in "HMS")
    half = pc.utf8_lower(pc.utf8_slice_codeunits(frame.field("half"), 0, 1))
    halved, afternoon = _mask(pc.not_equal(half, "")), _mask(pc.equal(half, "p"))
    possible = (minutes < 60) & (seconds < 60) & np.where(halved, (hours >= 1) & (hours <= 12), hours < 24)
    hours = np.where(halved, hours % 12 + np.where(afternoon, 12, 0), hours)
    offset = _offset(frame) if "zone" in {field.name for field in frame.type} else 0.0
    return np.where(possible, (hours * 60 + minutes - offset) / 1440 + seconds / 86400, np.nan)


def _offset(frame: pa.Array) -> Array:
    """
    Minutes, (n,), by which the "zone" of each record of `frame` is ahead of UTC, such as 90 for "+01:30" or
    "+0130".

    It is 0 for a cell without a zone, and for the zones Z, UTC and GMT, and NaN for an impossible zone, of 24
    hours or 60 minutes or more.
    """
    zone = pc.replace_substring(frame.field("zone"), ":", "")
    fixed = pc.if_else(pc.match_substring_regex(zone, "^[+-]"), zone, None)
    hours = _parsed(pc.utf8_slice_codeunits(fixed, 1, 3))
    minutes = _parsed(pc.utf8_slice_codeunits(fixed, 3, 5))
    sign = np.where(_mask(pc.starts_with(fixed, "-")), -1.0, 1.0)
    possible = np.isnan(hours) | ((hours < 24) & ~(minutes >= 60))
    return np.where(possible, np.nan_to_num(sign * (hours * 60 + minutes)), np.nan)


def _is_version(texts: pa.Array) -> NDArray[np.bool_]:
    # 1.12.14 is read as a version, not as a date: between points, a year of two digits requires two digits of
    # day and month.
    short = pc.match_substring_regex(texts, r"^\d{1,2}\.\d{1,2}\.\d{2}$")
    return _mask(short) & ~_mask(pc.match_substring_regex(texts, r"^\d{2}\.\d{2}\.\d{2}$"))


def _numbers(frame: pa.Array, name: str) -> Array:
    return _parsed(frame.field(name))


def _parsed(text: pa.Array) -> Array:
    # An optional group that did not match is "", which does not parse as a number.
    number = pc.if_else(pc.equal(text, ""), None, text).cast(pa.float64())
    return np.asarray(number.to_numpy(zero_copy_only=False), dtype=np.float64)


def _mask(truth: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(truth.fill_null(fill_value=False).to_numpy(zero_copy_only=False), dtype=bool)
