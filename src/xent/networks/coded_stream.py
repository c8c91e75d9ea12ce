"""Rows of a source as numbers, class codes and weights, each marked as trained on or held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.pieces.held_out_rule import HeldOutRule, mixed_hashes
from xent.errors import DataError
from xent.solvers.feature_rows import is_sparse
from xent.streams.class_table import ClassTable
from xent.streams.fragments import Fragment, pieces_of, rows_of_piece
from xent.streams.readers import LabelledRows, Reader
from xent.streams.sources import Source

__all__ = ["CodedRows", "CodedStream", "InnerSplit"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_EVERY = 2.0**64
_ARRAYS = ("X", "codes", "weights", "marks", "held_out")


@dataclass(frozen=True, slots=True, eq=False)
class InnerSplit:
    """
    Choice of the rows that end a training, by a hash of their place or group.

    Parameters
    ----------
    share : float
        Share of the rows, or groups, that is held out; 0 for none.
    seed : int
        Seed of the choice.
    divisible : ndarray of bool of shape (K,)
        True for classes with rows enough to hold some out; the rows of the others are all trained on.
    """

    share: float
    seed: int
    divisible: NDArray[np.bool_]

    def held_out(self, marks: NDArray[np.uint64], codes: Codes) -> NDArray[np.bool_]:
        """
        Flags, (n,), True for rows held out: of `marks` below the share of 2**64, and of a divisible class in
        `codes`.
        """
        return (marks < np.uint64(self.share * _EVERY)) & self.divisible[codes]

    def judged(self, marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """
        True for `marks` of rows to judge the training loss on: about as many as are held out, and none of
        these.
        """
        ends = (min(each, 1 - 2**-53) * _EVERY for each in (self.share, 2 * self.share))
        low, high = (np.uint64(each) for each in ends)
        return (marks >= low) & (marks < high)


@dataclass(frozen=True, slots=True, eq=False)
class CodedRows:
    """
    Some rows of a stream as numbers.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features.
    codes, weights : ndarray of shape (n,)
        Class and weight of each row, with the factor of its class.
    marks : ndarray of shape (n,)
        Hash of the place or group of each row.
    held_out : ndarray of bool of shape (n,)
        True for rows that end the training.
    grouped : bool
        True if marks are those of groups.
    """

    X: Array
    codes: Codes
    weights: Array
    marks: NDArray[np.uint64]
    held_out: NDArray[np.bool_]
    grouped: bool = False

    def subset(self, chosen: Any) -> CodedRows:
        """The rows at `chosen`, a mask, places or a slice."""
        parts = {name: getattr(self, name)[chosen] for name in _ARRAYS}
        return CodedRows(**parts, grouped=self.grouped)

    @classmethod
    def joined(cls, parts: list[CodedRows], width: int) -> CodedRows:
        """
        All rows of `parts`, which all have `width` features, in order; none of `parts` gives no rows.

        That their marks are those of groups is taken from the first part.
        """
        if not parts:
            none = np.empty(0, np.uint64)
            return cls(np.empty((0, width)), none.astype(np.intp), np.empty(0), none, none.astype(bool))
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS
        }
        return cls(**joined, grouped=parts[0].grouped)


@dataclass(frozen=True, slots=True, eq=False)
class CodedStream:
    """
    Rows of a source, as every pass reads them.

    Parameters
    ----------
    source : Source
        Fragments.
    reader : Reader
        Maker of numbers and labels.
    classes : ClassTable
        Classes of all rows.
    factors : ndarray of shape (K,) or None
        Factor of the weight of each class's rows; None means 1.
    split : InnerSplit
        Rows that end the training.
    files : dict
        Marks of the files at the first scan.
    caller : str
        Name of the calling function, for errors.
    """

    source: Source
    reader: Reader
    classes: ClassTable
    factors: Array | None
    split: InnerSplit
    files: dict[str, str]
    caller: str

    @property
    def width(self) -> int:
        """Number of features."""
        return len(self.reader.features)

    def check_unchanged(self) -> None:
        """Raise `DataError` if the size or footer of a file is not that of the first scan."""
        for path, mark in self.source.marks(caller=self.caller).items():
            if mark != self.files[path]:
                raise self.changed(f"{path}, which had {self.files[path]} and now has {mark}")

    def changed(self, got: str) -> DataError:
        """`DataError`, returned, not raised, for data that changed between passes; `got` says how."""
        hint = "Fit again once the data stay as they are."
        return DataError(self.caller, "source", "stay the same from pass to pass", got=got, hint=hint)

    def rows(self, fragment: Fragment, size: int) -> Iterator[CodedRows]:
        """
        Rows of `fragment` of positive weight, in order, in parts of at most `size` rows that are read at a
        time.

        Each part has features, (rows, p), not standardised, class codes, weights times class factors, and
        True for the rows held out. A part may be empty. Raises `DataError` if the fragment cannot be read, or
        for a class that the first scan did not see; other errors of the reader pass.
        """
        first = number = 0
        for piece in pieces_of(fragment, self.reader.columns, caller=self.caller):
            for part in _slices(piece, size):
                found = self.reader.rows(part, first, name=fragment.name)
                coded = self._coded(found, number, fragment.name)
                first += rows_of_piece(part)
                number += len(coded.codes)
                yield coded.subset(coded.weights > 0)

    def _coded(self, found: LabelledRows, number: int, name: str) -> CodedRows:
        """
        Rows with features, classes, weights times class factors, marks, and True for those held out; none is
        dropped.

        `number` counts the rows that the reader has handed out of the fragment `name` before these. The mark
        of a row, a uint64, is a hash of its place by this count, or of its group if `found` has groups; rows
        whose marks lie below the held-out share of 2**64 are held out, but for those of rare classes.
        """
        codes = self.classes.codes(found.labels, name=name, caller=self.caller)
        weights = np.ones(len(codes)) if found.weights is None else np.asarray(found.weights, np.float64)
        if self.factors is not None:
            weights = weights * self.factors[codes]
        seed = self.split.seed
        if found.groups is None:
            marks = HeldOutRule(0.5, seed).of_places(name, number, len(codes))
        else:
            # The hash that held rows out of the fit decides nothing here.
            marks = mixed_hashes(found.groups, seed + 1)
        held_out = self.split.held_out(marks, codes)
        return CodedRows(_matrix(found), codes, weights, marks, held_out, found.groups is not None)


def _slices(piece: Any, size: int) -> Iterator[Any]:
    """
    Consecutive parts of a piece, of `size` rows but the last, as the piece is: a record batch or tuple of
    arrays.

    A record batch is not copied. A piece without rows has none.
    """
    for start in range(0, rows_of_piece(piece), size):
        if hasattr(piece, "slice"):
            yield piece.slice(start, size)
        else:
            yield tuple(np.asarray(each)[start : start + size] for each in piece)


def _matrix(found: LabelledRows) -> Array:
    """
    Features of `found`, separate columns, an array or a sparse one of (features, rows), as a matrix (rows,
    features).

    The numbers become float64, and a sparse array dense.
    """
    features: Any = found.features
    if is_sparse(features):
        return np.asarray(features.T.toarray(), np.float64)
    if isinstance(features, np.ndarray):
        return np.asarray(features.T, np.float64)
    return np.stack([np.asarray(each, np.float64) for each in features], axis=1)
