"""Predictions of one model with the truth, checked once: the input of every score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import DomainError, DTypeError, ShapeError
from xent.scoring.checked_codes import checked_codes
from xent.scoring.clusters import Clusters, clusters_of
from xent.scoring.spaces import log_probs_of

__all__ = ["Predictions", "checked_predictions", "checked_weights"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """
    Log-probabilities of n rows over K classes, with the true class of each row.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Logarithm of each class's predicted probability in nats, at most 0; ``-inf`` for probability 0.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    classes : tuple of str
        Names of the classes.
    rows : ndarray of shape (n,)
        Row numbers to report.
    clusters : Clusters
        Independent units and weights of the rows.
    weights, groups : ndarray of shape (n,), optional
        Weight and group of each row, as given.
    """

    log_probs: Array
    codes: Codes
    classes: tuple[str, ...]
    rows: NDArray[Any]
    clusters: Clusters
    weights: Array | None = None
    groups: NDArray[np.int64] | None = None

    @property
    def losses(self) -> Array:
        """Loss of each row in nats, (n,): minus the log-probability of its true class."""
        return np.asarray(0 - self.log_probs[np.arange(len(self.codes)), self.codes])

    @property
    def predicted(self) -> Codes:
        """Most probable class of each row, (n,), the first of equal ones."""
        return np.asarray(self.log_probs.argmax(axis=1), dtype=np.int64)

    def subset(self, chosen: NDArray[Any]) -> Predictions:
        """
        Predictions of the `chosen` rows, numbers or a mask, with the units among these; there must be
        one.
        """
        weights = None if self.weights is None else self.weights[chosen]
        groups = None if self.groups is None else self.groups[chosen]
        rows = self.rows[chosen]
        return Predictions(
            self.log_probs[chosen],
            self.codes[chosen],
            self.classes,
            rows,
            clusters_of(len(rows), groups=groups, weights=weights),
            weights,
            groups,
        )


def checked_predictions(
    log_probs: Any,
    codes: Any,
    *,
    classes: Sequence[str],
    rows: Any = None,
    sample_weight: Any = None,
    groups: Any = None,
    caller: str,
) -> Predictions:
    """
    `Predictions` of checked arguments.

    Parameters
    ----------
    log_probs, codes : array_like of shape (n, K) and (n,)
        Log-probabilities and true classes.
    classes : sequence of str
        Names of the K classes.
    rows : array_like of shape (n,), optional
        Row numbers to report; default 0 .. n-1.
    sample_weight : array_like of shape (n,), optional
        Weight of each row, finite and >= 0; default 1.
    groups : array_like of shape (n,), optional
        Group of each row, whole numbers; rows of one group are not independent.
    caller : str
        Name for errors.

    Raises
    ------
    DTypeError
        If `log_probs` or weights are not real numbers, or are a tensor of PyTorch that requires gradients, or
        `codes` or `groups` not integers.
    ShapeError
        If `log_probs` does not have two axes, a shape does not fit it, or there is no row or column.
    DomainError
        If an entry of `log_probs` is nan or above 1e-5 (a smaller one becomes 0), a row of probabilities does
        not sum to 1 within 1e-5, one of `codes` is out of range, an entry is masked, a weight is negative or
        not finite, all are 0, or several rows are all of one group.
    """
    log_probs = numpy_array(log_probs, caller=caller, argument="log_probs")
    log_probs = log_probs_of(log_probs, "log-probs", caller=caller, argument="log_probs")
    n, K = log_probs.shape
    if n == 0:
        raise ShapeError(caller, "log_probs", "have at least one row", got=f"shape {log_probs.shape}")
    if len(classes) != K:
        rule = f"name each of the {K} columns of `log_probs`, in their order"
        raise ShapeError(caller, "classes", rule, got=f"{len(classes)} names")
    codes = checked_codes(codes, n, K, caller=caller)
    weights = None if sample_weight is None else checked_weights(sample_weight, n, caller=caller)
    groups = None if groups is None else _checked_groups(groups, n, caller)
    return Predictions(
        log_probs,
        codes,
        tuple(classes),
        _checked_rows(rows, n, caller),
        clusters_of(n, groups=groups, weights=weights),
        weights,
        groups,
    )


def checked_weights(sample_weight: Any, n: int, *, caller: str, argument: str = "sample_weight") -> Array:
    """
    Weights of n rows as float64, (n,), a new array; they are not scaled.

    Real numbers are floats, integers and Booleans. Raises `DTypeError` for others, `ShapeError` for another
    shape, and `DomainError` for a weight that is negative, masked or not finite, or missing in an array of a
    nullable dtype, and if all are 0, or there is no row. A ragged sequence raises the `ValueError` of NumPy.
    """
    weights = numpy_array(sample_weight, caller=caller, argument=argument)
    if weights.dtype.kind not in "fiub":
        raise DTypeError(caller, argument, "be real numbers", got=str(weights.dtype))
    if weights.shape != (n,):
        raise ShapeError(caller, argument, f"have shape ({n},), one for each row", got=str(weights.shape))
    weights = weights.astype(np.float64)
    wrong = np.flatnonzero(~((weights >= 0) & np.isfinite(weights)))
    if len(wrong):
        first = int(wrong[0])
        raise DomainError(caller, argument, "be finite and >= 0", got=f"{weights[first]:.9g}", index=(first,))
    if not weights.sum() > 0:
        raise DomainError(caller, argument, "have a positive sum", got="zeros only")
    return weights


def _checked_rows(rows: Any, n: int, caller: str) -> NDArray[Any]:
    """
    Numbers of the rows, (n,), of any dtype; for None 0 to n - 1.

    Raises `ShapeError` unless there is one for each row, and `DomainError` for a masked entry.
    """
    if rows is None:
        return np.arange(n)
    rows = numpy_array(rows, caller=caller, argument="rows")
    if rows.shape != (n,):
        raise ShapeError(caller, "rows", f"have shape ({n},), one for each row", got=str(rows.shape))
    return np.asarray(rows)


def _checked_groups(groups: Any, n: int, caller: str) -> NDArray[np.int64]:
    """
    Groups, whole numbers that are equal in the rows of one group, as int64 of shape (n,).

    Raises `DomainError` if several rows are all of one group, or an entry is masked, `DTypeError` unless they
    are integers, and `ShapeError` for another shape. A single row passes.
    """
    groups = numpy_array(groups, caller=caller, argument="groups")
    if groups.dtype.kind not in "iu":
        raise DTypeError(caller, "groups", "be integers", got=str(groups.dtype))
    if groups.shape != (n,):
        raise ShapeError(caller, "groups", f"have shape ({n},), one for each row", got=str(groups.shape))
    if n > 1 and np.all(groups == groups[0]):
        hint = "An interval needs independent groups; without groups, rows count as independent."
        raise DomainError(caller, "groups", "differ between rows", got="one group", hint=hint)
    return np.asarray(groups, dtype=np.int64)
