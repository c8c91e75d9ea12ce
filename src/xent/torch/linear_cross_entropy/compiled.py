"""
The pass over chunks as an operator that PyTorch knows, with its derivative.

A compiler keeps it as one node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.adjustment import Adjustment
from xent.torch.linear_cross_entropy.chunked_pass import (
    Gradients,
    Operands,
    gradients,
    values,
    values_and_gradients,
)
from xent.torch.linear_cross_entropy.chunks import Chunking
from xent.torch.linear_cross_entropy.request import LinearProblem
from xent.torch.linear_cross_entropy.targets import Truth
from xent.torch.memory import KERNELS_RUN
from xent.torch.reduction import Reduction, number_of

__all__ = ["compiled_linear", "suits_compiler"]


def suits_compiler(problem: LinearProblem, *tensors: Tensor | None) -> bool:
    """Whether compiled code calls the operator: for tensors in memory, and numbers that are known."""
    if not torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `memory`
        return False
    if not KERNELS_RUN or isinstance(problem.softmax.reduction.denominator, Tensor):
        return False
    # It makes gradients before it knows the factor on the loss that keeps those of float16 from 0.
    if any(tensor is not None and tensor.dtype is torch.float16 for tensor in tensors):
        return False
    return all(tensor is None or tensor.device.type == "cpu" for tensor in tensors)


def compiled_linear(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    problem: LinearProblem,
    wanted: tuple[bool, bool, bool],
) -> Tensor:
    """Cross-entropy of a matrix of hidden states in compiled code, reduced."""
    softmax, adjustment = problem.softmax, problem.adjustment
    loss: Tensor = _loss(
        input, linear_weight, linear_bias, target, probs, weight, adjustment.class_mask,
        softmax.ignore_index, softmax.label_smoothing, softmax.z_loss, adjustment.softcap,
        adjustment.logit_scale, *problem.chunking, softmax.reduction.kind, softmax.reduction.denominator,
        softmax.reduction.on_empty == "zero", wanted,
    )[0]  # fmt: skip
    return loss.to(softmax.dtype)


@torch.library.custom_op("xent::linear_cross_entropy", mutates_args=())
def _loss(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    class_mask: Tensor | None,
    ignored: int,
    smoothing: float,
    z_loss: float,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    kind: str,
    denominator: float | None,
    zero_if_empty: bool,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The loss and, where it is one number, the `wanted` gradients; empty tensors for the rest."""
    operands = Operands(input, linear_weight, linear_bias)
    truth = Truth(target, probs, weight, ignored, smoothing, z_loss)
    settings = operands, truth, Adjustment(softcap, scale, class_mask), Chunking(chunk_bytes, wide_sums)
    reduction = Reduction("linear_cross_entropy", kind, denominator, "zero" if zero_if_empty else "nan")
    if kind == "none":
        return values(*settings), *_filled(Gradients(None, None, None), input)
    divisor = reduction.divisor(lambda: truth.mass)
    if any(wanted):
        factor = reduction.factor(divisor)
        losses, found = values_and_gradients(*settings, factor=factor, wanted=tuple(wanted))
    else:
        losses, found = values(*settings), Gradients(None, None, None)
    total = reduction.quotient(float(losses.sum(dtype=torch.float64)), divisor)
    return number_of(total, losses.dtype), *_filled(found, input)


@torch.library.custom_op("xent::linear_cross_entropy_gradients", mutates_args=())
def _gradients(
    upstream: Tensor,
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    class_mask: Tensor | None,
    ignored: int,
    smoothing: float,
    z_loss: float,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of the losses of all rows times `upstream`; empty tensors for those not `wanted`."""
    operands = Operands(input, linear_weight, linear_bias)
    truth = Truth(target, probs, weight, ignored, smoothing, z_loss)
    adjustment = Adjustment(softcap, scale, class_mask)
    chunking = Chunking(chunk_bytes, wide_sums)
    found = gradients(operands, truth, adjustment, chunking, factor=upstream, wanted=tuple(wanted))
    return _filled(found, input)


@_loss.register_fake
def _loss_like(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    kind, wanted = rest[-4], rest[-1]
    wide = torch.float64 if input.dtype is torch.float64 else torch.float32
    loss = input.new_empty(input.shape[:1] if kind == "none" else (), dtype=wide)
    made = (False,) * 3 if kind == "none" else tuple(wanted)
    first, second, third = _empty_like(Operands(input, linear_weight, linear_bias), made)
    return loss, first, second, third


@_gradients.register_fake
def _gradients_like(
    upstream: Tensor, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, ...]:
    del upstream
    return _empty_like(Operands(input, linear_weight, linear_bias), tuple(rest[-1]))


def _empty_like(operands: Operands, made: tuple[bool, ...]) -> tuple[Tensor, ...]:
    new = operands.input.new_empty
    return tuple(
        new(operand.shape) if flag and operand is not None else new(0)
        for operand, flag in zip(operands, made, strict=True)
    )


def _filled(found: Gradients, input: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    first, second, third = (input.new_empty(0) if tensor is None else tensor for tensor in found)
    return first, second, third


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    *tensors, ctx.kind, _, _, ctx.wanted = inputs
    ctx.numbers = tensors[7:]
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*(tensors[:7] if ctx.kind == "none" else output[1:]))


def _backward(ctx: Any, upstream: Tensor | None, *others: Any) -> tuple[Any, ...]:
    del others
    found: tuple[Tensor, ...] = ()
    if upstream is not None and ctx.kind == "none":
        found = _gradients(upstream.contiguous(), *ctx.saved_tensors, *ctx.numbers, ctx.wanted)
    elif upstream is not None:
        found = tuple((gradient * upstream).to(gradient.dtype) for gradient in ctx.saved_tensors)
    pairs = zip(found, ctx.wanted, strict=False)
    given = tuple(gradient if wanted else None for gradient, wanted in pairs)
    return (given or (None,) * 3) + (None,) * 15


_loss.register_autograd(_backward, setup_context=_save)
