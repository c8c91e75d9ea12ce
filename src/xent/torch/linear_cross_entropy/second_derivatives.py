"""
Gradients of a linear cross-entropy that can be differentiated again, by the composed way in chunks of rows.

No chunk's graph outlives its turn: forward makes the gradients chunk by chunk, and backward makes each
chunk's graph again for the derivative of its gradients. A third derivative takes all rows as one chunk, as
autograd keeps the graph of every chunk for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.differentiable import (
    differentiable_costs,
    differentiable_linear,
    differentiable_statistics,
)
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.reduction import Reduction

__all__ = ["differentiable_gradients", "differentiable_pulls", "part_of", "slices_of", "statistics_of_rows"]

# Logits of a chunk: at most a 48th of all, as the composed way has about ten temporaries of their size.
_LEAST, _MOST, _PARTS = 1 << 16, 1 << 21, 48
_NOTHING = (None,) * 5

Operands = tuple[Tensor, Tensor, Tensor | None]
# Numbers of each row of a request, of shape (N,) or (N, m).
OfRows = Callable[[LinearRequest], Tensor]


def differentiable_gradients(
    request: LinearRequest, upstream: Tensor, factor: Tensor | float | None, wanted: tuple[bool, ...]
) -> tuple[Tensor | None, ...]:
    """
    Gradients of input, weight and bias, None for those not `wanted`, differentiable in these and `upstream`.

    They are those of the loss times `upstream`, of shape () or with one entry for each row, by chunks of
    rows. `factor` is the derivative of the reduction in the loss of each row; None stands for 1.
    """
    scaled = upstream if factor is None else upstream * factor
    by_row = scaled.expand(request.input.shape[0])
    found: tuple[Tensor | None, ...] = _Gradients.apply(  # type: ignore[no-untyped-call]
        differentiable_linear, by_row, *request, wanted
    )
    return found


def differentiable_pulls(
    request: LinearRequest, pulls: tuple[Tensor | None, ...], wanted: tuple[bool, ...]
) -> tuple[Tensor | None, ...]:
    """
    Gradients of the three operands, None for those not `wanted`, differentiable in operands and `pulls`.

    `pulls` are the gradients in log-probability, log-normaliser, entropy, largest log-probabilities and cost
    of each row; None stands for 0, and one at least must be given.
    """
    used = tuple(pull is not None for pull in pulls)
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    columns = [pull.to(dtype).reshape(pull.shape[0], -1) for pull in pulls if pull is not None]
    found: tuple[Tensor | None, ...] = _Gradients.apply(  # type: ignore[no-untyped-call]
        partial(statistics_of_rows, used=used), torch.cat(columns, 1), *request, wanted
    )
    return found


def statistics_of_rows(request: LinearRequest, used: tuple[bool, ...]) -> Tensor:
    """
    Columns of the numbers of each row that are `used`, (N, m), in nats and differentiable.

    In order they are log-probability of the label (minus the cross-entropy of probabilities), log-normaliser,
    entropy, the `top_k` largest log-probabilities, and cost, which has class weights and smoothing; `used`
    has a flag for each of the five.
    """
    found = differentiable_statistics(request) if any(used[:4]) else None
    parts: list[Any] = [None] * 4
    if found is not None:
        parts = [found.log_prob, found.log_normaliser, found.entropy, found.top_log_probs]
    parts.append(differentiable_costs(request) if used[4] else None)
    rows = request.input.shape[0]
    return torch.cat([one.reshape(rows, -1) for one, flag in zip(parts, used, strict=True) if flag], 1)


class _Gradients(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        of_rows: OfRows,
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
        """
        Gradients of input, weight and bias, of the numbers that `of_rows` returns for each row times
        `upstream`.

        `of_rows` is called with the request of a chunk of rows and returns (rows,) or (rows, m) numbers, as
        `upstream` has for all rows. The gradients are sums over rows, in the dtype of the operands. None
        stands for a tensor not given, or a gradient not `wanted`.
        """
        request = LinearRequest(input, linear_weight, linear_bias, target, probs, weight, options)
        ctx.of_rows, ctx.options, ctx.wanted = of_rows, options, wanted
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(upstream, *request[:6])
        sums = _Sums(request)
        for rows in slices_of(request):
            operands = _leaves(request, rows)
            found = _gradients(of_rows, request, rows, operands, upstream[rows], wanted, create_graph=False)
            sums.add(rows, found)
        return sums.of_operands(wanted)

    @staticmethod
    def backward(ctx: Any, *directions: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Derivative of the gradients in `directions`, one for each, in upstream and operands.

        None stands for a direction of 0, and for a derivative that is not needed. While gradients are enabled
        they are computed of all rows at once and have a graph.
        """
        upstream, *tensors = ctx.saved_tensors
        request: LinearRequest = LinearRequest._make((*tensors, ctx.options))
        if torch.is_grad_enabled():
            found = _along(ctx.of_rows, request, slice(None), request[:3], upstream, ctx.wanted, directions)
            return (None, *found, *_NOTHING)
        sums, of_upstream = _Sums(request), torch.zeros_like(upstream)
        for rows in slices_of(request):
            pulls = upstream[rows].detach().requires_grad_()
            along = (None if directions[0] is None else directions[0][rows], *directions[1:])
            first, *others = _along(
                ctx.of_rows, request, rows, _leaves(request, rows), pulls, ctx.wanted, along
            )
            of_upstream[rows] = 0.0 if first is None else first
            sums.add(rows, tuple(others))
        needs = ctx.needs_input_grad[1:]
        return (None, of_upstream if needs[0] else None, *sums.of_operands(needs[1:4]), *_NOTHING)


def slices_of(request: LinearRequest) -> list[slice]:
    """Slices of rows of a chunk each, in their order, of one row or more; none if there are no rows."""
    rows, classes = request.input.shape[0], request.linear_weight.shape[0]
    numbers = min(_MOST, max(_LEAST, rows * classes // _PARTS))
    step = max(1, numbers // max(1, classes))
    return [slice(first, min(first + step, rows)) for first in range(0, rows, step)]


def part_of(request: LinearRequest, rows: slice, operands: Operands | None = None) -> LinearRequest:
    """
    Request of `rows` alone, with one loss each in 32 bits or more.

    `operands` are those of these rows; for None they are cut from `request`.
    """
    softmax = request.options.softmax
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    plain = softmax._replace(reduction=Reduction(softmax.reduction.caller, "none"), dtype=dtype)
    return LinearRequest(
        *(operands or (request.input[rows], *request[1:3])),
        request.target[rows],
        None if request.probs is None else request.probs[rows],
        request.weight,
        request.options._replace(softmax=plain),
    )


def _leaves(request: LinearRequest, rows: slice) -> Operands:
    """
    Hidden states of `rows`, weight and bias, as leaves of a graph of their own; a bias of None stays
    None.
    """
    input, weight, bias = request[:3]
    leaves = [one.detach().requires_grad_() for one in (input[rows], weight)]
    return leaves[0], leaves[1], None if bias is None else bias.detach().requires_grad_()


def _gradients(
    of_rows: OfRows,
    request: LinearRequest,
    rows: slice,
    operands: Operands,
    upstream: Tensor,
    wanted: tuple[bool, ...],
    *,
    create_graph: bool,
) -> tuple[Tensor | None, ...]:
    """
    Gradients in `operands` of the numbers that `of_rows` returns for `rows`, times `upstream`, summed.

    `request` has all rows; `of_rows` takes that of `rows` alone, with one loss a row, and returns (rows,) or
    (rows, m) numbers, as many as `upstream` has. `operands` are the hidden states of the rows, weight and
    bias; `wanted` has a flag for each, and those wanted must require grad. None stands for those not wanted.
    With `create_graph` the gradients are differentiable.
    """
    chosen = [one for one, flag in zip(operands, wanted, strict=True) if flag and one is not None]
    with torch.enable_grad():
        values = of_rows(part_of(request, rows, operands))
        found = iter(
            torch.autograd.grad(values, chosen, upstream.to(values.dtype), create_graph=create_graph)
        )
    return tuple(next(found) if flag else None for flag in wanted)


def _along(
    of_rows: OfRows,
    request: LinearRequest,
    rows: slice,
    operands: Operands,
    upstream: Tensor,
    wanted: tuple[bool, ...],
    directions: tuple[Tensor | None, ...],
) -> tuple[Tensor | None, ...]:
    """
    Derivatives in upstream, input, weight and bias of the gradients' products with `directions`, summed.

    The gradients are those in `operands`, hidden states of `rows`, weight and bias, of the numbers that
    `of_rows` returns for these rows, times `upstream`; `directions` has a tensor for each. None stands for 0,
    among the directions and in the result. While gradients are enabled the derivatives have a graph.
    """
    is_recorded = torch.is_grad_enabled()
    found = _gradients(of_rows, request, rows, operands, upstream, wanted, create_graph=True)
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
        """Add the derivatives `found` in input, weight and bias from `rows`; None stands for 0."""
        for place, (total, one) in enumerate(zip(self._sums, found, strict=True)):
            if total is not None and one is not None:
                part = total[rows] if place == 0 else total
                part += one

    def of_operands(self, wanted: tuple[bool, ...]) -> tuple[Tensor | None, ...]:
        """Sums in input, weight and bias, in the dtype of the operands; None for those not `wanted`."""
        return tuple(
            total.to(operand.dtype) if flag and total is not None and operand is not None else None
            for total, operand, flag in zip(self._sums, self._operands, wanted, strict=True)
        )
