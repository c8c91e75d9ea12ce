"""Linear cross-entropy of PyTorch's own product and the front door for logits: all logits are in memory."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import linear

from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.linear_cross_entropy.request import LinearProblem
from xent.torch.linear_cross_entropy.targets import SparseTargets
from xent.torch.logit_adjustments import adjusted

__all__ = ["composed_linear", "logits_of"]


def composed_linear(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    problem: LinearProblem,
) -> Tensor:
    """Cross-entropy of any tensors, reduced, differentiable as often as one likes."""
    if probs is not None:
        target = SparseTargets(target, probs).dense(linear_weight.shape[0])
    logits = logits_of(input, linear_weight, linear_bias)
    if not problem.adjustment.is_nothing:
        logits = adjusted(logits, **problem.adjustment._asdict(), where=problem.softmax.where)
    return composed_softmax(logits, target, weight, problem.softmax)


def logits_of(input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> Tensor:
    """Logits of shape (C,), (N, C) or (N, C, d1, ..., dK), as the weight has it."""
    if linear_weight.ndim == 2:
        return linear(input, linear_weight, linear_bias)
    flat = linear_weight.reshape(-1, linear_weight.shape[-1])
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    return linear(input, flat, bias).reshape(*input.shape[:-1], *linear_weight.shape[:-1])
