"""
Survey: the first scan of a source, for classes, weights, rows and a sample of the rows.

The sample has every s-th row of each fragment, with an s that the number of rows gives or that doubles as
rows come, and some rows of every class. It depends on the data and their fragments, and on nothing else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xent.errors import DataError
from xent.solvers.feature_rows import is_sparse
from xent.streams.class_table import ClassTable, distinct_labels
from xent.streams.fragments import Fragment, pieces_of, rows_of_piece
from xent.streams.ordered_map import ordered_map
from xent.streams.progress import PassProgress
from xent.streams.readers import LabelledRows, Reader, check_numbers
from xent.streams.sources import Source
from xent.streams.summation_tree import branch_level

__all__ = ["Survey", "survey"]

Array = NDArray[np.float64]

# Rows of each class that the sample has at least, if there are so many: as many as `stratified_sample` keeps.
_ROWS_OF_CLASS = 50
_MOST_CLASSES = 10_000


@dataclass(frozen=True, slots=True)
class Survey:
    """
    Content of a source.

    Parameters
    ----------
    classes : ClassTable
        Classes.
    counts : ndarray of shape (fragments, K)
        Rows of each class in each fragment.
    mass : ndarray of shape (K,)
        Sum of the weights of each class's rows.
    X, codes, weights : ndarray
        Features (s, p), classes (s,) and weights (s,) of the sample; `X` can be a CSR array.
    groups : ndarray of shape (s,) or None
        Groups of the sample, 0 .. G-1; None without groups.
    """

    classes: ClassTable
    counts: NDArray[np.intp]
    mass: Array
    X: Any
    codes: NDArray[np.intp]
    weights: Array
    groups: NDArray[np.intp] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class _Task:
    fragment: Fragment
    reader: Reader
    stride: int
    most: int
    caller: str


@dataclass(slots=True)
class _Found:
    """
    Content of one fragment: rows and weights by label, and the sample, whose rows are numbered.

    Parameters
    ----------
    counts, mass : dict
        Number of rows, and sum of their weights, by label.
    X, labels, weights, places : list of arrays
        Features (rows, p), labels, weights and numbers within the fragment of the rows kept; an array each
        for every piece that was read.
    groups : list of arrays
        Hashes of the groups of these rows; empty without groups.
    stride : int
        Distance s of the rows of the sample.
    """

    counts: dict[Any, int] = field(default_factory=dict)
    mass: dict[Any, float] = field(default_factory=dict)
    X: list[Any] = field(default_factory=list)
    labels: list[NDArray[Any]] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    groups: list[NDArray[np.uint64]] = field(default_factory=list)
    places: list[NDArray[np.intp]] = field(default_factory=list)
    stride: int = 1


def survey(
    source: Source,
    reader: Reader,
    *,
    sample: int,
    caller: str,
    executor: Executor | None = None,
    on_progress: Callable[[PassProgress], None] | None = None,
) -> Survey:
    """
    Content of `source` from one scan: classes, counts, weights, and a sample of the rows.

    The sample has about `sample` rows, at most twice as many but for rare classes, of which it has at least
    50 rows each, or all: every s-th row, and more of these. `on_progress` is called as fragments are done.

    Raises
    ------
    DataError
        If the source cannot be read, there are no rows, fewer than two or more than 10,000 classes, or a
        label is missing, a fraction, or text where others are numbers.
    DomainError
        If a feature is not finite, or a weight is negative or not finite.
    ShapeError
        If a batch of arrays has other columns than the first, or not one label and weight for each row.
    """
    known = [fragment.rows for fragment in source.fragments]
    total = sum(rows or 0 for rows in known)
    stride = 1 if None in known else max(1, total // sample)
    # Fragments of known size keep to their stride.
    most = total + 1 if None not in known else max(sample // len(known), 1)
    tasks = [_Task(fragment, reader, stride, most, caller) for fragment in source.fragments]
    found: list[_Found] = []
    began, done = time.perf_counter(), 0
    size = 1 << branch_level(len(tasks), 0)
    runs = [tasks[first : first + size] for first in range(0, len(tasks), size)]
    for run in ordered_map(_surveyed_run, runs, executor):
        found += run
        done += sum(sum(each.counts.values()) for each in run)
        if on_progress is not None:
            rows = max(total, done)
            left = (time.perf_counter() - began) * (rows - done) / done if done and total else math.nan
            on_progress(PassProgress(0, done, rows, left, math.nan, math.nan))
    labels = [label for each in found for label in each.counts]
    if not labels:
        raise DataError(caller, "source", "have rows", got="none")
    if len({isinstance(label, str) for label in labels}) > 1:
        raise DataError(caller, "y", "hold labels of one kind in all batches", got="text and numbers")
    table = ClassTable(np.unique(np.asarray(labels)))
    if not 2 <= len(table.classes) <= _MOST_CLASSES:
        got = f"{len(table.classes):,} class{'' if len(table.classes) == 1 else 'es'}"
        raise DataError(caller, "y", f"hold at least two classes, and at most {_MOST_CLASSES:,}", got=got)
    counts, mass = _sizes(found, table)
    return Survey(table, counts, mass, *_joined(found, table, caller))


def _sizes(found: list[_Found], table: ClassTable) -> tuple[NDArray[np.intp], Array]:
    """
    Number of rows of each class by fragment, (fragments, K), and the weight of each class in all, (K,).

    `found` has an entry for each fragment, in order; rows of weight 0 are counted.
    """
    place = {label: k for k, label in enumerate(table.classes.tolist())}
    counts = np.zeros((len(found), len(place)), np.intp)
    mass = np.zeros(len(place))
    for f, each in enumerate(found):
        for label, count in each.counts.items():
            counts[f, place[label]] = count
            mass[place[label]] += each.mass[label]
    return counts, mass


def _joined(
    found: list[_Found], table: ClassTable, caller: str
) -> tuple[Any, NDArray[np.intp], Array, NDArray[np.intp] | None]:
    """
    Sample of all fragments: features (s, p), classes (s,), weights (s,), and numbers of groups (s,) or None.

    Features are as the reader makes them, float64 or CSR; weights have no class factors and are not scaled,
    though strides may differ. The sample has the rows of each fragment whose place is a multiple of its own
    stride, and if these are fewer than 50 of a class, the first of its other kept rows up to 50.
    """
    parts = [(each, k) for each in found for k in range(len(each.labels))]
    X = _rows_of([each.X[k] for each, k in parts])
    labels = np.concatenate([each.labels[k] for each, k in parts])
    weights = np.concatenate([each.weights[k] for each, k in parts])
    regular = np.concatenate([each.places[k] % each.stride == 0 for each, k in parts])
    codes = table.codes(labels, name="the sample", caller=caller)
    kept = regular.copy()
    for k in range(len(table.classes)):
        own = codes == k
        lacking = _ROWS_OF_CLASS - np.count_nonzero(own & regular)
        if lacking > 0:
            kept[np.flatnonzero(own & ~regular)[:lacking]] = True
    hashes = [each for one in found for each in one.groups]
    groups = np.unique(np.concatenate(hashes)[kept], return_inverse=True)[1] if hashes else None
    return X[kept], codes[kept], weights[kept], groups


def _surveyed_run(tasks: list[_Task]) -> list[_Found]:
    """Content of each of some neighbouring fragments."""
    return [_surveyed(task) for task in tasks]


def _surveyed(task: _Task) -> _Found:
    """
    Content of the fragment of `task`: counts and weight of each class, and the rows kept for the sample.

    Kept are every s-th row and the first 50 of each class. s, first the stride of `task`, is doubled as often
    as the rows are more than twice what the sample may have. Raises the `DataError`, `DomainError` and
    `ShapeError` of `survey`.
    """
    found = _Found(stride=task.stride)
    first = read = 0
    for piece in pieces_of(task.fragment, task.reader.columns, caller=task.caller):
        rows = task.reader.rows(piece, read, name=task.fragment.name)
        levels, order = distinct_labels(rows.labels, name=task.fragment.name, caller=task.caller)
        check_numbers(rows, read, task.reader, name=task.fragment.name, caller=task.caller)
        read += rows_of_piece(piece)
        weights = np.ones(len(order)) if rows.weights is None else rows.weights
        before = [found.counts.get(label, 0) for label in levels.tolist()]
        counts = np.bincount(order, minlength=len(levels))
        mass = np.bincount(order, weights=weights, minlength=len(levels))
        for k, label in enumerate(levels.tolist()):
            found.counts[label] = before[k] + int(counts[k])
            found.mass[label] = found.mass.get(label, 0.0) + float(mass[k])
        _keep(found, rows, (levels, order), weights, first=first, before=before)
        first += len(order)
        if first > 2 * task.most * found.stride:
            # A function of the number of rows alone, so that the sample does not depend on the pieces.
            while first > 2 * task.most * found.stride:
                found.stride *= 2
            _thin(found)
    return found


def _keep(
    found: _Found,
    rows: LabelledRows,
    coded: tuple[NDArray[Any], NDArray[np.intp]],
    weights: Array,
    *,
    first: int,
    before: list[int],
) -> None:
    """
    Add to the lists of `found` every s-th of `rows`, and those among the first 50 rows of each class in the
    fragment.

    s is the stride of `found`, counted from the fragment's first row. `coded` holds the classes of the piece
    and the index of each row among them, `before` the number of rows of each that came in earlier pieces,
    `first` the number of all rows before. Features become float64, or CSR; `weights` have shape (rows,).
    """
    levels, order = coded
    chosen = np.zeros(len(order), bool)
    chosen[(-first) % found.stride :: found.stride] = True
    for k, count in enumerate(before):
        if count < _ROWS_OF_CLASS:
            chosen[np.flatnonzero(order == k)[: _ROWS_OF_CLASS - count]] = True
    here = np.flatnonzero(chosen)
    if is_sparse(rows.features):
        found.X.append(rows.features.T.tocsr()[here])
    else:
        found.X.append(np.stack([np.asarray(column[here], np.float64) for column in rows.features], axis=1))
    found.labels.append(levels[order[here]])
    found.weights.append(weights[here])
    if rows.groups is not None:
        found.groups.append(rows.groups[here])
    found.places.append(here + first)


def _thin(found: _Found) -> None:
    """
    Keep in `found` the rows whose place is a multiple of its stride, and the first 50 of each class.

    Its lists then have one array each. Groups are empty if there are none.
    """
    places = np.concatenate(found.places)
    labels = np.concatenate(found.labels)
    kept = places % found.stride == 0
    for label in np.unique(labels):
        kept[np.flatnonzero(labels == label)[:_ROWS_OF_CLASS]] = True
    found.X = [_rows_of(found.X)[kept]]
    found.labels, found.places = [labels[kept]], [places[kept]]
    found.weights = [np.concatenate(found.weights)[kept]]
    found.groups = [np.concatenate(found.groups)[kept]] if found.groups else []


def _rows_of(parts: list[Any]) -> Any:
    """Rows of all `parts`, at least one, as one array, or as a CSR array if they are sparse."""
    return sparse.vstack(parts, format="csr") if is_sparse(parts[0]) else np.concatenate(parts)
