"""
The two ways in which logits stand for classes, each with its loss: one logit, or one per class.

Logits lie class by class, (M, rows): over the short class axis the formulas then reduce whole
vectors at once. Every method takes them so, and answers so.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax

__all__ = ["ClassLogits", "LogitPerClass", "OneLogit", "class_logits"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


class ClassLogits(Protocol):
    """What an objective needs to know of its loss."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """Cross-entropy of each row in nats, (rows,), and its gradient, (M, rows)."""

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """Probabilities of all K classes, (K, rows), to within rounding of 1; from the gradient."""

    def curvature(self, logits: Array) -> Array:
        """Second derivatives of each row's cross-entropy, (M, M, rows)."""

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:
        """Sum of `curvature` over the rows, by weight, (M, M); from the gradient, for less."""

    def of_logits(self, per_class: Array) -> Array:
        """The entries of K numbers per row that belong to logits: (K, ...) to (M, ...)."""


class OneLogit:
    """Two classes: the logit of the second, under a sigmoid."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """As in `ClassLogits`."""
        events = codes.astype(float)
        values, slopes = sigmoid_cross_entropy.value_and_gradient(logits[0], events, 1 - events, xp=np)
        return values, slopes[None]

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """As in `ClassLogits`."""
        second = slopes[0] + codes
        return np.stack([1 - second, second])

    def curvature(self, logits: Array) -> Array:
        """As in `ClassLogits`."""
        second, first = sigmoid(logits[0], xp=np)
        return np.asarray(first * second)[None, None]

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:  # noqa: ARG002 # not needed here
        """As in `ClassLogits`."""
        # |p - y| is one of p and 1 - p, so the other is what it lacks to 1.
        near = np.abs(slopes)
        return np.asarray((near * (1 - near)) @ weights[:, None])

    def of_logits(self, per_class: Array) -> Array:
        """As in `ClassLogits`."""
        return per_class[1:]


class LogitPerClass:
    """More classes: a logit for each, under a softmax."""

    def value_and_slopes(self, logits: Array, codes: Codes) -> tuple[Array, Array]:
        """As in `ClassLogits`."""
        values, slopes = softmax_cross_entropy.value_and_gradient(logits.T, codes, xp=np)
        return values, slopes.T

    def probs(self, slopes: Array, codes: Codes) -> Array:
        """As in `ClassLogits`."""
        probs = slopes.copy()
        probs[codes, np.arange(len(codes))] += 1
        return probs

    def curvature(self, logits: Array) -> Array:
        """As in `ClassLogits`."""
        model = softmax(logits.T, xp=np)
        probs = model.probs
        p = probs.T
        curvature = -p[:, None] * p
        diagonal = np.arange(len(p))
        curvature[diagonal, diagonal] = p * model.complements(probs, xp=np).T
        return np.asarray(curvature)

    def covariance(self, slopes: Array, codes: Codes, weights: Array) -> Array:
        """As in `ClassLogits`."""
        probs = self.probs(slopes, codes)
        weighted = probs * weights
        return np.diag(weighted.sum(axis=1)) - weighted @ probs.T

    def of_logits(self, per_class: Array) -> Array:
        """As in `ClassLogits`."""
        return per_class


def class_logits(n_classes: int) -> ClassLogits:
    """The way for `n_classes` classes."""
    return OneLogit() if n_classes == 2 else LogitPerClass()
