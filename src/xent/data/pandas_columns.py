"""Columns of pandas that arrow cannot hold as they are: names that are not text, intervals, periods."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from typing import Any

__all__ = ["column_name", "plain_frame", "plain_series"]


def column_name(name: Hashable) -> str:
    """
    Name of a column as text; the levels of a pandas MultiIndex are joined by spaces.

    Examples
    --------
    >>> column_name("age"), column_name(7), column_name(("income", 2024))
    ('age', '7', 'income 2024')
    """
    if isinstance(name, tuple):
        return " ".join(str(level) for level in name).strip()
    return str(name)


def plain_frame(data: Any) -> Any:
    """
    `data`, if it is a frame of pandas, with names of text, intervals as text and periods as their first
    instants.

    The result is a new frame if anything changes; other data are returned as they are. Columns are converted
    as `plain_series` does; in a frame in which two names are the same text only the names are.
    """
    if not (_is_of_pandas(data) and hasattr(data, "columns")):
        return data
    if not all(type(name) is str for name in data.columns):
        data = data.set_axis([column_name(name) for name in data.columns], axis=1)
    if not data.columns.is_unique:
        return data
    changed = {name: plain_series(data[name]) for name in data.columns if _kind(data[name].dtype)}
    return data.assign(**changed) if changed else data


def plain_series(values: Any) -> Any:
    """
    `values` of pandas with categories of text for intervals, and time stamps of the first instants for
    periods.

    Categories of intervals or of periods become categories of text. An index or array that is converted
    becomes a series. Other values, and objects that are not of pandas, are returned as they are.
    """
    if not (_is_of_pandas(values) and hasattr(values, "dtype")):
        return values
    kind = _kind(values.dtype)
    if kind and not hasattr(values, "iloc"):
        # An index or an array lacks the accessors of a series.
        values = sys.modules["pandas"].Series(values)
    if kind == "period":
        return values.dt.to_timestamp()
    if kind == "interval":
        values = values.astype("category")
    if kind:
        return values.cat.rename_categories(values.cat.categories.astype(str))
    return values


def _kind(dtype: Any) -> str:
    """``"interval"``, ``"categories"`` of intervals or periods, ``"period"``, or "" for any other type."""
    levels = getattr(getattr(dtype, "categories", None), "dtype", None)
    if levels is not None:
        return "categories" if str(levels).startswith(("interval", "period")) else ""
    return next((kind for kind in ("interval", "period") if str(dtype).startswith(kind)), "")


def _is_of_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas"
