"""
Gradients of a linear cross-entropy that can be differentiated again, by the composed way in chunks of rows.

No chunk's graph outlives its turn: forward makes the gradients chunk by chunk, and backward makes each
chunk's graph again for the derivative of its gradients. A third derivative takes all rows as one chunk.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.composed import differentiable_linear
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.reduction import Reduction

__all__ = ["differentiable_gradients"]

# Logits of a chunk: the composed way has about ten temporaries of their size.
_NUMBERS = 1 << 21
_NOTHING = (None,) * 5

Operands = tuple[Tensor, Tensor, Tensor | None]


def differentiable_gradients(
    request: LinearRequest, upstream: Tensor, factor: Tensor | float | None, wanted: tuple[bool, ...]
) -> tuple[Tensor | None, ...]:
    """
    Gradients of the three operands, None for those not `wanted`, differentiable in operands and `upstream`.

    `factor` is the derivative of the reduction in the loss of each row; None stands for 1.
    """
    scaled = upstream if factor is None else upstream * factor
    by_row = scaled.expand(request.input.shape[0])
    found: tuple[Tensor | None, ...] = _Gradients.apply(by_row, *request, wanted)  # type: ignore[no-untyped-call]
    return found


class _Gradients(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        upstream: Tensor,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        probs: Tensor | None,
        weight: Tensor | None,
        options: LinearOptions,
        wanted: tuple[bool, ...],
    ) -> tuple[Tensor | None, ...]:
        """Gradients of the operands; None stands for a tensor not given, or a gradient not wanted."""
        request = LinearRequest(input, linear_weight, linear_bias, target, probs, weight, options)
        ctx.options, ctx.wanted = options, wanted
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(upstream, *request[:6])
        sums = _Sums(request)
        for rows in _chunks(request):
            operands = _leaves(request, rows)
            found = _gradients(request, rows, operands, upstream[rows], wanted, create_graph=False)
            sums.add(rows, found)
        return sums.of_operands(wanted)

    @staticmethod
    def backward(ctx: Any, *directions: Tensor | None) -> tuple[Tensor | None, ...]:
        """Derivative of the gradients in these directions, in upstream and operands; None for the rest."""
        upstream, *tensors = ctx.saved_tensors
        request: LinearRequest = LinearRequest._make((*tensors, ctx.options))
        if torch.is_grad_enabled():
            found = _along(request, slice(None), request[:3], upstream, ctx.wanted, directions)
            return (*found, *_NOTHING)
        sums, of_upstream = _Sums(request), torch.zeros_like(upstream)
        for rows in _chunks(request):
            pulls = upstream[rows].detach().requires_grad_()
            along = (None if directions[0] is None else directions[0][rows], *directions[1:])
            first, *others = _along(request, rows, _leaves(request, rows), pulls, ctx.wanted, along)
            of_upstream[rows] = 0.0 if first is None else first
            sums.add(rows, tuple(others))
        needs = ctx.needs_input_grad
        return (of_upstream if needs[0] else None, *sums.of_operands(needs[1:4]), *_NOTHING)


def _chunks(request: LinearRequest) -> list[slice]:
    """Slices of rows."""
    rows = request.input.shape[0]
    step = max(1, _NUMBERS // max(1, request.linear_weight.shape[0]))
    return [slice(first, min(first + step, rows)) for first in range(0, rows, step)]


def _leaves(request: LinearRequest, rows: slice) -> Operands:
    """Operands of some rows, as leaves of a graph of their own."""
    input, weight, bias = request[:3]
    leaves = [one.detach().requires_grad_() for one in (input[rows], weight)]
    return leaves[0], leaves[1], None if bias is None else bias.detach().requires_grad_()


def _gradients(
    request: LinearRequest,
    rows: slice,
    operands: Operands,
    upstream: Tensor,
    wanted: tuple[bool, ...],
    *,
    create_graph: bool,
) -> tuple[Tensor | None, ...]:
    """Gradients of the losses of some rows times `upstream`; None for those not wanted."""
    softmax = request.options.softmax
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    plain = softmax._replace(reduction=Reduction(softmax.reduction.caller, "none"), dtype=dtype)
    part = LinearRequest(
        *operands,
        request.target[rows],
        None if request.probs is None else request.probs[rows],
        request.weight,
        request.options._replace(softmax=plain),
    )
    chosen = [one for one, flag in zip(operands, wanted, strict=True) if flag and one is not None]
    with torch.enable_grad():
        losses = differentiable_linear(part)
        found = iter(
            torch.autograd.grad(losses, chosen, upstream.to(losses.dtype), create_graph=create_graph)
        )
    return tuple(next(found) if flag else None for flag in wanted)


def _along(
    request: LinearRequest,
    rows: slice,
    operands: Operands,
    upstream: Tensor,
    wanted: tuple[bool, ...],
    directions: tuple[Tensor | None, ...],
) -> tuple[Tensor | None, ...]:
    """Derivative in upstream and operands of the gradients' products with `directions`; None stands for 0."""
    is_recorded = torch.is_grad_enabled()
    found = _gradients(request, rows, operands, upstream, wanted, create_graph=True)
    pairs = [
        (gradient, direction.to(gradient.dtype))
        for gradient, direction in zip(found, directions, strict=True)
        if gradient is not None and direction is not None
    ]
    variables = [one for one in (upstream, *operands) if one is not None and one.requires_grad]
    if not pairs or not variables:
        return (None,) * 4
    with torch.enable_grad():
        derivatives = torch.autograd.grad(
            [gradient for gradient, _ in pairs],
            variables,
            [direction for _, direction in pairs],
            create_graph=is_recorded,
            allow_unused=True,
        )
    by_variable = {id(one): found for one, found in zip(variables, derivatives, strict=True)}
    return tuple(None if one is None else by_variable.get(id(one)) for one in (upstream, *operands))


class _Sums:
    """
    Derivatives in the operands, summed over chunks in 32 bits or more.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    """

    def __init__(self, request: LinearRequest) -> None:
        self._operands = request[:3]
        wide = torch.promote_types(request.input.dtype, torch.float32)
        self._sums = [
            None if one is None else torch.zeros(one.shape, dtype=wide, device=one.device)
            for one in request[:3]
        ]

    def add(self, rows: slice, found: tuple[Tensor | None, ...]) -> None:
        """Add the contributions of some rows; None stands for 0."""
        for place, (total, one) in enumerate(zip(self._sums, found, strict=True)):
            if total is not None and one is not None:
                part = total[rows] if place == 0 else total
                part += one

    def of_operands(self, wanted: tuple[bool, ...]) -> tuple[Tensor | None, ...]:
        """Sums in the dtype of the operands; None for those not wanted."""
        return tuple(
            total.to(operand.dtype) if flag and total is not None and operand is not None else None
            for total, operand, flag in zip(self._sums, self._operands, wanted, strict=True)
        )
