"""
The compiled way: the chunked pass as an operator with a derivative, which a compiler keeps as one node.

PyTorch derives the schema of an operator from the annotations of one flat signature, so the request is taken
apart here and put together again inside (`_request`). The two signatures repeat each other for that reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from xent.options.mean import gradient_factor, mean_of_numbers
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.chunked_pass import (
    Gradients,
    gradients,
    values,
    values_and_gradients,
)
from xent.torch.linear_cross_entropy.request import (
    LinearOptions,
    LinearRequest,
    reason_not_pass,
    total_weight_of,
)
from xent.torch.linear_cross_entropy.statistics import linear_statistics
from xent.torch.memory import KERNELS_RUN, NO_KERNELS, is_exported_to_onnx
from xent.torch.reduction import Reduction, number_of

__all__ = ["compiled_linear", "reason_not_compiled"]


def reason_not_compiled(request: LinearRequest) -> str | None:
    """Reason why the call does not become the operator; None if it does."""
    if not torch.compiler.is_compiling():
        return "torch.compile does not trace the call"
    if is_exported_to_onnx():
        return "an export to ONNX traces the call, and ONNX has no such operator"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `memory`
        return "a transform of torch.func is active inside the compiled code"
    if not KERNELS_RUN:
        return NO_KERNELS
    if isinstance(request.options.softmax.reduction.denominator, Tensor):
        return "`denominator` is a tensor, which the operator cannot read while it is traced"
    return _reason_not_operands(request) or reason_not_pass(request)


def _reason_not_operands(request: LinearRequest) -> str | None:
    """Reason why the operator cannot take the tensors; None if it can."""
    for tensor in request[:6]:
        if tensor is not None and tensor.dtype is torch.float16:
            # The gradients are made before backward knows the factor that keeps those of float16 from 0.
            return "a tensor is float16, and the operator makes gradients before their factor is known"
        if tensor is not None and tensor.device.type != "cpu":
            return f"a tensor is on the device {tensor.device}, and the kernels run on the CPU"
    return None


def compiled_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """Cross-entropy in compiled code, reduced, with statistics if requested."""
    if request.options.return_stats:
        return linear_statistics(request)
    rows = request.as_matrix()
    softmax, options = rows.options.softmax, rows.options
    reduction = softmax.reduction
    loss: Tensor = _loss(
        *rows[:6], options.class_mask, softmax.ignore_index, softmax.label_smoothing, softmax.z_loss,
        options.softcap, options.logit_scale, options.chunk_bytes, options.wide_sums, reduction.kind,
        reduction.denominator, reduction.on_empty == "zero", rows.needs_gradients,
    )[0]  # fmt: skip
    loss = loss.to(softmax.dtype)
    return loss[0] if request.input.ndim == 1 and loss.ndim else loss


def _request(
    tensors: tuple[Tensor, Tensor, Tensor | None, Tensor, Tensor | None, Tensor | None],
    class_mask: Tensor | None,
    numbers: tuple[Any, ...],
    reduction: Reduction | None = None,
) -> LinearRequest:
    """
    Request from the arguments of an operator; labels if the target has one axis.

    None stands for an argument that was not given; a `reduction` of None is that to one loss per row.
    """
    ignored, smoothing, z_loss, softcap, scale, chunk_bytes, wide_sums = numbers
    input, target = tensors[0], tensors[3]
    reduced = reduction or Reduction("linear_cross_entropy", "none")
    softmax = SoftmaxOptions(reduced, input.dtype, target.ndim == 1, ignored, smoothing, z_loss)
    options = LinearOptions(softmax, softcap, scale, class_mask, chunk_bytes, wide_sums)
    return LinearRequest(*tensors, options)


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
    """
    Loss and, if it is one number, the `wanted` gradients; empty tensors for the rest.

    None stands for an argument that was not given.
    """
    reduction = Reduction("linear_cross_entropy", kind, denominator, "zero" if zero_if_empty else "nan")
    numbers = ignored, smoothing, z_loss, softcap, scale, chunk_bytes, wide_sums
    request = _request(
        (input, linear_weight, linear_bias, target, probs, weight), class_mask, numbers, reduction
    )
    if kind == "none":
        return values(request), *_filled(Gradients(None, None, None), input)
    divisor = reduction.divisor(partial(total_weight_of, request))
    if any(wanted):
        factor = gradient_factor(divisor, reduction.on_empty)
        losses, found = values_and_gradients(request, factor=factor, wanted=tuple(wanted))
    else:
        losses, found = values(request), Gradients(None, None, None)
    total = mean_of_numbers(float(losses.sum(dtype=torch.float64)), divisor, reduction.on_empty)
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
    """
    Gradients of the losses of all rows times `upstream`; empty tensors for those not `wanted`.

    None stands for an argument that was not given.
    """
    numbers = ignored, smoothing, z_loss, softcap, scale, chunk_bytes, wide_sums
    request = _request((input, linear_weight, linear_bias, target, probs, weight), class_mask, numbers)
    return _filled(gradients(request, factor=upstream, wanted=tuple(wanted)), input)


@_loss.register_fake
def _loss_like(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Tensors of the shapes that `_loss` returns, for a compiler."""
    # Counted from the end of the signature of `_loss`, as all that stands between is irrelevant to shapes.
    kind, wanted = rest[-4], rest[-1]
    wide = torch.float64 if input.dtype is torch.float64 else torch.float32
    loss = input.new_empty(input.shape[:1] if kind == "none" else (), dtype=wide)
    made = (False,) * 3 if kind == "none" else tuple(wanted)
    first, second, third = _empty_like((input, linear_weight, linear_bias), made)
    return loss, first, second, third


@_gradients.register_fake
def _gradients_like(
    upstream: Tensor, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, *rest: Any
) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_gradients` returns, for a compiler."""
    del upstream
    return _empty_like((input, linear_weight, linear_bias), tuple(rest[-1]))


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
    *tensors, ctx.kind, _, _, ctx.wanted = inputs
    ctx.numbers = tensors[7:]
    # Otherwise backward would get zeros of the size of the weight for the gradients among the outputs.
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*(tensors[:7] if ctx.kind == "none" else output[1:]))


def _backward(ctx: Any, upstream: Tensor | None, *others: Any) -> tuple[Any, ...]:
    """Gradients of the operands, made forward or computed here; None for those not wanted and the rest."""
    del others
    found: tuple[Tensor, ...] = ()
    if upstream is not None and ctx.kind == "none":
        found = _gradients(upstream.contiguous(), *ctx.saved_tensors, *ctx.numbers, ctx.wanted)
    elif upstream is not None:
        found = tuple((gradient * upstream).to(gradient.dtype) for gradient in ctx.saved_tensors)
    # Without an upstream `found` is empty, and so are the pairs.
    pairs = zip(found, ctx.wanted, strict=False)
    given = tuple(gradient if wanted else None for gradient, wanted in pairs)
    # The operator has 15 arguments after the three operands, none of them differentiable.
    return (given or (None,) * 3) + (None,) * 15


_loss.register_autograd(_backward, setup_context=_save)
