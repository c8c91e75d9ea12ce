"""Arrays and options of one linear cross-entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["LinearStatistics", "Operands", "Plan", "Shared", "SparseTargets", "Truth"]


class SparseTargets(NamedTuple):
    """
    Probabilities of a few classes of each row, such as the largest ones of a teacher.

    A class that is not named has probability 0; one that is named twice has the sum.

    Parameters
    ----------
    indices : array of int of shape (..., k)
        Classes.
    probs : array of shape (..., k)
        Their probabilities; they need not sum to 1.
    """

    indices: Any
    probs: Any


class LinearStatistics(NamedTuple):
    """
    Statistics of the softmax of each row, in nats; all but the classes have derivatives.

    The first three are 0 in an ignored row, and the others mean nothing there.

    Parameters
    ----------
    log_prob : array of shape (...)
        Logarithm of the probability of the label; for targets minus their cross-entropy.
    log_normaliser : array of shape (...)
        ``logsumexp`` of the logits.
    entropy : array of shape (...)
        Entropy of the softmax.
    argmax : array of int of shape (...)
        Class of the largest logit, the first of tied ones; in a row with a logit of nan it means nothing.
    top_log_probs, top_classes : array of shape (..., k), or None
        The k largest log-probabilities and their classes; None if `top_k` is 0.
    """

    log_prob: Any
    log_normaliser: Any
    entropy: Any
    argmax: Any
    top_log_probs: Any = None
    top_classes: Any = None


class Operands(NamedTuple):
    """
    Operands of the product.

    Parameters
    ----------
    hidden : array of shape (N, D)
        Hidden states, 0 in ignored rows.
    weight : array of shape (C, D)
        Weight of the layer.
    bias : array of shape (C,), or None
        Bias of the layer.
    """

    hidden: Any
    weight: Any
    bias: Any


class Truth(NamedTuple):
    """
    Labels, or targets, or a few targets with their classes, of each row.

    Parameters
    ----------
    counts : array of bool of shape (N,)
        False for ignored rows.
    labels : array of int of shape (N,) or (N, k), or None
        Label of each row; with `probs`, classes of the targets.
    probs : array of shape (N, C) or (N, k), or None
        Targets.
    class_mask : array of bool of shape (N, C), or None
        True for the classes that participate in a row.
    """

    counts: Any
    labels: Any = None
    probs: Any = None
    class_mask: Any = None


class Shared(NamedTuple):
    """
    Options that are arrays or numbers, of all rows alike; None leaves out a step.

    Parameters
    ----------
    class_weights, class_mask : array of shape (C,)
        Factor of each class, and True for the classes that participate.
    label_smoothing, z_loss, softcap, logit_scale : float or array of shape ()
        As for `linear_softmax_cross_entropy`.
    """

    class_weights: Any = None
    class_mask: Any = None
    label_smoothing: Any = None
    z_loss: Any = None
    softcap: Any = None
    logit_scale: Any = None


@dataclass(frozen=True)
class Plan:
    """
    Options that decide which program is compiled.

    Parameters
    ----------
    rows : int
        Rows of a chunk.
    class_axis : str or None
        Axis of a mesh over which the classes are sharded.
    statistics : bool
        True to compute `LinearStatistics`.
    top_k : int
        Number of largest log-probabilities.
    one_pass : bool
        True to make the gradients of a sum along with it.
    """

    rows: int
    class_axis: str | None = None
    statistics: bool = False
    top_k: int = 0
    one_pass: bool = False
