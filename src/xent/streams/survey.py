"""
Survey: the first scan of a source, for classes, weights, rows and a sample of the rows.

The sample has one row of every s, for an s that the number of rows gives and that is the same for all
fragments, and some rows of every class (`thinned_rows.py`). It depends on the data and their fragments, and
on nothing else.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.solvers.feature_rows import is_sparse
from xent.streams.class_table import ClassTable, check_one_kind, distinct_labels
from xent.streams.fragments import Fragment, pieces_of, rows_of_piece
from xent.streams.ordered_map import ordered_map
from xent.streams.progress import PassProgress
from xent.streams.readers import LabelledRows, Reader, check_numbers
from xent.streams.sources import Source
from xent.streams.summation_tree import branch_level
from xent.streams.thinned_rows import ROWS_OF_CLASS, ThinnedRows, joined_rows, one_of_every, sampling_stride

__all__ = ["Survey", "survey"]

Array = NDArray[np.float64]

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
    sample: int
    caller: str


@dataclass(slots=True)
class _Found:
    """
    Content of one fragment: rows and weights by label, and the rows kept for the sample.

    Parameters
    ----------
    counts, mass : dict
        Number of rows, and sum of their weights, by label.
    kept : ThinnedRows
        Rows kept.
    """

    counts: Counter[Any] = field(default_factory=Counter)
    mass: dict[Any, float] = field(default_factory=dict)
    kept: ThinnedRows = field(default_factory=ThinnedRows)


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

    The sample has one row of every s: all rows if there are at most `sample`, else at least `sample` and at
    most twice as many; and of each class with fewer than 50 among these its first other rows, so that it has
    50 of each, or all. s is the number of rows over `sample`, rounded down, where the fragments state their
    sizes; for other fragments it is doubled while that leaves more than twice `sample` rows. If a `reader`
    leaves out rows of fragments that state their sizes, the sample may have fewer, by the same share. Weights
    are those of the rows. Held in memory are about the rows of the sample, and at most twice `sample` rows of
    each fragment that is being read. `on_progress` is called as fragments are done.

    Raises
    ------
    DataError
        If the source cannot be read, there are no rows, fewer than two or more than 10,000 classes, a label
        is missing or a fraction, or labels are text beside numbers.
    DomainError
        If a feature is not finite, or a weight is negative or not finite.
    ShapeError
        If a batch of arrays has other columns than the first, or not one label and weight for each row.
    """
    total = sum(fragment.rows or 0 for fragment in source.fragments)
    first = max(1, total // sample)
    fragments = source.fragments
    found: list[_Found] = []
    counts: Counter[Any] = Counter()
    began, done, stride = time.perf_counter(), 0, first
    size = 1 << branch_level(len(fragments), 0)
    # Made as they are needed, so that fragments do not keep what the rows before them have made too many.
    runs = (
        [_Task(each, reader, stride, sample, caller) for each in fragments[place : place + size]]
        for place in range(0, len(fragments), size)
    )
    for run in ordered_map(_surveyed_run, runs, executor):
        found += run
        done += sum(each.counts.total() for each in run)
        _thin_together(run, counts, stride)
        if sampling_stride(done, first, sample) > stride:
            stride = sampling_stride(done, first, sample)
            for each in found:
                each.kept.thin(stride)
        if on_progress is not None:
            rows = max(total, done)
            left = (time.perf_counter() - began) * (rows - done) / done if done and total else math.nan
            on_progress(PassProgress(0, done, rows, left, math.nan, math.nan))
    table = _classes(counts, caller)
    sizes, mass = _sizes(found, table)
    return Survey(table, sizes, mass, *_joined(found, table, stride, caller))


def _classes(counts: Counter[Any], caller: str) -> ClassTable:
    """
    Classes of all rows by their `counts`; `DataError` for no rows, one class, over 10,000, or text beside
    numbers.
    """
    if not counts:
        raise DataError(caller, "source", "have rows", got="none")
    # So can those of two fragments.
    check_one_kind(counts, caller=caller)
    table = ClassTable(np.unique(_array_of_labels(list(counts))))
    if not 2 <= len(table.classes) <= _MOST_CLASSES:
        got = f"{len(table.classes):,} class{'' if len(table.classes) == 1 else 'es'}"
        raise DataError(caller, "y", f"hold at least two classes, and at most {_MOST_CLASSES:,}", got=got)
    return table


def _array_of_labels(labels: list[Any]) -> NDArray[Any]:
    """Array of the distinct `labels`, whose integers keep each digit."""
    array = np.asarray(labels)
    if array.dtype.kind == "f" and all(isinstance(each, int) for each in labels):
        # NumPy makes floats of integers of which some lie beyond int64.
        return np.asarray(labels, np.uint64 if min(labels) >= 0 else object)
    return array


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
    found: list[_Found], table: ClassTable, stride: int, caller: str
) -> tuple[Any, NDArray[np.intp], Array, NDArray[np.intp] | None]:
    """
    Sample of all fragments: features (s, p), classes (s,), weights (s,), and numbers of groups (s,) or None.

    Features are as the reader makes them, float64 or CSR; weights have no class factors and are not scaled.
    The sample has one row of every `stride`, and if these are fewer than 50 of a class, its first other rows.
    """
    kept = [each.kept for each in found]
    X = joined_rows([part for each in kept for part in each.X])
    labels = np.concatenate([part for each in kept for part in each.labels])
    weights = np.concatenate([part for each in kept for part in each.weights])
    chosen = _regular(found, stride)
    codes = table.codes(labels, name="the sample", caller=caller)
    regular = np.bincount(codes[chosen], minlength=len(table.classes))
    for k in np.flatnonzero(regular < ROWS_OF_CLASS):
        others = np.flatnonzero((codes == k) & ~chosen)
        chosen[others[: ROWS_OF_CLASS - regular[k]]] = True
    hashes = [part for each in kept for part in each.groups]
    groups = np.unique(np.concatenate(hashes)[chosen], return_inverse=True)[1] if hashes else None
    return X[chosen], codes[chosen], weights[chosen], groups


def _regular(found: list[_Found], stride: int) -> NDArray[np.bool_]:
    """
    True for the rows kept of all fragments, in order, that the sample takes as one of every `stride`.

    Of a fragment they are the first rows whose number within it is a multiple of `stride`: as many as there
    are multiples among their numbers in the source. So n rows in all give ``ceil(n / stride)``.
    """
    parts, before = [], 0
    for each in found:
        rows = each.counts.total()
        parts += [one_of_every(stride, places, rows=rows, before=before) for places in each.kept.places]
        before += rows
    return np.concatenate(parts)


def _thin_together(found: list[_Found], before: Counter[Any], stride: int) -> None:
    """
    Keep of the rows in the fragments `found`, in place, what a sample of one row of every `stride` needs.

    It suffices for a larger stride too. `before` has the number of rows by label in the fragments before;
    those of these fragments are added to it.
    """
    for each in found:
        each.kept.count_from(before)
        before.update(each.counts)
        each.kept.thin(stride)


def _surveyed_run(tasks: list[_Task]) -> list[_Found]:
    """
    Content of the fragment of each of `tasks`, with the rows that a sample of them can need.

    The fragments are neighbours, in the order of the data; errors are those of `_surveyed`.
    """
    found = [_surveyed(task) for task in tasks]
    if len(found) == 1:
        return found
    rows = sum(each.counts.total() for each in found)
    _thin_together(found, Counter(), sampling_stride(rows, tasks[0].stride, tasks[0].sample))
    return found


def _surveyed(task: _Task) -> _Found:
    """
    Content of the fragment of `task`: counts and weight of each class, and the rows kept for the sample.

    Kept are every s-th row and the first 50 of each class. s, first the stride of `task`, is doubled as often
    as the rows are more than twice what the sample may have. Raises the `DataError`, `DomainError` and
    `ShapeError` of `survey`.
    """
    found, stride = _Found(), task.stride
    first = read = 0
    for piece in pieces_of(task.fragment, task.reader.columns, caller=task.caller):
        rows = task.reader.rows(piece, read, name=task.fragment.name)
        levels, order = distinct_labels(rows.labels, name=task.fragment.name, caller=task.caller)
        check_numbers(rows, read, task.reader, name=task.fragment.name, caller=task.caller)
        read += rows_of_piece(piece)
        weights = np.ones(len(order)) if rows.weights is None else rows.weights
        _keep(found, rows, (levels, order), weights, first=first, stride=stride)
        counts = np.bincount(order, minlength=len(levels))
        mass = np.bincount(order, weights=weights, minlength=len(levels))
        for k, label in enumerate(levels.tolist()):
            found.counts[label] += int(counts[k])
            found.mass[label] = found.mass.get(label, 0.0) + float(mass[k])
        # A piece has labels of one kind, but those of two can differ.
        check_one_kind(found.counts, caller=task.caller)
        first += len(order)
        if sampling_stride(first, stride, task.sample) > stride:
            stride = sampling_stride(first, stride, task.sample)
            found.kept.thin(stride)
    return found


def _keep(
    found: _Found,
    rows: LabelledRows,
    coded: tuple[NDArray[Any], NDArray[np.intp]],
    weights: Array,
    *,
    first: int,
    stride: int,
) -> None:
    """
    Add to the rows kept in `found` every s-th of `rows`, counted from the fragment's first row, and those
    among the first 50 rows of each class in the fragment.

    s is the `stride`. `coded` holds the classes of the piece and the index of each row among them, `first`
    the number of rows before, of which ``found.counts`` has each class's. Features become float64, or CSR;
    `weights` have shape (rows,).
    """
    levels, order = coded
    early = np.zeros(len(order), bool)
    for k, label in enumerate(levels.tolist()):
        count = found.counts[label]
        if count < ROWS_OF_CLASS:
            early[np.flatnonzero(order == k)[: ROWS_OF_CLASS - count]] = True
    chosen = early.copy()
    chosen[(-first) % stride :: stride] = True
    here = np.flatnonzero(chosen)
    kept = found.kept
    if is_sparse(rows.features):
        kept.X.append(rows.features.T.tocsr()[here])
    else:
        kept.X.append(np.stack([np.asarray(column[here], np.float64) for column in rows.features], axis=1))
    kept.labels.append(levels[order[here]])
    kept.weights.append(weights[here])
    if rows.groups is not None:
        kept.groups.append(rows.groups[here])
    kept.places.append(here + first)
    kept.early.append(early[here])
