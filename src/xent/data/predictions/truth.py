"""True classes in a column, and their match with the columns of predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.column_values import is_number, is_opaque, kind_name, text_codes
from xent.data.predictions.columns import ModelColumns, common_prefix
from xent.errors import DataError
from xent.near_names import listed

__all__ = ["classes_of", "true_classes"]

Codes = NDArray[np.int64]

# More fractional numbers than this, in most of the rows, are measurements and no classes.
_MOST_FRACTIONS = 50


def true_classes(column: pa.ChunkedArray, target: str, caller: str) -> tuple[Codes, list[str], Codes]:
    """
    Places of the n rows with a class, the classes as text in sorted order, and the code of each of these
    rows.

    The first and the last are arrays of shape (n,). Classes that are numbers are sorted by value. Whole
    numbers held as floats are classes without decimals, and truth values "False" and "True". Raises
    `DataError` for lists, records and bytes, a column without values, or one with fractions and different
    numbers in more than half of its rows, and more than 50.
    """
    kind = column.type
    if is_opaque(kind):
        raise DataError(caller, "target", "hold classes", got=f"column {target!r} of {kind_name(kind)}")
    if pa.types.is_boolean(kind):
        column = pa.chunked_array([pa.array([None if v is None else str(v) for v in column.to_pylist()])])
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        column = _without_decimals(column)
    codes, levels = text_codes(column)
    names = [str(level) for level in levels]
    present = sorted(
        {int(code) for code in np.unique(codes[codes >= 0])}, key=lambda k: _sort_key(names[k], kind)
    )
    if not present:
        raise DataError(caller, "target", "have values", got=f"column {target!r} without any")
    if pa.types.is_floating(column.type) and len(present) > max(_MOST_FRACTIONS, len(codes) // 2):
        got = f"column {target!r} with {len(present):,} different numbers"
        raise DataError(caller, "target", "name the column of the true classes", got=got)
    rank = np.full(len(names) + 1, -1, dtype=np.int64)
    rank[present] = np.arange(len(present))
    kept = np.flatnonzero(codes >= 0)
    return kept, [names[k] for k in present], rank[codes[kept]]


def _without_decimals(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """
    Cells of a column of floats or decimals as text without decimals if all are whole; else the column itself.

    Missing cells turn whole numbers into floats; 2.0 is class 2 all the same. Each digit counts, beyond the
    range of integers of 64 bits too. A cell that is nan becomes null.
    """
    encoded = pa.chunked_array([column.combine_chunks().dictionary_encode()])
    levels = encoded.chunk(0).dictionary.to_pylist()
    known = [value for value in levels if value == value]  # noqa: PLR0124 - the test for nan
    if not all(math.isfinite(value) and value == math.floor(value) for value in known):
        return column if len(known) == len(levels) else pc.if_else(pc.is_nan(column), None, column)
    names = [str(int(value)) if value == value else None for value in levels]  # noqa: PLR0124 - same
    text = pa.array(names, pa.large_string())
    return pa.chunked_array([pa.DictionaryArray.from_arrays(encoded.chunk(0).indices, text)])


def _sort_key(label: str, kind: pa.DataType) -> Any:
    return (0, float(label), label) if is_number(kind) and not pa.types.is_duration(kind) else (1, 0.0, label)


def classes_of(
    model: ModelColumns, labels: Sequence[str], caller: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Classes in the order of the columns of `model`, and sentences about what was assumed, perhaps none.

    Columns without names of classes are taken in the order of `labels` or, if there are more columns and
    `labels` are whole numbers below their number, as 0, 1, 2 ... A single column is that of the second class,
    and the result has both: if `labels` is one class, that pair of (0, 1), (False, True), (false, true) and
    (no, yes) that has it, in either place, else "not LABEL" and LABEL. Sentences name such assumptions,
    classes without a row, and a single class. Raises `DataError` if the numbers of columns and classes do not
    fit, or some of `labels` are ends of names of columns and others are not.
    """
    notes = []
    if model.labels is not None and len(model.columns) > 1:
        classes = model.labels
    elif len(model.columns) == 1:
        if len(labels) > 2:
            got = f"1 column for classes {listed(labels)}"
            raise DataError(caller, "predictions", "have a column for each class of the target", got=got)
        classes = tuple(labels) if len(labels) == 2 else _two_classes(labels[0])
        notes.append(f"Column {model.columns[0]!r} is taken as the prediction of class {classes[1]!r}.")
    else:
        classes = _by_position(model, labels, caller)
        notes.append(
            f"Columns {listed(model.columns)} are taken as classes {listed(classes)}, in this order."
        )
    unseen = [label for label in classes if label not in labels]
    if unseen and len(labels) > 1:
        notes.append(f"No row is of class {listed(unseen)}.")
    if len(labels) == 1:
        notes.append(f"Every row is of class {labels[0]!r}: there is nothing to tell apart.")
    return tuple(classes), tuple(notes)


def _two_classes(label: str) -> tuple[str, ...]:
    """
    Both classes where `label` alone occurs, in the order of 0 and 1.

    They are the pair of (0, 1), (False, True), (false, true) and (no, yes) that has `label`, else "not LABEL"
    and `label`.
    """
    pairs = (("0", "1"), ("False", "True"), ("false", "true"), ("no", "yes"))
    return next((pair for pair in pairs if label in pair), (f"not {label}", label))


def _by_position(model: ModelColumns, labels: Sequence[str], caller: str) -> tuple[str, ...]:
    """
    Classes of columns that are not named after them: `labels` if they are as many, else 0, 1, 2 and so on.

    Raises `DataError` if some labels have a column named after them and others have none, or if the numbers
    differ and the labels are not all whole numbers below that of the columns.
    """
    K = len(model.columns)
    prefix = common_prefix(model.columns)
    ends = [name.removeprefix(prefix) for name in model.columns]
    lacking = [label for label in labels if label not in ends]
    if lacking and len(lacking) < len(labels):
        # Some names are those of classes: the others are no classes in another order.
        got = f"columns {listed(model.columns)}, none of them for {listed(lacking)}"
        hint = "Name the columns after the classes."
        raise DataError(
            caller, "predictions", "have a column for each class of the target", got=got, hint=hint
        )
    if len(labels) == K:
        return tuple(labels)
    if all(label.isdecimal() and int(label) < K for label in labels):
        return tuple(map(str, range(K)))
    got = f"{K} columns ({listed(model.columns)}) for {len(labels)} classes ({listed(labels)})"
    raise DataError(caller, "predictions", "have a column for each class of the target", got=got)
