"""Features of a date for a linear model: days since an origin, and waves of month, weekday and hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["CALENDAR_PARTS", "SMALLEST_SPREAD", "calendar_feature", "informative_parts"]

CALENDAR_PARTS = (
    "days",
    *("month sine", "month cosine"),
    *("weekday sine", "weekday cosine"),
    *("hour sine", "hour cosine"),
)
_PERIODS = {"month": 12, "weekday": 7, "hour": 24}
# 1970-01-01, day 0, was a Thursday; Monday is 0.
_FIRST_WEEKDAY = 3
SMALLEST_SPREAD = 1e-9
"""Range of a calendar feature up to which it is constant but for rounding."""


def calendar_feature(days: NDArray[np.float64], part: str, *, origin: float) -> NDArray[np.float64]:
    """
    Calendar part `part`, one of `CALENDAR_PARTS`, of dates in days since 1970-01-01; NaN stays NaN.

    ``"days"`` is the number of days since `origin`. Every other part is the sine or cosine of the position in
    the year (in whole months), in the week (in whole days) or in the day (in hours), so that December is next
    to January. The result has the shape of `days`.

    Examples
    --------
    >>> import numpy as np
    >>> calendar_feature(np.asarray([0.0, 0.25]), "hour sine", origin=0.0)
    array([0., 1.])
    """
    if part == "days":
        return days - origin
    cycle, wave = part.split()
    angle = 2 * np.pi / _PERIODS[cycle] * _place(days, cycle)
    return np.sin(angle) if wave == "sine" else np.cos(angle)


def _place(days: NDArray[np.float64], cycle: str) -> NDArray[np.float64]:
    """
    Place of each day in `cycle`: hours from 0, weekdays from Monday as 0, or months from January as 0.

    `days`, since 1970-01-01, and the result have one shape; `cycle` is "hour", "weekday" or "month". NaN
    stays NaN. Only hours have fractions.
    """
    if cycle == "hour":
        return 24 * (days % 1)
    if cycle == "weekday":
        return np.asarray((np.floor(days) + _FIRST_WEEKDAY) % 7)
    whole = np.floor(np.nan_to_num(days)).astype("datetime64[D]")
    months = whole.astype("datetime64[M]").astype(np.int64) % 12
    return np.where(np.isnan(days), np.nan, months)


def informative_parts(days: NDArray[np.float64], *, origin: float) -> list[str]:
    """
    Parts whose values over the dates `days` differ by more than 1e-9, in the order of `CALENDAR_PARTS`.

    `days`, (rows,), are days since 1970-01-01. NaN is ignored, but one date at least must be known, else
    NumPy raises `ValueError`. `origin` is the day from which "days" counts.
    """
    known = days[~np.isnan(days)]
    return [
        part
        for part in CALENDAR_PARTS
        if np.ptp(calendar_feature(known, part, origin=origin)) > SMALLEST_SPREAD
    ]
