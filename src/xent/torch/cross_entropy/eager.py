"""
Softmax cross-entropy by the fused kernels, as an eager training step wants it: the gradient is made forward.

One pass over the logits gives values and gradient; backward hands the gradient out, once. Asked again, or
where somebody else looks after the memory of a graph, it is computed anew from the logits, so that nothing
which was handed out is ever used twice.
"""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.options.label_smoothing import smoothed
from xent.options.row_weights import total_weight
from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.plain_labels import are_plain, plain_labels
from xent.torch.cross_entropy.request import SoftmaxProblem, rows_shape
from xent.torch.labels import check_labels
from xent.torch.memory import in_memory, new_memory, rows_of, shaped_as
from xent.torch.reduction import Reduction, number_of

__all__ = ["fused_softmax", "gradient_comes_now", "is_scaled"]

# PyTorch has no public name for it.
_hooks = torch._C._autograd._top_saved_tensors_default_hooks  # noqa: SLF001


def fused_softmax(input: Tensor, target: Tensor, weight: Tensor | None, problem: SoftmaxProblem) -> Tensor:
    """Cross-entropy of tensors in memory, reduced; differentiable in the input."""
    loss: Tensor = _FusedSoftmax.apply(input, target, weight, problem)  # type: ignore[no-untyped-call]
    return loss


class _FusedSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, input: Tensor, target: Tensor, weight: Tensor | None, problem: SoftmaxProblem
    ) -> Tensor:
        """Compute the loss, and the gradient where it will be asked for and its factor is known."""
        ctx.problem, ctx.gradient, factor = problem, None, 1.0
        rows = rows_of(input).contiguous()
        ctx.divisor = divisor = problem.reduction.divisor(lambda: _mass(input, target, weight, problem))
        if ctx.needs_input_grad[0]:
            ctx.shape = input.shape
            ctx.save_for_backward(input, target, weight)
            if gradient_comes_now(input, problem.reduction):
                ctx.gradient, factor = new_memory(rows.shape, rows.dtype), problem.reduction.factor(divisor)
        values = _values(rows, target, weight, problem, gradient=ctx.gradient, factor=factor)
        total = float(values.sum(dtype=torch.float64))
        # The value of a label that is no class is nan, so that labels need not be looked at unless one is.
        if total != total:  # noqa: PLR0124 - the test for nan
            check_labels(input, target, problem)
        if problem.reduction.kind == "none":
            return values.to(problem.dtype).reshape(rows_shape(input))
        return number_of(problem.reduction.quotient(total, divisor), problem.dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """Hand out the gradient that was made, or make it."""
        gradient, ctx.gradient = ctx.gradient, None
        if gradient is None or torch.is_grad_enabled() or not is_scaled(gradient, float(upstream)):
            return _gradient_anew(ctx, upstream, gradient), None, None, None
        return shaped_as(ctx.shape, gradient), None, None, None


def gradient_comes_now(input: Tensor, reduction: Reduction) -> bool:
    """
    Whether forward makes the gradient.

    Not for float16, which is trained with a factor on the loss: multiplied after it was rounded, a gradient
    that had underflowed would stay 0. Not under hooks on what a graph saves: they are there to keep less.
    """
    return reduction.kind != "none" and input.dtype is not torch.float16 and _hooks(True) is None


def is_scaled(gradient: Tensor, factor: float) -> bool:
    """Multiply in place, where that rounds no more than the gradient is rounded anyway."""
    if factor == 1:
        return True
    if gradient.dtype is torch.bfloat16:
        return False
    gradient.mul_(factor)
    return True


def _gradient_anew(ctx: Any, upstream: Tensor, memory: Tensor | None) -> Tensor:
    """The gradient from the saved input, in this memory if there is some."""
    # Once: a checkpoint hands them out once.
    input, target, weight = ctx.saved_tensors
    problem: SoftmaxProblem = ctx.problem
    if torch.is_grad_enabled():
        loss = composed_softmax(input, target, weight, problem)
        gradient: Tensor = torch.autograd.grad(loss, input, upstream, create_graph=True)[0]
        return gradient
    factor: NDArray[Any] | float = problem.reduction.factor(ctx.divisor)
    if problem.reduction.kind == "none":
        wide = upstream if upstream.dtype is torch.float64 else upstream.float()
        factor = in_memory(wide.reshape(-1))
    else:
        factor = factor * float(upstream)
    return shaped_as(ctx.shape, _gradient(input, target, weight, problem, factor=factor, memory=memory))


def _values(
    rows: Tensor,
    target: Tensor,
    weight: Tensor | None,
    problem: SoftmaxProblem,
    *,
    gradient: Tensor | None,
    factor: float,
) -> Tensor:
    """Value of each row; `gradient`, if there is one, is filled."""
    is_plain = weight is None and problem.has_labels and problem.label_smoothing == 0
    if is_plain and are_plain(rows, target):
        ignored, z_weight = problem.ignore_index, problem.z_loss
        return plain_labels(rows, target, gradient, ignored=ignored, factor=factor, z_weight=z_weight)
    logits = in_memory(rows)
    truth = _truth(rows, target, weight, problem)
    if gradient is None:
        return torch.from_numpy(kernels.value(logits, truth, z_weight=problem.z_loss))
    return torch.from_numpy(
        kernels.value_and_gradient(logits, truth, in_memory(gradient), factor=factor, z_weight=problem.z_loss)
    )


def _gradient(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    problem: SoftmaxProblem,
    *,
    factor: NDArray[Any] | float,
    memory: Tensor | None,
) -> Tensor:
    """The gradient from the logits, in this memory if there is some."""
    rows = rows_of(input).contiguous()
    gradient = new_memory(rows.shape, rows.dtype) if memory is None else memory
    truth = _truth(rows, target, weight, problem)
    kernels.gradient(in_memory(rows), truth, in_memory(gradient), factor=factor, z_weight=problem.z_loss)
    return gradient


def _truth(
    rows: Tensor, target: Tensor, weight: Tensor | None, problem: SoftmaxProblem
) -> kernels.Labels | kernels.Targets:
    dtype = torch.float64 if rows.dtype is torch.float64 else torch.float32
    class_weights = None if weight is None else in_memory(weight.detach().to(dtype))
    smoothing = problem.label_smoothing
    if problem.has_labels:
        labels = in_memory(target).reshape(-1)
        return kernels.Labels(labels, class_weights, problem.ignore_index, smoothing)
    targets = rows_of(target.detach()).to(dtype)
    if smoothing > 0:
        targets = smoothed(targets, smoothing, rows.shape[1])
    return kernels.Targets(in_memory(targets), class_weights)


def _mass(input: Tensor, target: Tensor, weight: Tensor | None, problem: SoftmaxProblem) -> float:
    """
    What the rows weigh together.

    In PyTorch's way a row of probabilities weighs 1 whatever its classes do.
    """
    if not problem.has_labels:
        return input.numel() // input.shape[1 if input.ndim > 1 else 0]
    weights = None if weight is None else in_memory(weight.detach().double())
    return total_weight(target.numpy(), weights, ignored=problem.ignore_index)
