"""
The pass on a GPU as an operator with a derivative, which a compiler keeps as one node.

As in `compiled.py`, PyTorch derives the schema of an operator from the annotations of one flat signature, so
the request is taken apart here and put together again inside. The operator makes the gradients of a reduced
loss with it; those of one loss per row, and of float16, whose factors backward alone knows, are made there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.cross_entropy.triton import factor_of, total_weight
from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.device_pass import losses_and_gradients
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.reduction import Reduction

__all__ = ["compiled_on_device", "total_of_rows"]

_NONE_WANTED = (False, False, False)


def compiled_on_device(request: LinearRequest) -> Tensor:
    """Cross-entropy of a matrix of hidden states in compiled code, reduced."""
    softmax, options = request.options.softmax, request.options
    reduction = softmax.reduction
    given = reduction.denominator
    if given is not None and not isinstance(given, Tensor):
        given = torch.full((), given, dtype=torch.float64, device=request.input.device)
    loss: Tensor = _loss(
        *request[:6], options.class_mask, given, softmax.ignore_index, softmax.label_smoothing,
        softmax.z_loss, options.softcap, options.logit_scale, options.chunk_bytes, options.wide_sums,
        reduction.kind, reduction.on_empty == "zero", request.needs_gradients,
    )[0]  # fmt: skip
    return loss.to(softmax.dtype)


def total_of_rows(request: LinearRequest) -> Tensor:
    """Total weight of the rows, on their device."""
    softmax = request.options.softmax
    if softmax.has_labels:
        # The logits are not read.
        return total_weight(SoftmaxRequest(request.input, request.target, request.weight, softmax))
    return torch.full((), request.input.shape[0], dtype=torch.float64, device=request.input.device)


def _computed(
    arguments: tuple[Any, ...], wanted: tuple[bool, ...], upstream: Tensor | None
) -> tuple[Tensor, Gradients]:
    """Loss, and the `wanted` gradients times `upstream`, None for 1, of the arguments of an operator."""
    *tensors, mask, denominator, ignored, smoothing, z_loss, softcap, scale, chunk, wide, kind, zero = (
        arguments
    )
    input, target = tensors[0], tensors[3]
    reduction = Reduction("linear_cross_entropy", kind, denominator, "zero" if zero else "nan")
    softmax = SoftmaxOptions(reduction, torch.float32, target.ndim == 1, ignored, smoothing, z_loss)
    options = LinearOptions(softmax, softcap, scale, mask, chunk, wide)
    request = LinearRequest._make((*tensors, options))
    total = total_of_rows(request) if kind == "mean" else None
    factor = factor_of(softmax, total, input.device)
    if upstream is not None:
        factor = upstream.float() if factor is None else factor * upstream.float()
        factor = factor.contiguous()
    losses, gradients = losses_and_gradients(request, factor, wanted)
    return reduction.apply(losses, lambda: 0.0 if total is None else total, torch.float32), gradients


@torch.library.custom_op("xent::linear_cross_entropy_on_device", mutates_args=())
def _loss(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    class_mask: Tensor | None,
    denominator: Tensor | None,
    ignored: int,
    smoothing: float,
    z_loss: float,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    kind: str,
    zero_if_empty: bool,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """
    Loss and, if they are made with it, the `wanted` gradients; empty tensors for the rest.

    None stands for an argument that was not given.
    """
    arguments = (
        input, linear_weight, linear_bias, target, probs, weight, class_mask, denominator, ignored, smoothing,
        z_loss, softcap, scale, chunk_bytes, wide_sums, kind, zero_if_empty,
    )  # fmt: skip
    made = _NONE_WANTED if _is_late(kind, input) else tuple(wanted)
    loss, gradients = _computed(arguments, made, None)
    return loss, *_filled(gradients, input)


@torch.library.custom_op("xent::linear_cross_entropy_gradients_on_device", mutates_args=())
def _gradients(
    upstream: Tensor,
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    probs: Tensor | None,
    weight: Tensor | None,
    class_mask: Tensor | None,
    denominator: Tensor | None,
    ignored: int,
    smoothing: float,
    z_loss: float,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    kind: str,
    zero_if_empty: bool,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    """
    Gradients of the loss times `upstream`; empty tensors for those not `wanted`.

    None stands for an argument that was not given.
    """
    arguments = (
        input, linear_weight, linear_bias, target, probs, weight, class_mask, denominator, ignored, smoothing,
        z_loss, softcap, scale, chunk_bytes, wide_sums, kind, zero_if_empty,
    )  # fmt: skip
    return _filled(_computed(arguments, tuple(wanted), upstream)[1], input)


@_loss.register_fake
def _loss_like(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_loss` returns, for a compiler."""
    # Counted from the end of the signature of `_loss`, as all that stands between is irrelevant to shapes.
    kind, wanted = rest[-3], rest[-1]
    loss = input.new_empty(input.shape[:1] if kind == "none" else (), dtype=torch.float32)
    made = _NONE_WANTED if _is_late(kind, input) else tuple(wanted)
    return loss, *_empty_like((input, linear_weight, linear_bias), made)


@_gradients.register_fake
def _gradients_like(
    upstream: Tensor, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_gradients` returns, for a compiler."""
    del upstream
    return _empty_like((input, linear_weight, linear_bias), tuple(rest[-1]))


def _is_late(kind: str, input: Tensor) -> bool:
    """True if backward makes the gradients: it knows the factors of rows, and that which float16 needs."""
    return kind == "none" or input.dtype is torch.float16


def _empty_like(operands: tuple[Tensor, Tensor, Tensor | None], made: tuple[bool, ...]) -> tuple[Tensor, ...]:
    """Tensor without values for each gradient that is `made`, of its operand's shape; empty for the rest."""
    new = operands[0].new_empty
    return tuple(
        new(operand.shape) if flag and operand is not None else new(0)
        for operand, flag in zip(operands, made, strict=True)
    )


def _filled(found: Gradients, input: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients as an operator may return them: an empty tensor stands for None."""
    first, second, third = (input.new_empty(0) if tensor is None else tensor for tensor in found)
    return first, second, third


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    """Save what backward needs in the context `ctx`."""
    *arguments, ctx.wanted = inputs
    ctx.settings, ctx.is_late = arguments[8:], _is_late(arguments[15], arguments[0])
    # Otherwise backward would get zeros of the size of the weight for the gradients among the outputs.
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*(arguments[:8] if ctx.is_late else output[1:]))


def _backward(ctx: Any, upstream: Tensor | None, *others: Any) -> tuple[Any, ...]:
    """Gradients of the operands, made forward or computed here; None for those not wanted and the rest."""
    del others
    found: tuple[Tensor, ...] = ()
    if upstream is not None and ctx.is_late:
        found = _gradients(upstream, *ctx.saved_tensors, *ctx.settings, ctx.wanted)
    elif upstream is not None:
        found = tuple((gradient * upstream).to(gradient.dtype) for gradient in ctx.saved_tensors)
    # Without an upstream `found` is empty, and so are the pairs.
    pairs = zip(found, ctx.wanted, strict=False)
    given = tuple(gradient if wanted else None for gradient, wanted in pairs)
    # The operator has 15 arguments after the three operands, none of them differentiable.
    return (given or (None,) * 3) + (None,) * 15


_loss.register_autograd(_backward, setup_context=_save)
