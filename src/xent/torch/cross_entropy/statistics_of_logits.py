"""
Statistics of logits in memory by the kernels, and their gradient in one pass that overwrites a copy of them.

Second derivatives are those of the composed way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import (
    Pulls,
    RowNumbers,
    entries_of_columns,
    numbers_of,
    surprisals,
    write_gradient,
)

__all__ = ["statistics_of_logits"]

_NOTHING = (None,) * 4

Composed = Callable[[Tensor], tuple[Tensor, ...]]


def statistics_of_logits(
    rows: Tensor, labels: Tensor, top_k: int, composed: Composed, *, on_device: bool
) -> tuple[Tensor, ...]:
    """
    Log-normaliser, entropy and log-probabilities of label and largest classes, argmax, and those classes.

    Parameters
    ----------
    rows : Tensor of shape (N, C)
        Logits in 32 bits or more.
    labels : Tensor of shape (N,)
        True classes; the log-probability of one out of range is nan.
    top_k : int
        Number of largest classes.
    composed : callable
        The first three results from logits by operations alone, for second derivatives.
    on_device : bool
        True for the kernel of Triton, if it runs here; if its launch fails it raises `LaunchError`.

    Returns
    -------
    tuple of Tensor
        Of shapes (N,), (N,), (N, 1 + top_k), (N,) and (N, top_k).
    """
    found: tuple[Tensor, ...] = _Statistics.apply(rows, labels, top_k, composed, on_device)  # type: ignore[no-untyped-call]
    return found


class _Statistics(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, labels: Tensor, top_k: int, composed: Composed, on_device: bool
    ) -> tuple[Tensor, ...]:
        """
        Log-normaliser, entropy, log-probabilities of label and largest classes, argmax, and those classes.

        Their shapes are (N,), (N,), (N, 1 + top_k), (N,) and (N, top_k). Argmax and classes have no
        derivative; argmax is -1 in a row without a softmax. The log-probability of a label out of range is
        nan, that of an ignored one too: the caller passes another. `composed` returns the first three from
        logits by operations, for second derivatives. With `on_device` Triton's kernel computes, if it runs
        here; if its launch fails it raises `LaunchError`.
        """
        numbers = numbers_of(rows.contiguous(), labels, top_k, on_device=on_device)
        below = torch.log1p(numbers.rests)
        ctx.composed = composed
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(rows, *numbers)
        classes = numbers.columns[:, 1:].contiguous()
        tops = numbers.tops.clone()
        ctx.mark_non_differentiable(tops, classes)
        return numbers.peaks + below, below + numbers.mean_distances, 0 - surprisals(numbers), tops, classes

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Gradient in the logits in new memory, None without any upstream; None for all other arguments.

        `upstream` are the gradients in the five results, of which the last two are ignored. It has a graph
        while gradients are enabled.
        """
        rows, *saved = ctx.saved_tensors
        if all(pull is None for pull in upstream[:3]):
            return (None,) * 5
        if torch.is_grad_enabled():
            return _composed_gradient(ctx.composed, rows, upstream[:3]), *_NOTHING
        numbers = RowNumbers(*saved)
        of_normaliser, of_entropy, of_columns = upstream[:3]
        zeros = torch.zeros_like(numbers.rests)
        columns = torch.zeros_like(numbers.column_logits) if of_columns is None else of_columns
        pulls = Pulls(
            zeros if of_normaliser is None else of_normaliser.contiguous(),
            zeros if of_entropy is None else of_entropy.contiguous(),
            # The gradient of a row with a label out of range is nan.
            torch.where((columns != 0) & numbers.column_logits.isnan(), torch.nan, columns),
        )
        gradient = rows.clone(memory_format=torch.contiguous_format)
        write_gradient(gradient, numbers, pulls, entries_of_columns(numbers, pulls))
        return gradient, *_NOTHING


def _composed_gradient(composed: Composed, rows: Tensor, upstream: tuple[Tensor | None, ...]) -> Tensor:
    """
    Gradient in `rows` of the results of `composed`, each times its `upstream`, differentiable.

    A result whose upstream is None is left out; one at least must have an upstream.
    """
    pairs = [(one, pull) for one, pull in zip(composed(rows), upstream, strict=True) if pull is not None]
    gradient: Tensor = torch.autograd.grad(
        [one for one, _ in pairs], rows, [pull for _, pull in pairs], create_graph=True
    )[0]
    return gradient
