"""Second implementation of `Objective`: blocks of rows come one at a time from an iterable, in every pass."""

import functools
import itertools

import numpy as np

from xent.solvers import block_sums
from xent.solvers.block_sums import Block
from xent.solvers.class_logits import class_logits
from xent.solvers.exact_rows import ExactRows
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.penalised_sums import (
    free_part,
    penalised_evaluation,
    penalised_hessian,
    penalised_product,
)
from xent.solvers.standardisation import standardisation_of


class ObjectiveInChunks:
    """
    Objective of blocks that an iterable hands out: of the rows, it keeps classes and weights alone.

    `read` is called once for each pass, and gives an iterator over (features, classes, weights). Its
    features have no name here, so that a solver that reads them fails.
    """

    def __init__(self, read, n_classes, *, decay=0.0, fit_intercept=True):
        self._read = read
        self.n_classes, self.decay, self.fit_intercept = n_classes, decay, fit_intercept
        codes, weights, widths = zip(*((c, w, X.shape[1]) for X, c, w in read()), strict=True)
        self.codes, weights = np.concatenate(codes), np.concatenate(weights)
        self.total_weight = float(weights.sum())
        self.weights = weights / self.total_weight
        self.shape = (1 if n_classes == 2 else n_classes, widths[0] + 1)
        self.class_mass = np.bincount(self.codes, weights=self.weights, minlength=n_classes)
        self._classes = class_logits(n_classes)

    def evaluate(self, point):
        total = self._sum(block_sums.value_and_slopes, point, self._classes)
        return penalised_evaluation(self, point, total)

    @functools.cached_property
    def standardisation(self):
        X = np.concatenate([block.X for block in self._blocks()])
        return standardisation_of(X, fit_intercept=self.fit_intercept)

    def covariance(self, point):
        return self._sum(block_sums.covariance, point, self._classes)[0]

    def rough_rows(self):
        return ExactRows(self)

    def hessian(self, point):
        return penalised_hessian(self, self._sum(block_sums.curvature, point, self._classes))

    def hessian_product(self, point, direction):
        free = free_part(self, direction)
        total = self._sum(block_sums.curvature_product, point, self._classes, free)
        return penalised_product(self, direction, total)

    def tilt(self, point, shift):
        divergence, moved = self._sum(block_sums.tilted, point, self._classes, shift)
        return float(divergence), moved

    def moments(self, *, diagonal=False):
        return self._sum(block_sums.second_moments, diagonal=diagonal)[0]

    def row_losses(self, point):
        return np.concatenate([block_sums.losses(b, point, self._classes) for b in self._blocks()])

    def penalised(self, C):
        decay = 1 / (C * self.total_weight)
        return ObjectiveInChunks(self._read, self.n_classes, decay=decay, fit_intercept=self.fit_intercept)

    def subset(self, rows, factors=None, *, rough=False):  # noqa: ARG002 - exact is rough enough
        kept = np.empty((len(rows), self.shape[1] - 1))
        start = 0
        for block in self._blocks():
            here = (start <= rows) & (rows < start + len(block.X))
            kept[here] = block.X[rows[here] - start]
            start += len(block.X)
        weights = self.weights[rows] * self.total_weight
        return ObjectiveInMemory(
            kept,
            self.codes[rows],
            self.n_classes,
            decay=self.decay,
            weights=weights if factors is None else weights * factors,
            fit_intercept=self.fit_intercept,
        )

    def _sum(self, part, *arguments, **options):
        return functools.reduce(block_sums.sums, (part(b, *arguments, **options) for b in self._blocks()))

    def _blocks(self):
        for X, codes, weights in self._read():
            yield Block(X, codes, weights / self.total_weight)


def in_chunks(X, codes, n_classes, *, weights=None, decay=0.0, fit_intercept=True):
    """`ObjectiveInChunks` of the same arguments as `ObjectiveInMemory`, in three blocks of uneven size."""
    bounds = [0, len(X) // 6, len(X) // 2, len(X)]
    weights = np.ones(len(X)) if weights is None else weights

    def read():
        for start, stop in itertools.pairwise(bounds):
            yield X[start:stop].copy(), codes[start:stop], weights[start:stop]

    return ObjectiveInChunks(read, n_classes, decay=decay, fit_intercept=fit_intercept)
