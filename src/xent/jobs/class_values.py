"""Classes as plain data: text, numbers and truth values as they are, dates and times as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

__all__ = ["classes_of_plain_data", "plain_data_of_classes"]

_PLAIN = (str, bool, int, float)


def plain_data_of_classes(classes: Sequence[Any]) -> dict[str, Any]:
    """
    Describe classes by strings and numbers alone, for a file that holds no other types.

    The dict has ``"values"``, one for each class, and ``"kind"``: an empty list if the values are the classes
    themselves, which are strings, numbers and truth values, else a list of Arrow's name of the type, its unit
    and its time zone, each "" if it has none; values are then whole numbers in that unit. Classes of one type
    of dates, times or durations have such a kind; for most others an error of Arrow is raised.

    Examples
    --------
    >>> import datetime
    >>> data = plain_data_of_classes([datetime.date(1970, 1, 2), datetime.date(1970, 1, 3)])
    >>> data
    {'kind': ['date32', '', ''], 'values': [1, 2]}
    >>> classes_of_plain_data(data)
    (datetime.date(1970, 1, 2), datetime.date(1970, 1, 3))
    """
    if all(type(each) in _PLAIN for each in classes):
        return {"kind": [], "values": list(classes)}
    array = pa.array(classes)
    kind = array.type
    name, unit, zone = (
        str(kind).split("[", maxsplit=1)[0],
        getattr(kind, "unit", ""),
        getattr(kind, "tz", "") or "",
    )
    # Arrow casts days of 32 bits only to and from 32-bit integers.
    values = array.cast(pa.int32() if name == "date32" else pa.int64()).to_pylist()
    return {"kind": [name, unit if name != "date32" else "", zone], "values": values}


def classes_of_plain_data(data: dict[str, Any]) -> tuple[Any, ...]:
    """
    Classes, in their order, from a dict of ``"values"`` and ``"kind"`` as `plain_data_of_classes` makes it.

    An empty kind means that the values are the classes. Else it is a list of Arrow's name of a type, its unit
    and its time zone, "" for none, and the values are whole numbers in that unit, which become dates, times,
    durations or timestamps. Raises `KeyError` for a missing key or another type, and errors of Python or
    Arrow for other faults.
    """
    if not data["kind"]:
        return tuple(data["values"])
    name, unit, zone = data["kind"]
    kinds = {
        "date32": pa.date32,
        "time64": lambda: pa.time64(unit),
        "duration": lambda: pa.duration(unit),
        "timestamp": lambda: pa.timestamp(unit, zone or None),
    }
    numbers = pa.array(data["values"], pa.int32() if name == "date32" else pa.int64())
    return tuple(numbers.cast(kinds[name]()).to_pylist())
