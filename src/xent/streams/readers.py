"""
Readers: numbers, labels and weights of what a fragment hands out.

A fragment knows where rows are, a reader what they mean; either can be exchanged without the other. A reader
goes to each worker with the fragments, so it must pickle, and keeps nothing from one piece to the next: it is
given the number of the piece's first row for messages, and for rules that go by a row's place. Features come
column by column, as files hold them; those that are sparse say so by `is_sparse`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array, real_numbers
from xent.errors import DataError, DomainError, ShapeError
from xent.given_names import names_of
from xent.near_names import listed
from xent.streams.class_table import present_labels
from xent.streams.fragments import check_once
from xent.streams.sources import Source

__all__ = [
    "ArrayReader",
    "ColumnReader",
    "LabelledRows",
    "Reader",
    "check_numbers",
    "is_sparse_reader",
    "reader_of",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """
    Some rows, feature by feature.

    Parameters
    ----------
    features : sequence of arrays of shape (rows,), or CSC array of shape (features, rows)
        One array per feature; a sparse array of a `Reader` with `is_sparse`.
    labels : ndarray or pyarrow.Array of shape (rows,)
        Class of each row.
    weights : ndarray of shape (rows,) or None
        Weight of each row; None means 1.
    groups : ndarray of shape (rows,) or None
        Hash of the group of each row, by which a search for C makes folds; None without groups.
    places : ndarray of shape (rows,) or None
        Number of each row in the piece that it was read from; None if these are all of its rows, in order.
    """

    features: Any
    labels: Any
    weights: Array | None
    groups: NDArray[np.uint64] | None = None
    places: NDArray[np.intp] | None = None

    def place(self, row: int) -> int:
        """Number in the piece of row `row` of these, both from 0."""
        return row if self.places is None else int(self.places[row])


class Reader(Protocol):
    """Maker of `LabelledRows`, which pickles: one that encodes a table belongs here too."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns to read; none for tuples of arrays."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""

    def rows(self, piece: Any, first: int, *, name: str) -> LabelledRows:
        """Rows of `piece`, the first of which is number `first` of its fragment, called `name`."""


def is_sparse_reader(reader: Reader) -> bool:
    """True if the features of `reader` come as sparse arrays."""
    return bool(getattr(reader, "is_sparse", False))


def check_numbers(rows: LabelledRows, first: int, reader: Reader, *, name: str, caller: str) -> None:
    """
    Raise `DomainError` for a feature that is not finite, or a weight that is negative or not finite.

    The message names the first row of the first such column, of the features of `reader` and then the
    weights; `first` is the number of rows of the fragment `name` before the piece of these. Labels and sparse
    features are not checked.
    """
    # Sparse features come from an encoder, which refuses what is not finite.
    columns = () if is_sparse_reader(reader) else zip(reader.features, rows.features, strict=True)
    for label, column in columns:
        if column.dtype.kind == "f" and not np.isfinite(column).all():
            bad = int(np.flatnonzero(~np.isfinite(column))[0])
            got = f"{column[bad]} in column {label!r}, row {first + rows.place(bad)} of {name}"
            raise DomainError(caller, "X", "be finite", got=got)
    weights = rows.weights
    if weights is not None and not (np.isfinite(weights).all() and (weights >= 0).all()):
        bad = int(np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))[0])
        got = f"{weights[bad]} in row {first + rows.place(bad)} of {name}"
        raise DomainError(caller, "sample_weight", "be finite and >= 0", got=got)


@dataclass(frozen=True, slots=True)
class ArrayReader:
    """
    Reader of tuples ``(X, y)`` or ``(X, y, weights)``.

    Parameters
    ----------
    features : tuple of str
        Names of the features, of which only the number counts.
    caller : str
        Name of the calling function, for errors.
    """

    features: tuple[str, ...]
    caller: str

    @property
    def columns(self) -> tuple[str, ...]:
        """No columns."""
        return ()

    def rows(self, piece: Any, first: int, *, name: str) -> LabelledRows:
        """
        Rows of a tuple (X, y) or (X, y, weights): features as the columns of X, in their dtype.

        Weights are float64, or None for (X, y). `first`, the number of rows of the fragment `name` before
        these, is for messages. Numbers may be nan, infinite or negative. Raises `DataError` for another
        number of entries and for a missing label, `ShapeError` if X is not of numbers with as many columns as
        the first batch, or y or the weights do not have one entry per row, `DomainError` for a masked entry,
        and `DTypeError` for a tensor of PyTorch that requires gradients and for weights that are no real
        numbers.
        """
        if len(piece) not in {2, 3}:
            got = f"{len(piece)} entries after {first} rows of {name}"
            raise DataError(self.caller, "source", "return tuples (X, y) or (X, y, weights)", got=got)
        # Not `asarray`, which reads the numbers under a mask.
        X = numpy_array(piece[0], caller=self.caller, argument="X")
        y = numpy_array(piece[1], caller=self.caller, argument="y")
        if X.ndim != 2 or X.shape[1] != len(self.features) or X.dtype.kind not in "fiub":
            rule = f"hold numbers of shape (rows, {len(self.features)}), as the first batch"
            got = f"{X.dtype} of shape {X.shape} after {first} rows of {name}"
            raise ShapeError(self.caller, "X", rule, got=got)
        weights = None
        if len(piece) > 2:
            weights = real_numbers(piece[2], caller=self.caller, argument="sample_weight")
        for argument, array in (("y", y), ("sample_weight", weights)):
            if array is not None and array.shape != (len(X),):
                rule = f"have shape {(len(X),)}, one entry per row"
                raise ShapeError(
                    self.caller, argument, rule, got=f"{array.shape} after {first} rows of {name}"
                )
        return LabelledRows(X.T, present_labels(y, first, name=name, caller=self.caller), weights)


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """
    Reader of record batches, by the names of their columns.

    Parameters
    ----------
    features : tuple of str
        Columns of numbers.
    target : str
        Column of classes.
    weight : str or None
        Column of weights; None means 1.
    caller : str
        Name of the calling function, for errors.
    """

    features: tuple[str, ...]
    target: str
    weight: str | None
    caller: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        extra = () if self.weight is None else (self.weight,)
        return (*self.features, self.target, *extra)

    def rows(self, piece: Any, first: int, *, name: str) -> LabelledRows:
        """
        Rows of a record batch: its features, labels and weights by name, features in their dtype, weights as
        float64, or None without a column of them.

        `first`, the number of rows of the fragment `name` before these, is for messages. Raises `DataError`
        for a missing label, nan included, for a feature or weight that is no column of integers, floats or
        booleans, and for a gap in one. Numbers may be nan, infinite or negative.
        """
        features = [self._numbers(piece.column(column), column, first, name) for column in self.features]
        labels = piece.column(self.target)
        if labels.null_count:
            place = first + int(np.flatnonzero(labels.is_null().to_numpy(zero_copy_only=False))[0])
            raise DataError(
                self.caller, "y", "have a class in every row", got=f"none in row {place} of {name}"
            )
        known = _labels(labels)
        if isinstance(known, np.ndarray):
            # A float without a null can be nan all the same.
            known = present_labels(known, first, name=name, caller=self.caller)
        weights = None
        if self.weight is not None:
            weights = self._numbers(piece.column(self.weight), self.weight, first, name).astype(np.float64)
        return LabelledRows(features, known, weights)

    def _numbers(self, column: Any, label: str, first: int, name: str) -> NDArray[Any]:
        """
        Numbers of the column `label` in their dtype, (rows,); `DataError` for other types and a missing
        number.

        Types are integers, floats and booleans. `first`, the number of rows of the fragment `name` before
        these, is for the message. Numbers may be nan or infinite.
        """
        import pyarrow as pa

        kind = column.type
        known = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
        if not known:
            rule, hint = "consist of columns of numbers", "Encode the others first, as `xent fit` does."
            got = f"column {label!r} of type {kind}"
            raise DataError(self.caller, "source", rule, got=got, hint=hint)
        if column.null_count:
            place = first + int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
            got = f"a gap in column {label!r}, row {place} of {name}"
            raise DataError(self.caller, "source", "hold a number in every cell", got=got)
        return np.asarray(column.to_numpy(zero_copy_only=False))


def _labels(column: Any) -> Any:
    """
    Labels, without nulls, as a NumPy array, or text as an array of Arrow; dictionaries are decoded
    first.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return column if text else np.asarray(column.to_numpy(zero_copy_only=False))


def reader_of(
    source: Source,
    target: str | None,
    sample_weight: str | None,
    features: str | Sequence[str] | None,
    *,
    caller: str,
) -> Reader:
    """
    Reader of the columns, or of the arrays, of `source`, with errors that name `caller`.

    `target` is the column of the classes, `sample_weight` that of weights or None; `features` None means all
    other columns; one name is one column, and a list is taken in its order. For arrays, which have no names,
    the three must be None, and the number of features is that of the first batch, which is read again. Raises
    `DataError` for unknown names, a name for arrays, no `target` in a source with columns, no feature, a
    column that is given twice, such as the target among the features, and one whose name the source has
    twice.
    """
    if source.columns is None:
        given = {"target": target, "sample_weight": sample_weight, "features": features}
        for argument, wanted in given.items():
            if wanted is not None:
                rule = "be None for batches of arrays, which have no names"
                raise DataError(caller, argument, rule, got=repr(wanted))
        X = numpy_array(next(iter(source.fragments[0].pieces(())))[0], caller=caller, argument="X")
        return ArrayReader(tuple(f"x{j}" for j in range(X.shape[1] if X.ndim == 2 else 0)), caller)
    names = source.columns
    for argument, name in (("target", target), ("sample_weight", sample_weight)):
        if (argument == "target" or name is not None) and name not in names:
            got = "None" if name is None else repr(name)
            hint = f"Its columns are: {listed(names, most=20)}."
            raise DataError(caller, argument, "name a column of the source", got=got, hint=hint)
    others = [name for name in names if name not in {target, sample_weight}]
    chosen = others if features is None else list(names_of(features))
    unknown = [name for name in chosen if name not in names]
    if unknown or not chosen:
        got = repr(unknown[0]) if unknown else "no name"
        raise DataError(caller, "features", "name columns of the source", got=got)
    reader = ColumnReader(tuple(chosen), str(target), sample_weight, caller)
    check_once(names, reader.columns, caller=caller)
    _check_roles(reader)
    return reader


def _check_roles(reader: ColumnReader) -> None:
    """
    Raise `DataError` if a feature is named twice, or is the target or the weight.

    Likewise if target and weight are one column.
    """
    target, weight, caller = reader.target, reader.weight, reader.caller
    if weight == target:
        raise DataError(caller, "sample_weight", "be another column than the target", got=repr(weight))
    roles = {target: "the target", weight: "the weight"}
    for place, name in enumerate(reader.features):
        if name in roles:
            got = f"{name!r}, {roles[name]}"
            raise DataError(caller, "features", "be other columns than target and weight", got=got)
        if name in reader.features[:place]:
            raise DataError(caller, "features", "name each column once", got=f"{name!r} twice")
