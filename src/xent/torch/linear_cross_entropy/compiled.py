"""The compiled way: the chunked pass as an operator with a derivative, which a compiler keeps as one node."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from xent.options.mean import gradient_factor, mean_of_numbers
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.chunked_pass import (
    Gradients,
    gradients,
    values,
    values_and_gradients,
)
from xent.torch.linear_cross_entropy.loss_operators import loss_operator
from xent.torch.linear_cross_entropy.operator_arguments import flattened
from xent.torch.linear_cross_entropy.request import LinearRequest, reason_not_pass, total_weight_of
from xent.torch.linear_cross_entropy.statistics import linear_statistics
from xent.torch.memory import KERNELS_RUN, NO_KERNELS, is_exported_to_onnx
from xent.torch.reduction import number_of

__all__ = ["compiled_linear", "reason_not_compiled"]


def reason_not_compiled(request: LinearRequest) -> str | None:
    """
    Reason why the call does not become the operator, as the end of a sentence; None if it does.

    It is that torch.compile does not trace the call, or ONNX's export or a transform of torch.func does, that
    a tensor is not on the CPU, that no kernel runs here, or that the pass over chunks cannot compute it: for
    an empty input or weight, a weight of more than 2 axes, a target, probabilities or class weights that
    require grad, and for some masks and scales.
    """
    if not torch.compiler.is_compiling():
        return "torch.compile does not trace the call"
    if is_exported_to_onnx():
        return "an export to ONNX traces the call, and ONNX has no such operator"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `memory`
        return "a transform of torch.func is active inside the compiled code"
    return (None if KERNELS_RUN else NO_KERNELS) or _reason_not_operands(request) or reason_not_pass(request)


def _reason_not_operands(request: LinearRequest) -> str | None:
    """
    Reason why the operator cannot take the tensors of `request` and its denominator; None if it can.

    It is that one of them is not on the CPU.
    """
    for tensor in request[:6]:
        if tensor is not None and tensor.device.type != "cpu":
            return f"a tensor is on the device {tensor.device}, and the kernels run on the CPU"
    denominator = request.options.softmax.reduction.denominator
    if isinstance(denominator, Tensor) and denominator.device.type != "cpu":
        return f"`denominator` is on the device {denominator.device}, and the kernels run on the CPU"
    return None


def compiled_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss in compiled code, reduced, or a pair of it and statistics; differentiable once, in the operands.

    A label out of range, and a row without a softmax, give nan whatever `nonfinite` says. Over a denominator
    of 0 the rule ``"raise"`` is ``"nan"``.
    """
    if request.options.return_stats:
        return linear_statistics(request)
    rows = request.as_matrix()
    loss: Tensor = _loss(*flattened(rows))[0].to(rows.options.softmax.dtype)
    return loss[0] if request.input.ndim == 1 and loss.ndim else loss


def _computed(
    request: LinearRequest, wanted: tuple[bool, ...], upstream: Tensor | None
) -> tuple[Tensor, Gradients]:
    """
    Loss in 32 bits or more, reduced as the request says, and the `wanted` gradients times `upstream`.

    An `upstream` of None stands for 1. For any other no loss is computed, and the first result is `upstream`
    itself. A gradient that is not wanted is None.
    """
    reduction = request.options.softmax.reduction
    divisor = reduction.divisor(partial(total_weight_of, request))
    factor = gradient_factor(divisor, reduction.on_empty) if reduction.kind == "mean" else 1.0
    if upstream is not None:
        return upstream, gradients(
            request, factor=upstream * factor if upstream.ndim else float(upstream) * factor, wanted=wanted
        )
    if any(wanted):
        losses, found = values_and_gradients(request, factor=factor, wanted=wanted)
    else:
        losses, found = values(request), Gradients(None, None, None)
    if reduction.kind == "none":
        return losses, found
    total = mean_of_numbers(float(losses.sum(dtype=torch.float64)), divisor, reduction.on_empty)
    return number_of(total, losses.dtype), found


_loss = loss_operator("linear_cross_entropy", _computed)
