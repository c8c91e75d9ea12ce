"""
Statistics of the composed way in chunks of rows, so that a chunk of logits is all that is materialised.

Forward keeps no graph; backward makes the graph of each chunk again, also for second derivatives.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.differentiable import differentiable_costs, differentiable_statistics
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.linear_cross_entropy.second_derivatives import differentiable_pulls, part_of, slices_of
from xent.torch.linear_cross_entropy.spread_targets import SpreadTargets

__all__ = ["statistics_by_operations"]

# Results without a derivative: the argmax, and the classes of the largest log-probabilities.
_INTEGERS = 3, 5


def statistics_by_operations(request: LinearRequest) -> tuple[Tensor | None, ...]:
    """
    Seven results of a matrix of hidden states, (N,) each, by operations of PyTorch on chunks of rows.

    They are log-probability, log-normaliser, entropy, argmax, the largest log-probabilities and their
    classes, (N, top_k) or None, and the cost, None where the log-probability gives it. All but argmax and
    classes are differentiable any number of times in the operands.
    """
    found: tuple[Tensor | None, ...] = _ByChunks.apply(*request, request.needs_gradients)  # type: ignore[no-untyped-call]
    return found


class _ByChunks(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        probs: Tensor | None,
        weight: Tensor | None,
        options: LinearOptions,
        wanted: tuple[bool, bool, bool],
    ) -> tuple[Tensor | None, ...]:
        """
        Seven results of each row: log-probability, log-normaliser, entropy, argmax, largest ones, classes,
        cost.

        The largest log-probabilities and their classes, (N, top_k), are None for a `top_k` of 0. The cost,
        which has class weights and smoothing, is None where the log-probability gives it: without smoothing,
        for labels and for probabilities without class weights. Argmax and classes have no derivative. Tensors
        and `options` are those of a `LinearRequest`; `wanted` has a flag for input, weight and bias.
        """
        tensors = input, linear_weight, linear_bias, target, probs, weight
        request = LinearRequest(*tensors, options)
        has_own_loss = SpreadTargets(request).has_own_loss
        parts = [_results(part_of(request, rows), has_own_loss=has_own_loss) for rows in slices_of(request)]
        results = [None if column[0] is None else torch.cat(column) for column in zip(*parts, strict=True)]
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(*(results[place] for place in _INTEGERS if results[place] is not None))
        ctx.options, ctx.wanted = options, wanted
        if any(wanted):
            ctx.save_for_backward(*tensors)
        return tuple(results)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias, differentiable; None for those not wanted and for all other
        arguments.

        `upstream` are the gradients in the seven results; None stands for 0, and if all but those of argmax
        and classes are None, all gradients are None.
        """
        pulls = tuple(one for place, one in enumerate(upstream) if place not in _INTEGERS)
        if all(pull is None for pull in pulls):
            return (None,) * 8
        request: LinearRequest = LinearRequest._make((*ctx.saved_tensors, ctx.options))
        return (*differentiable_pulls(request, pulls, ctx.wanted), *(None,) * 5)


def _results(request: LinearRequest, *, has_own_loss: bool) -> tuple[Any, ...]:
    """
    The six statistics of each row of `request`, and its cost, None unless `has_own_loss`.

    Without it the log-probability gives the cost.
    """
    found = differentiable_statistics(request)
    return (*found[:6], differentiable_costs(request) if has_own_loss else None)
