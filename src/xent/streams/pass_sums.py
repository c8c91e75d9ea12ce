"""
Work of a pass on one fragment: a pure function of fragment, rows, point and reader, for any machine.

Its result is a few arrays of the size of a point, and the number of rows of each class. Blocks are added in
their order with one BLAS thread, so the result has the same bits wherever the same libraries run on
processors of the same kind.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.kernels import runs_here, sigmoid_cross_entropy
from xent.solvers.block_sums import Block, curvature_product, sums, tilted
from xent.solvers.class_logits import ClassLogits, class_logits
from xent.solvers.threads import one_blas_thread
from xent.streams.blocks import RowStream
from xent.streams.fragments import Fragment

__all__ = ["PassSums", "PassTask", "fragment_sums"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PassTask:
    """
    Request for the sums of one fragment.

    Parameters
    ----------
    kind : {"value", "product", "tilt"}
        ``"value"`` for loss, gradient and covariance; ``"product"`` for the Hessian times `along`; ``"tilt"``
        for `Objective.tilt` with the shift `along`.
    fragment : Fragment
        Rows.
    stream : RowStream
        Reader, classes and centre.
    point : ndarray of shape (M, p + 1)
        Point of the pass.
    along : ndarray or None
        Direction, (M, p + 1), or shift, (K,).
    """

    kind: str
    fragment: Fragment
    stream: RowStream
    point: Array
    along: Array | None = None


@dataclass(frozen=True, slots=True)
class PassSums:
    """
    Sums of a fragment.

    Parameters
    ----------
    sums : tuple of ndarray
        Weighted sums over the rows, weights not divided by their total.
    counts : ndarray of shape (K,)
        Rows of each class.
    """

    sums: tuple[Array, ...]
    counts: NDArray[np.intp]


def fragment_sums(task: PassTask) -> PassSums:
    """Sums of the fragment of `task`; zeros for a fragment without rows."""
    K = len(task.stream.classes.classes)
    classes = class_logits(K)
    counts = np.zeros(K, np.intp)
    total: tuple[Any, ...] | None = None
    with one_blas_thread():
        for block in task.stream.blocks(task.fragment):
            counts += np.bincount(block.codes, minlength=K)
            part = _PARTS[task.kind](block, task, classes)
            total = part if total is None else sums(total, part)
    return PassSums(() if total is None else tuple(np.asarray(each) for each in total), counts)


def _value(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    """Loss, its gradient in weights and intercepts, and the covariance, which costs one thin product more."""
    logits = block.X @ task.point[:, :-1].T
    logits += task.point[:, -1]
    if len(task.point) == 1 and runs_here():
        slopes = np.empty((1, len(logits)))
        events = block.codes.astype(np.float64)[None]
        values = sigmoid_cross_entropy.value_and_gradient(np.ascontiguousarray(logits.T), events, slopes)[0]
    else:
        values, slopes = classes.value_and_slopes(logits.T, block.codes)
    covariance = classes.covariance(slopes, block.codes, block.weights)
    slopes *= block.weights
    return np.asarray(block.weights @ values), slopes @ block.X, slopes.sum(axis=1), covariance


def _product(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    return curvature_product(block, task.point, classes, np.asarray(task.along))


def _tilt(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    return tilted(block, task.point, classes, np.asarray(task.along))


_PARTS: dict[str, functools.partial[tuple[Any, ...]] | Any] = {
    "value": _value,
    "product": _product,
    "tilt": _tilt,
}
