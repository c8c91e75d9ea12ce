"""Objective whose rows are read anew in every pass; it keeps what has the size of a point."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.solvers.objective import Evaluation
from xent.solvers.penalised_sums import free_part, penalised_evaluation, penalised_product
from xent.solvers.standardisation import Standardisation
from xent.streams.blocks import RowStream
from xent.streams.journal import Entry, Journal
from xent.streams.ordered_map import ordered_map
from xent.streams.pass_sums import PassTask, branch_sums, joined
from xent.streams.progress import PassProgress
from xent.streams.sources import Source
from xent.streams.summation_tree import SummationTree, branch_level
from xent.streams.survey import Survey

__all__ = ["PassSettings", "StreamedObjective"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PassSettings:
    """
    Helpers of the passes.

    Parameters
    ----------
    executor : concurrent.futures.Executor or None
        Executor of the fragments' sums; None computes them here.
    journal : Journal
        Results of passes.
    on_progress : callable or None
        Called with a `PassProgress` after each fragment.
    marks : dict
        Marks of the files at the first scan.
    """

    executor: Executor | None
    journal: Journal
    on_progress: Callable[[PassProgress], None] | None
    marks: dict[str, str]


class StreamedObjective:
    """
    `Passes` of the rows of a source, in nats per unit of weight, about `RowStream.centre`.

    Parameters
    ----------
    source : Source
        Rows.
    stream : RowStream
        Reader, classes, class factors and centre.
    found : Survey
        Rows and weights by class.
    decay : float
        Factor of the squared weights.
    fit_intercept : bool
        False to keep the last column of every point at 0.
    standardisation : Standardisation
        Of the sample, about the centre.
    settings : PassSettings
        Executor, journal and progress.
    """

    def __init__(
        self,
        source: Source,
        stream: RowStream,
        found: Survey,
        *,
        decay: float,
        fit_intercept: bool,
        standardisation: Standardisation,
        settings: PassSettings,
    ) -> None:
        self._source, self._stream, self._found, self._settings = source, stream, found, settings
        mass = found.mass if stream.factors is None else found.mass * stream.factors
        self.total_weight = float(mass.sum())
        self.class_mass = mass / self.total_weight
        self.n_classes = len(mass)
        self.decay = decay
        self.fit_intercept = fit_intercept
        self.standardisation = standardisation
        self.shape = (1 if self.n_classes == 2 else self.n_classes, len(stream.centre) + 1)
        self.passes = 0
        self.last = (math.nan, math.nan)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._found.rows

    def evaluate(self, point: Array) -> Evaluation:
        """
        Value, gradient and covariance at `point`, (M, p + 1), in one pass, made or taken from the journal.

        Value and gradient include the penalty. Raises `DataError` if the data changed, the errors of a task,
        and `OutputError` for the journal.
        """
        loss, of_weights, of_intercepts, covariance = self._sum("value", point)
        return penalised_evaluation(self, point, (loss, of_weights, of_intercepts), covariance)

    def covariance(self, point: Array) -> Array:
        """
        Weighted mean of ``diag p - p pᵀ`` at `point`, (M, M), from the pass of `evaluate`, made or stored.

        Errors are those of `evaluate`.
        """
        return self._sum("value", point)[3]

    def hessian_product(self, point: Array, direction: Array) -> Array:
        """
        Hessian at `point` times `direction`, both (M, p + 1), penalty included, in one pass; errors as of
        `evaluate`.
        """
        along = free_part(self, direction)
        return penalised_product(self, direction, self._sum("product", point, along))

    def tilt(self, point: Array, shift: Array) -> tuple[float, Array]:
        """
        Divergence in nats of probabilities tilted by `shift`, (K,), and change of the gradient, (M, p).

        The divergence, a float, is that from the probabilities at `point`, (M, p + 1); the change is that of
        the gradient in weights. Both are means over the rows by weight, from one pass; see `Passes.tilt`.
        Errors are those of `evaluate`.
        """
        divergence, moved = self._sum("tilt", point, shift)
        return float(divergence), moved

    def _sum(self, kind: str, point: Array, along: Array | None = None) -> tuple[Array, ...]:
        """
        Sums of a pass of the given `kind` at `point`, (M, p + 1), over the total weight; `passes` rises by 1.

        ``"value"`` gives loss, (), gradient in weights, (M, p), and in intercepts, (M,), and covariance, (M,
        M); ``"product"`` the Hessian times `along`, (M, p + 1), in the same two parts; ``"tilt"`` divergence,
        (), and change of the gradient, (M, p), for a shift `along`, (K,). No penalty is in them. The journal
        gives those of the same kind, point, `along`, centre and class factors; others are computed, and
        written to it. Raises `DataError` if the data changed, the errors of a task, and `OutputError` for the
        journal.
        """
        self.passes += 1
        journal = self._settings.journal
        key = self._key(kind, point, along)
        entry = journal.entries.get(key)
        if entry is None:
            entry = Entry(key, kind, point.copy(), self._made(kind, point, along))
            journal.add(entry)
        else:
            self._tell(self.rows, 0.0, stored=True)
        return tuple(each / self.total_weight for each in entry.sums)

    def _made(self, kind: str, point: Array, along: Array | None) -> tuple[Array, ...]:
        """
        Sums over all fragments, added by a fixed binary tree, without division; an empty tuple without rows.

        `kind`, `point` and `along` are those of `_sum`. The executor, if there is one, computes branches of
        the tree, with the same bits. Progress is told after each branch, or fragment without an executor.
        Raises `DataError` if a file or fragment is gone or not as at the first scan, the error of a task once
        the tasks before it are done, and `ConnectionError` once the client of Dask is closed.
        """
        self._check_files()
        fragments, executor = self._source.fragments, self._settings.executor
        level = 0 if executor is None else branch_level(len(fragments), point.nbytes)
        firsts = range(0, len(fragments), 1 << level)
        tasks = (
            PassTask(kind, fragments[first : first + (1 << level)], self._stream, point, along)
            for first in firsts
        )
        tree = SummationTree(joined)
        began, done = time.perf_counter(), 0
        for first, result in zip(firsts, ordered_map(branch_sums, tasks, executor), strict=True):
            self._check_rows(first, result.counts)
            tree.add(level, result.sums)
            done += int(result.counts.sum())
            self._tell(done, time.perf_counter() - began)
        self._check_files()
        return tree.total() or ()

    def _key(self, kind: str, point: Array, along: Array | None) -> str:
        """
        Digest, in hexadecimal digits, of all that a pass depends on but its rows.

        That is its kind, `point`, `along`, the centre and the class factors.
        """
        digest = hashlib.sha256(kind.encode())
        for each in (point, along, self._stream.centre, self._stream.factors):
            digest.update(b"-" if each is None else np.ascontiguousarray(each).tobytes())
        return digest.hexdigest()

    def _check_files(self) -> None:
        """
        Raise `DataError` if a file has another mark than at the first scan: its size, footer (or end) or
        time.

        Nothing is read of remote files but size and time.
        """
        marks = self._source.marks(caller=self._stream.caller)
        for path, mark in marks.items():
            if mark != self._settings.marks[path]:
                got = f"{path}, which had {self._settings.marks[path]} and now has {mark}"
                raise self._changed(got)

    def _check_rows(self, first: int, counts: NDArray[np.intp]) -> None:
        """
        Raise `DataError` if fragments have other numbers of rows of a class than at the first scan.

        `counts`, (fragments, K), are those of the fragments from number `first` on. If a file has changed,
        the message says so in the first place.
        """
        before = self._found.counts[first : first + len(counts)]
        if np.array_equal(before, counts):
            return
        # A file that was replaced is the reason, if there is one.
        self._check_files()
        f = int(np.flatnonzero((before != counts).any(axis=1))[0])
        name, had, has = self._source.fragments[first + f].name, before[f].sum(), counts[f].sum()
        if had != has:
            raise self._changed(f"{name}, which had {had:,} rows and now has {has:,}")
        raise self._changed(f"{name}, whose classes have other numbers of rows than in the first scan")

    def _changed(self, got: str) -> DataError:
        """`DataError`, not raised, for data that changed between passes; `got` names the change."""
        hint = "Fit again once the data stay as they are."
        return DataError(self._stream.caller, "source", "stay the same from pass to pass", got=got, hint=hint)

    def _tell(self, done: int, seconds: float, *, stored: bool = False) -> None:
        """
        Report pass number `passes` to `on_progress`, if given: `done` rows of it were read in `seconds` so
        far.

        For a pass whose sums come from the journal `stored` is True, which only marks the report: the caller
        must give all rows as `done`. The time left is that of the rows still to be read at the speed so far,
        and nan for a `done` of 0.
        """
        if self._settings.on_progress is None:
            return
        rows = self.rows
        left = seconds * (rows - done) / done if done else math.nan
        progress = PassProgress(self.passes, done, rows, left, *self.last, is_from_checkpoint=stored)
        self._settings.on_progress(progress)
