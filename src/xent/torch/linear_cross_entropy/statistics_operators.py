"""
The passes of `statistics_pass.py` as an operator with a derivative, which a compiler keeps as one node.

An operator has no state, so no chunk of logits is kept for backward.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import RowNumbers
from xent.torch.linear_cross_entropy.operator_arguments import (
    PARAMETERS,
    TENSORS,
    empty_like,
    filled,
    flattened,
    returned,
    unflattened,
    wanted_of,
)
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.spread_targets import SpreadNumbers, SpreadTargets
from xent.torch.linear_cross_entropy.statistics_pass import StatisticsPass
from xent.torch.linear_cross_entropy.statistics_results import RESULTS, pulls_of, results_of

__all__ = ["compiled_statistics"]

_NUMBERS = len(RowNumbers._fields)
_OUTPUTS = RESULTS + _NUMBERS + len(SpreadNumbers._fields)
# Results without a derivative, and those that may be absent: an empty tensor stands for None.
_INTEGERS = 3, 5
_OF_TOPS, _COST = (4, 5), 6


def compiled_statistics(request: LinearRequest) -> tuple[Tensor | None, ...]:
    """
    Seven results of a matrix of hidden states in compiled code, differentiable once in the operands.

    They are log-probability, log-normaliser, entropy and argmax, (N,) each, the largest log-probabilities and
    their classes, (N, top_k), and the cost with class weights and smoothing, (N,); the last three are None if
    the request does not have them.
    """
    found: list[Tensor | None] = list(_statistics(*flattened(request))[:RESULTS])
    if request.options.top_k == 0:
        found[_OF_TOPS[0]] = found[_OF_TOPS[1]] = None
    if not SpreadTargets(request).has_own_loss:
        found[_COST] = None
    return tuple(found)


def _statistics_of(*arguments: Any) -> tuple[Tensor, ...]:
    """
    Seven results of all rows, then the numbers of the rows and of their spread targets, which backward reads.

    `arguments` are a flattened request. The results are log-probability, log-normaliser, entropy, argmax, the
    largest log-probabilities and their classes, and cost; an empty tensor stands for one that the request
    does not have.
    """
    request = unflattened(arguments)
    numbers, spread, _ = _pass(request).numbers()
    results = results_of(numbers, spread, request)
    given = (request.input.new_empty(0) if one is None else one for one in results)
    # Numbers are copied where a result may be one of them: no output may be another.
    return *given, *numbers, *spread


def _gradients_of(*arguments: Any) -> tuple[Tensor, ...]:
    """
    Gradients of input, weight and bias; empty tensors for those not wanted.

    `arguments` are five gradients, in log-probability, log-normaliser, entropy, largest log-probabilities and
    cost, empty for None; the list of numbers of rows and of spread targets that `_statistics_of` returns
    last; and the flattened request.
    """
    upstream, found, given = arguments[:5], arguments[5], arguments[6:]
    request = unflattened(given)
    pulls = tuple(None if pull.numel() == 0 else pull for pull in upstream)
    numbers, spread = RowNumbers(*found[:_NUMBERS]), SpreadNumbers(*found[_NUMBERS:])
    of_rows = pulls_of(numbers, spread, pulls, request)
    return filled(_pass(request).gradients(numbers, of_rows, wanted_of(given), None), request.input)


def _pass(request: LinearRequest) -> StatisticsPass:
    return StatisticsPass(request, keeps=False, on_device=not request.input.is_cpu)


def _statistics_like(*arguments: Any) -> tuple[Tensor, ...]:
    """
    Tensors of the shapes and dtypes of the results of the operator, seven and the numbers, for a compiler.

    They have no values. An empty tensor stands for a result that the request does not have.
    """
    request = unflattened(arguments)
    input, top_k = request.input, request.options.top_k
    rows, targets = input.shape[0], SpreadTargets(request)
    wide = torch.promote_types(input.dtype, torch.float32)

    def new(*shape: Any, dtype: torch.dtype = wide) -> Tensor:
        return input.new_empty(shape, dtype=dtype)

    integers, columns = torch.int64, 1 + top_k + targets.count
    tops = (
        [new(rows, top_k), new(rows, top_k, dtype=integers)]
        if top_k
        else [input.new_empty(0) for _ in range(2)]
    )
    cost = new(rows) if targets.has_own_loss else input.new_empty(0)
    return (
        new(rows), new(rows), new(rows), new(rows, dtype=integers), *tops, cost,
        new(rows, dtype=integers), new(rows), new(rows), new(rows), new(rows, columns, dtype=integers),
        new(rows, columns), *(new(rows, targets.count) for _ in SpreadNumbers._fields),
    )  # fmt: skip


def _gradients_like(*arguments: Any) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_gradients_of` returns, for a compiler."""
    given = arguments[6:]
    return empty_like(given, wanted_of(given))


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    """
    Save the tensors of the flattened request `inputs` and the numbers among `output` in the context `ctx`.

    The other arguments of the request are kept as ``ctx.settings``, the wanted gradients as ``ctx.wanted``.
    """
    ctx.settings, ctx.wanted = inputs[TENSORS:], wanted_of(inputs)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*inputs[:TENSORS], *output[RESULTS:])


def _backward(ctx: Any, *upstream: Tensor | None) -> tuple[Any, ...]:
    """
    Gradients of input, weight and bias from `upstream`, those in the seven results and in the numbers.

    Those in the numbers, argmax and classes are not read, and None stands for 0. The result is None for
    gradients not wanted and for all other arguments.
    """
    tensors, found = ctx.saved_tensors[:TENSORS], ctx.saved_tensors[TENSORS:]
    pulls = [
        tensors[0].new_empty(0) if one is None else one.contiguous()
        for place, one in enumerate(upstream[:RESULTS])
        if place not in _INTEGERS
    ]
    gradients = _gradients(*pulls, list(found), *tensors, *ctx.settings)
    return returned(gradients, ctx.wanted, TENSORS + len(ctx.settings))


_statistics: Any = torch.library.custom_op(
    "xent::linear_softmax_statistics",
    _statistics_of,
    mutates_args=(),
    schema=f"({PARAMETERS}) -> ({', '.join(['Tensor'] * _OUTPUTS)})",
)
_gradients: Any = torch.library.custom_op(
    "xent::linear_softmax_statistics_gradients",
    _gradients_of,
    mutates_args=(),
    schema=(
        "(Tensor of_log_prob, Tensor of_normaliser, Tensor of_entropy, Tensor of_tops, Tensor of_cost, "
        f"Tensor[] numbers, {PARAMETERS}) -> (Tensor, Tensor, Tensor)"
    ),
)
_statistics.register_fake(_statistics_like)
_gradients.register_fake(_gradients_like)
_statistics.register_autograd(_backward, setup_context=_save)
