"""Check that the names of a table do not look like values of their own columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xent.data.column_values import is_instant, is_number, is_text
from xent.data.number_text import NUMBER

__all__ = ["header_notes"]

_SHOWN = 4
_LONGEST = 20
# Levels of a longer dictionary rarely hold the text of the first row once more.
_FEW_LEVELS = 100
_FEWEST_NAMES = 2


def header_notes(table: pa.Table) -> Iterator[str]:
    """A sentence if the first line, taken for names, looks like a row; nothing otherwise."""
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
    True if no name is a word in front of numbers or dates, and some names are values of their columns.

    Numbers in equal steps, such as years or 0, 1, 2, are names.
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
    """Number that a name stands for, 0 for a date; None if the name is no value of this type."""
    text = pa.array([name.strip()])
    try:
        if not is_number(kind):
            text.cast(kind if not pa.types.is_time(kind) else pa.string())
            return 0.0
        return float(name) if pc.match_substring_regex(text, NUMBER)[0].as_py() else None
    except (pa.ArrowException, ValueError):
        return None
