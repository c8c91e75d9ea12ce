"""
Linear cross-entropy as an eager training step wants it: gradients are made forward, in the only pass.

As for `fused_softmax`, backward hands them out, once; asked again it makes them anew, and so it does for one
loss per row, whose factors it only learns then. A second derivative is taken through the composition of
PyTorch's product and the closed derivatives of the formulas, which has all logits in memory.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.eager import gradient_comes_now
from xent.torch.linear_cross_entropy.chunked_pass import (
    Gradients,
    Operands,
    gradients,
    values,
    values_and_gradients,
)
from xent.torch.linear_cross_entropy.composed import composed_linear
from xent.torch.linear_cross_entropy.request import LinearProblem
from xent.torch.linear_cross_entropy.targets import Truth
from xent.torch.reduction import number_of

__all__ = ["FusedLinear"]

_NOTHING = (None,) * 5


class FusedLinear(torch.autograd.Function):
    """Cross-entropy of a matrix of hidden states in memory, reduced."""

    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        probs: Tensor | None,
        weight: Tensor | None,
        problem: LinearProblem,
        wanted: tuple[bool, bool, bool],
    ) -> Tensor:
        """Compute the loss, and gradients where they will be asked for and their factor is known."""
        ctx.problem, ctx.wanted, ctx.gradients = problem, wanted, None
        operands, truth = Operands(input, linear_weight, linear_bias), problem.truth(target, probs, weight)
        reduction = problem.softmax.reduction
        ctx.divisor = reduction.divisor(lambda: truth.mass)
        settings = operands, truth, problem.adjustment, problem.chunking
        if any(wanted):
            ctx.save_for_backward(input, linear_weight, linear_bias, target, probs, weight)
        if any(wanted) and gradient_comes_now(input, reduction):
            factor = reduction.factor(ctx.divisor)
            losses, ctx.gradients = values_and_gradients(*settings, factor=factor, wanted=wanted)
        else:
            losses = values(*settings)
        return _reduced(losses, truth, problem, ctx.divisor)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """Hand out the gradients that were made, or make them."""
        made, ctx.gradients = ctx.gradients, None
        if torch.is_grad_enabled():
            return _differentiable_gradients(ctx, upstream) + _NOTHING
        if made is None:
            return (*_gradients(ctx, upstream), *_NOTHING)
        factor = float(upstream)
        if factor != 1:
            for gradient in made:
                _ = gradient is None or gradient.mul_(factor)
        return (*made, *_NOTHING)


def _reduced(losses: Tensor, truth: Truth, problem: LinearProblem, divisor: float) -> Tensor:
    reduction, dtype = problem.softmax.reduction, problem.softmax.dtype
    total = float(losses.sum(dtype=torch.float64))
    # The value of a label that is no class is nan, so that labels need not be looked at unless one is.
    if total != total:  # noqa: PLR0124 - the test for nan
        problem.check_labels(truth.target, classes=problem.classes)
        problem.check_losses(losses)
    if reduction.kind == "none":
        return losses.to(dtype)
    return number_of(reduction.quotient(total, divisor), dtype)


def _gradients(ctx: Any, upstream: Tensor) -> Gradients:
    """Gradients in a further pass."""
    hidden, linear_weight, linear_bias, target, probs, weight = ctx.saved_tensors
    problem: LinearProblem = ctx.problem
    reduction = problem.softmax.reduction
    factor: Tensor | float
    if reduction.kind == "none":
        factor = upstream if upstream.dtype is torch.float64 else upstream.float()
        factor = factor.to(torch.float64 if hidden.dtype is torch.float64 else torch.float32)
    else:
        factor = reduction.factor(ctx.divisor) * float(upstream)
    operands, truth = Operands(hidden, linear_weight, linear_bias), problem.truth(target, probs, weight)
    return gradients(operands, truth, problem.adjustment, problem.chunking, factor=factor, wanted=ctx.wanted)


def _differentiable_gradients(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    hidden, linear_weight, linear_bias, target, probs, weight = ctx.saved_tensors
    loss = composed_linear(hidden, linear_weight, linear_bias, target, probs, weight, ctx.problem)
    given = hidden, linear_weight, linear_bias
    asked = [tensor for tensor, wanted in zip(given, ctx.wanted, strict=True) if wanted]
    found = iter(torch.autograd.grad(loss, asked, upstream, create_graph=True))
    return tuple(next(found) if wanted else None for wanted in ctx.wanted)
