"""
Parametrisations of class probabilities by logits, with their losses: one logit, or one per class.

Logits, their derivatives, called slopes, and directions have shape (M, rows); `codes`, the true class of each
row, 0 .. K-1, and `weights` have shape (rows,). Logits in memory row by row, transposed, go to a fused kernel
without a copy; where kernels do not run, formulas do the same.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax
from xent.kernels import runs_here
from xent.kernels import sigmoid_cross_entropy as sigmoid_kernel
from xent.kernels import softmax_cross_entropy as softmax_kernel

__all__ = ["ClassLogits", "LogitPerClass", "OneLogit", "class_logits"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


class ClassLogits(Protocol):
    """Cross-entropy of K classes as a function of M logits per row, with derivatives."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """Cross-entropy of each row in nats, (rows,), and gradient, (M, rows); may overwrite `logits`."""

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """Probabilities of all classes, (K, rows), from `slopes`, the gradient, which it may overwrite."""

    def curvature(self, logits: Array) -> Array:
        """Second derivatives of each row's cross-entropy in its logits, (M, M, rows)."""

    def curvature_product(self, logits: Array, directions: Array) -> Array:
        """`curvature` of each row times its column of `directions`, (M, rows); may overwrite `logits`."""

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:
        """
        Sum over the rows of `curvature` times `weights`, (M, M), from the gradient.

        `slopes`, (M, rows), are that gradient and may be overwritten.
        """

    def of_logits(self, per_class: Array) -> Array:
        """Entries of K numbers per row that belong to the M logits: from shape (K, ...) a view (M, ...)."""


class OneLogit:
    """Two classes: M = 1, the logit of the second class under a sigmoid."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """
        Cross-entropy of each row under the sigmoid, (rows,), in nats, and its derivative, (1, rows).

        `logits` of shape (1, rows) are those of the second class and are not changed.
        """
        events = codes.astype(float)
        if not runs_here():
            values, slopes = sigmoid_cross_entropy.value_and_gradient(logits[0], events, 1 - events, xp=np)
            return values, slopes[None]
        slopes = np.empty((1, len(codes)))
        rows = np.ascontiguousarray(logits)
        values = sigmoid_kernel.value_and_gradient(rows, events[None], slopes)
        return np.asarray(values[0]), slopes

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """
        Probabilities of both classes, (2, rows), from `slopes`, (1, rows), the derivatives p - y of the
        second.

        Here `slopes` are not changed.
        """
        second = slopes[0] + codes
        return np.stack([1 - second, second])

    def curvature(self, logits: Array) -> Array:
        """
        ``p (1 - p)`` of each row, (1, 1, rows), from the logits of the second class, (1, rows), not
        changed.
        """
        second, first = sigmoid(logits[0], xp=np)
        return np.asarray(first * second)[None, None]

    def curvature_product(self, logits: Array, directions: Array) -> Array:
        """``p (1 - p)`` of each row times its entry of `directions`, (1, rows); `logits` are not changed."""
        return np.asarray(self.curvature(logits)[0] * directions)

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:  # noqa: ARG002 # not needed here
        """
        Sum of ``p (1 - p)`` over the rows times `weights`, (1, 1), from the derivatives p - y.

        `slopes`, (1, rows), are these derivatives and are not changed; `codes` are not used.
        """
        # |p - y| is p or 1 - p, whichever class is true, so p (1 - p) = |p - y| (1 - |p - y|).
        near = np.abs(slopes)
        return np.asarray((near * (1 - near)) @ weights[:, None])

    def of_logits(self, per_class: Array) -> Array:
        """Entry of the second class, (1, ...), of an array of shape (2, ...), as a view."""
        return per_class[1:]


class LogitPerClass:
    """K classes: M = K, a logit for each class under a softmax."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """
        Cross-entropy of each row under the softmax, (rows,), in nats, and its gradient, (K, rows), in this
        order.

        `logits`, (K, rows), may be overwritten by the gradient, which can be a view of the same memory;
        `codes` are 0 .. K-1.
        """
        if not runs_here():
            values, slopes = softmax_cross_entropy.value_and_gradient(logits.T, codes, xp=np)
            return values, slopes.T
        rows = np.ascontiguousarray(logits.T)
        truth = softmax_kernel.Labels(codes)
        # One thread, for blocks of rows come from several already.
        values = softmax_kernel.value_and_gradient(rows, truth, rows, most_threads=1)
        return np.asarray(values, np.float64), rows.T

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """
        Probabilities of all classes, (K, rows): `slopes`, the gradient p - y, with 1 added for each row's
        class.

        `slopes`, (K, rows), is changed in place and returned.
        """
        if slopes.flags.f_contiguous:
            # One index of each row takes a third of the time of two.
            slopes.reshape(-1, order="F")[codes + np.arange(0, slopes.size, len(slopes))] += 1
        else:
            slopes[codes, np.arange(len(codes))] += 1
        return slopes

    def curvature(self, logits: Array) -> Array:
        """
        ``diag(p) - p p^T`` of each row, (K, K, rows), from its logits, (K, rows), which are not
        changed.
        """
        model = softmax(logits.T, xp=np)
        probs = model.probs
        p = probs.T
        curvature = -p[:, None] * p
        diagonal = np.arange(len(p))
        # p - p**2 would cancel for p near 1.
        curvature[diagonal, diagonal] = p * model.complements(probs, xp=np).T
        return np.asarray(curvature)

    def curvature_product(self, logits: Array, directions: Array) -> Array:
        """
        ``diag(p) - p p^T`` of each row times its column of `directions`, (K, rows), as an array of that
        shape.

        `logits`, (K, rows), may be overwritten.
        """
        top = logits.argmax(axis=0)
        _, slopes = self.value_and_slopes(logits, top)
        probs = self.probs(slopes, top).T
        # Relative to the likeliest class, whose entry is then a sum of small terms that do not cancel.
        ways = directions.T - directions[top, np.arange(len(top))][:, None]
        ways -= np.einsum("ij,ij->i", probs, ways)[:, None]
        ways *= probs
        return np.asarray(ways.T)

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:
        """
        Sum of ``diag(p) - p p^T`` over the rows times `weights`, (K, K), from `slopes`, (K, rows), the
        gradient p - y.

        `slopes` is overwritten.
        """
        probs = self.probs(slopes, codes)
        mass = probs @ weights
        # A product of a matrix with its own transpose takes half the operations of any other.
        probs *= np.sqrt(weights)
        return np.diag(mass) - probs @ probs.T

    def of_logits(self, per_class: Array) -> Array:
        """`per_class` itself, since each class has a logit."""
        return per_class


def class_logits(n_classes: int) -> ClassLogits:
    """New `OneLogit` for two classes, `LogitPerClass` for more."""
    return OneLogit() if n_classes == 2 else LogitPerClass()
