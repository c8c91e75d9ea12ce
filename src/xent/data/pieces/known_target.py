"""Target of rows that come in pieces, whose classes a model knows: the code of each cell, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.pieces.target import plain_cells
from xent.data.target_encoding import check_decimals, known_target

__all__ = ["StreamedKnownTarget", "streamed_known_target"]


@dataclass(frozen=True, slots=True, eq=False)
class StreamedKnownTarget:
    """
    Values of a target that are classes of a model, and counts of all rows.

    Parameters
    ----------
    levels : pyarrow.Array
        Values of the column that are classes.
    level_codes : ndarray of shape (len(levels),)
        Class of each.
    rows, known, missing : int
        Rows, those of a known class, and those without a value.
    unknown : dict of str to int
        As that of `KnownTarget`.
    """

    levels: pa.Array
    level_codes: NDArray[np.int64]
    rows: int
    known: int
    missing: int
    unknown: dict[str, int]

    def codes(self, column: Any) -> NDArray[np.int64]:
        """Class of each cell of `column`, an array of arrow, (rows,); -1 for a cell without a known one."""
        places = pc.index_in(plain_cells(column), self.levels).cast(pa.int64()).fill_null(-1)
        # The last entry is that of the place -1.
        with_none: NDArray[np.int64] = np.append(self.level_codes, -1)
        return np.asarray(with_none[places.to_numpy(zero_copy_only=False)])


def streamed_known_target(columns: Iterable[Any], name: str, classes: Sequence[Any]) -> StreamedKnownTarget:
    """
    Classes of a model among the values of a target column `name`, whose cells come as the pieces `columns`.

    `columns` are arrays of arrow, read once. A value is known if its text is that of one of `classes`; floats
    have no decimals in their text if all in the column are whole. The result codes cells by the place of
    their class in `classes`, and counts rows, those of a known class, those without a value, and those of
    each unknown text, the most frequent first.

    Raises
    ------
    DataError
        If the column holds lists, records, bytes or no value, decimals of a piece are one number as floats,
        or none of its values is a class.
    """
    counts: dict[Any, int] = {}
    rows = 0
    kind: pa.DataType = pa.null()
    for column in columns:
        check_decimals(column, name)
        plain = plain_cells(column)
        kind = plain.type
        rows += len(plain)
        for each in pc.value_counts(plain).to_pylist():
            counts[each["values"]] = counts.get(each["values"], 0) + each["counts"]
    missing = counts.pop(None, 0)
    # With all rows missing, the error names their number.
    values = pa.array([*counts], kind) if counts else pa.nulls(rows)
    found = known_target(pa.table({name: values}), name, classes)
    of_text = _counts_of_text(counts)
    number = np.fromiter(counts.values(), np.int64, len(counts))
    unknown = {label: of_text[label] for label in found.unknown}
    ordered = dict(sorted(unknown.items(), key=lambda one: -one[1]))
    levels = values.take(pa.array(found.rows))
    return StreamedKnownTarget(levels, found.codes, rows, int(number[found.rows].sum()), missing, ordered)


def _counts_of_text(counts: dict[Any, int]) -> dict[str, int]:
    """
    Number of rows of each value by its text, from the number of rows by value.

    A whole number held as a float counts by the text without decimals too, as "2.0" and "2".
    """
    by_text: dict[str, int] = {}
    for value, count in counts.items():
        by_text[str(value)] = count
        if isinstance(value, float) and value.is_integer():
            by_text[str(int(value))] = count
    return by_text
