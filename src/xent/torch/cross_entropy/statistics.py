"""Statistics of the softmax of each row, returned beside the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from xent.formulas.losses.entropy_of_softmax import EntropyOfSoftmax
from xent.torch.cross_entropy.composed import classes_last, value_of
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.reduction import Reduction

__all__ = ["SoftmaxStatistics", "softmax_statistics"]

_NO_LABEL = -1


class SoftmaxStatistics(NamedTuple):
    """
    Statistics of the softmax of each row, in nats, of the shape of the unreduced loss.

    Parameters
    ----------
    log_prob : Tensor
        Logarithm of the probability of the label, 0 for an ignored row; if the target holds
        probabilities, the mean over it, which is minus the cross-entropy. Differentiable.
    log_normaliser : Tensor
        ``logsumexp`` of the logits. Differentiable.
    entropy : Tensor
        Entropy of the softmax. Differentiable.
    argmax : Tensor
        Class of the largest logit, the first of tied ones.
    top_log_probs, top_classes : Tensor or None
        The k largest log-probabilities, differentiable, and their classes, along a further last axis.
    """

    log_prob: Tensor
    log_normaliser: Tensor
    entropy: Tensor
    argmax: Tensor
    top_log_probs: Tensor | None
    top_classes: Tensor | None


def softmax_statistics(
    request: SoftmaxRequest, loss: Callable[[SoftmaxRequest], Tensor], *, top_k: int
) -> SoftmaxStatistics:
    """
    Statistics of the logits of `request`, after cap, scale and mask, in 32 bits or more.

    Class weights, smoothing, z-loss and reduction of the request are left out. An ignored row has the
    log-probability 0 and all other statistics of its logits.

    Parameters
    ----------
    request : SoftmaxRequest
        Logits and target, checked.
    loss : callable
        Function that computes the cross-entropy of a request; it is called for the argmax and the target.
    top_k : int
        Number of largest log-probabilities, at most the number of classes; 0 for None in their place.
    """
    logits, target, _, options = request
    rows = classes_last(logits)
    plain = options._replace(
        reduction=Reduction(options.reduction.caller, "none"),
        dtype=rows.dtype,
        label_smoothing=0.0,
        z_loss=0.0,
    )
    # Detached: the choice of the class has no derivative.
    tops = rows.detach().argmax(-1)
    of_top = plain._replace(has_labels=True, ignore_index=_NO_LABEL)
    below = loss(SoftmaxRequest(logits, tops, None, of_top))
    # The loss of the argmax is log(1 + rest), which keeps its digits however large the lead.
    log_normaliser = rows.gather(-1, tops[..., None])[..., 0] + below
    if top_k:
        largest, classes = rows.topk(top_k, -1)
        log_probs = largest - log_normaliser[..., None]
    entropy = value_of(EntropyOfSoftmax(), rows, torch.zeros_like(tops))
    log_prob = 0 - loss(SoftmaxRequest(logits, target, None, plain))
    return SoftmaxStatistics(
        log_prob,
        log_normaliser,
        entropy,
        tops,
        log_probs if top_k else None,
        classes if top_k else None,
    )
