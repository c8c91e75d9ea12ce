"""Check that the names of a table do not look like values of their own columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xent.data.column_values import is_instant, is_number, is_text
from xent.data.date_text import TIME
from xent.data.number_text import NUMBER

__all__ = ["header_notes"]

_SHOWN = 4
_LONGEST = 20
# Levels of a longer dictionary rarely hold the text of the first row once more.
_FEW_LEVELS = 100
_FEWEST_NAMES = 2


def header_notes(table: pa.Table) -> Iterator[str]:
    """
    One sentence if the first line, which gave the names of `table`, looks like a row; none otherwise.

    It does if no name contradicts the type or the few levels of its column, and two names, or one if there
    are fewer than three columns, are numbers, dates, times or truth values, but not three or more numbers in
    equal steps other than 0.
    """
    if not _looks_like_a_row(table):
        return
    names = ", ".join(name[:_LONGEST] for name in table.column_names[:_SHOWN])
    more = ", …" if table.num_columns > _SHOWN else ""
    yield (
        f"The first line ({names}{more}) looks like a row and not like names; "
        "if it is a row, give `--no-header`."
    )


def _looks_like_a_row(table: pa.Table) -> bool:
    """
    True if the names of `table` look like cells, so that the first line may be a row.

    No column of numbers, dates, times or truth values may have a name that is not one itself, and no
    dictionary-encoded text of at most 100 levels a name that is not among them. At least two names, or one if
    there are fewer than three columns, must be numbers, dates, times or truth values, and they must not be
    three or more numbers in equal steps other than 0, such as years.
    """
    numbers: list[float] = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if is_number(kind) or is_instant(kind) or pa.types.is_boolean(kind):
            value = _value(name, kind)
            if value is None:
                return False
            numbers.append(value)
        elif pa.types.is_dictionary(kind) and is_text(kind.value_type):
            levels = column.chunk(0).dictionary if column.num_chunks else pa.array([], kind.value_type)
            if len(levels) <= _FEW_LEVELS and not pc.any(pc.equal(levels, name)).as_py():
                return False
    steps = np.diff(numbers)
    is_series = len(numbers) > 2 and bool(np.ptp(steps) == 0) and steps[0] != 0
    return len(numbers) >= min(_FEWEST_NAMES, table.num_columns - 1) and len(numbers) > 0 and not is_series


def _value(name: str, kind: pa.DataType) -> float | None:
    """
    Number that the text `name` stands for if `kind` is a type of numbers, or 0 if it is a date, time or truth
    value.

    The number is as Python reads it, without marks of thousands. None if it is no value of type `kind`.
    """
    text = pa.array([name.strip()])
    try:
        if is_number(kind):
            return float(name) if pc.match_substring_regex(text, NUMBER)[0].as_py() else None
        if pa.types.is_time(kind):  # arrow has no cast from text
            return 0.0 if pc.match_substring_regex(text, TIME)[0].as_py() else None
        text.cast(kind)
    except (pa.ArrowException, ValueError):
        return None
    return 0.0
