"""The pass on a GPU as an operator with a derivative, which a compiler keeps as one node."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.triton import factor_of, total_weight
from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.device_pass import losses_and_gradients
from xent.torch.linear_cross_entropy.loss_operators import loss_operator
from xent.torch.linear_cross_entropy.operator_arguments import flattened
from xent.torch.linear_cross_entropy.request import LinearRequest

__all__ = ["compiled_on_device", "total_of_rows"]


def compiled_on_device(request: LinearRequest) -> Tensor:
    """
    Loss in nats of a matrix of hidden states in compiled code, reduced, differentiable once in the operands.

    It is in the dtype of the request's options.
    """
    loss: Tensor = _loss(*flattened(request))[0]
    return loss.to(request.options.softmax.dtype)


def total_of_rows(request: LinearRequest) -> Tensor:
    """Total weight of the rows, of shape () and float64 on their device; a row of probabilities weighs 1."""
    softmax = request.options.softmax
    if softmax.has_labels:
        # The logits are not read.
        return total_weight(SoftmaxRequest(request.input, request.target, request.weight, softmax))
    return torch.full((), request.input.shape[0], dtype=torch.float64, device=request.input.device)


def _computed(
    request: LinearRequest, wanted: tuple[bool, ...], upstream: Tensor | None
) -> tuple[Tensor, Gradients]:
    """
    Loss in float32, reduced or one for each row, and the `wanted` gradients times `upstream`, which is None
    for 1.

    Both are computed in any case; a gradient that is not wanted is None. Raises `LaunchError` if the kernel
    cannot run here.
    """
    softmax = request.options.softmax
    total = total_of_rows(request) if softmax.reduction.kind == "mean" else None
    factor = factor_of(softmax, total, request.input.device)
    if upstream is not None:
        factor = upstream.float() if factor is None else factor * upstream.float()
        factor = factor.contiguous()
    losses, gradients = losses_and_gradients(request, factor, wanted)
    loss = softmax.reduction.apply(losses, lambda: 0.0 if total is None else total, torch.float32)
    return loss, gradients


_loss = loss_operator("linear_cross_entropy_on_device", _computed)
