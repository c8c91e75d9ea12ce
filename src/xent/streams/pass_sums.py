"""
Work of a pass on a run of fragments: a pure function of fragments, reader and point, for any machine.

Its result is a few arrays of the size of a point, and the number of rows of each class. Blocks are added in
their order, and fragments by their tree, with one BLAS thread, so the result has the same bits wherever the
same libraries run on processors of the same kind.
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
from xent.streams.summation_tree import SummationTree

__all__ = ["PassSums", "PassTask", "branch_sums", "joined"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PassTask:
    """
    Request for the sums of a branch of the `SummationTree` over fragments.

    Parameters
    ----------
    kind : {"value", "product", "tilt"}
        ``"value"`` for loss, gradient and covariance; ``"product"`` for the Hessian times `along`; ``"tilt"``
        for `Objective.tilt` with the shift `along`.
    fragments : tuple of Fragment
        Rows.
    stream : RowStream
        Reader, classes and centre.
    point : ndarray of shape (M, p + 1)
        Point of the pass.
    along : ndarray or None
        Direction, (M, p + 1), or shift, (K,).
    """

    kind: str
    fragments: tuple[Fragment, ...]
    stream: RowStream
    point: Array
    along: Array | None = None


@dataclass(frozen=True, slots=True)
class PassSums:
    """
    Sums of a branch.

    Parameters
    ----------
    sums : tuple of ndarray
        Weighted sums over the rows, weights not divided by their total; empty without rows.
    counts : ndarray of shape (fragments, K)
        Rows of each class in each fragment.
    """

    sums: tuple[Array, ...]
    counts: NDArray[np.intp]


def branch_sums(task: PassTask) -> PassSums:
    """
    Sums over the fragments of `task`, added by a fixed tree, and the rows of each class, (fragments, K).

    The sums are those of its kind, ``"value"``, ``"product"`` or ``"tilt"``, at its point, weighted and not
    divided by the total weight, and an empty tuple if there is no row. Nothing but `task` is used, so that
    any process may compute them. Raises `DataError` for a class that the first scan did not see, a file that
    cannot be read and a cell that is not of the kind wanted.
    """
    tree = SummationTree(joined)
    counts = np.zeros((len(task.fragments), len(task.stream.classes.classes)), np.intp)
    with one_blas_thread():
        for f, fragment in enumerate(task.fragments):
            tree.add(0, _fragment_sums(task, fragment, counts[f]))
    return PassSums(tree.total() or (), counts)


def joined(a: tuple[Array, ...], b: tuple[Array, ...]) -> tuple[Array, ...]:
    """
    Sum of two branches, tuples of arrays, entry by entry; a branch without rows is empty and adds
    nothing.
    """
    return sums(a, b) if a and b else a or b


def _fragment_sums(task: PassTask, fragment: Fragment, counts: NDArray[np.intp]) -> tuple[Array, ...]:
    """
    Sums of the kind of `task` over the blocks of a fragment, in order; an empty tuple without rows.

    They are weighted, not divided by the total weight. `counts`, (K,), is changed: the number of rows of each
    class is added, whatever their weight.
    """
    classes = class_logits(len(counts))
    total: tuple[Any, ...] | None = None
    for block in task.stream.blocks(fragment):
        counts += np.bincount(block.codes, minlength=len(counts))
        part = _PARTS[task.kind](block, task, classes)
        total = part if total is None else sums(total, part)
    return () if total is None else tuple(np.asarray(each) for each in total)


def _value(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    """
    Weighted sums over a block: loss in nats, its gradient in weights and in intercepts, and a covariance.

    Their shapes are (), (M, p), (M,) and (M, M), the last the sum of ``diag p - p pᵀ`` over the rows, p (1 -
    p) for two classes. `task.point`, (M, p + 1), has the intercepts last, for features as the block has them,
    less the centre; the covariance costs one thin product more. No penalty is in them.
    """
    logits = block.X @ task.point[:, :-1].T
    logits += task.point[:, -1]
    if len(task.point) == 1 and runs_here():
        slopes = np.empty((1, len(logits)))
        events = block.codes.astype(np.float64)[None]
        values = sigmoid_cross_entropy.value_and_gradient(np.ascontiguousarray(logits.T), events, slopes)[0]
    else:
        values, slopes = classes.value_and_slopes(logits.T, block.codes)
    loss = np.asarray(block.weights @ values)
    # A product for the intercepts too: a sum over slopes that lie row by row takes six times as long.
    gradient = (slopes * block.weights) @ block.X, slopes @ block.weights
    # Last, because it overwrites the slopes.
    return loss, *gradient, classes.covariance(slopes, block.codes, block.weights)


def _product(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    """
    Hessian of the weighted loss at `task.point` times `task.along`, summed over a block, in two parts.

    The parts are those of the weights, (M, p), and of the intercepts, (M,), for a direction of shape (M, p +
    1). No penalty is in them.
    """
    return curvature_product(block, task.point, classes, np.asarray(task.along))


def _tilt(block: Block, task: PassTask, classes: ClassLogits) -> tuple[Any, ...]:
    """
    Weighted sums over a block for a pass of tilts: a divergence in nats, (), and a change, (M, p).

    The change is that of the gradient in weights for tilted probabilities, with the shift `task.along`, (K,);
    see `block_sums.tilted`.
    """
    return tilted(block, task.point, classes, np.asarray(task.along))


_PARTS: dict[str, functools.partial[tuple[Any, ...]] | Any] = {
    "value": _value,
    "product": _product,
    "tilt": _tilt,
}
