"""Statistics of rows from the numbers of each, and gradients in the statistics as the pass takes them."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import Pulls, RowNumbers, surprisals

__all__ = ["pulls_of", "results_of"]


def results_of(
    numbers: RowNumbers, target: Tensor, ignored: int, *, top_k: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    """Statistics from the numbers of each row, in the order of `SoftmaxStatistics`; None without `top_k`."""
    below = torch.log1p(numbers.rests)
    log_probs = 0 - surprisals(numbers)
    return (
        torch.where(target == ignored, 0.0, log_probs[:, 0]),
        numbers.peaks + below,
        below + numbers.mean_distances,
        numbers.tops.clone(),
        log_probs[:, 1:].contiguous() if top_k else None,
        numbers.columns[:, 1:].contiguous() if top_k else None,
    )


def pulls_of(numbers: RowNumbers, upstream: tuple[Tensor | None, ...], target: Tensor, ignored: int) -> Pulls:
    """
    Gradients in the statistics as the pass takes them; None stands for 0.

    `upstream` is that of log-probability, log-normaliser, entropy and the largest log-probabilities.
    """
    zeros = torch.zeros_like(numbers.rests)
    dtype = zeros.dtype
    log_prob, normaliser, entropy, tops = (
        None if pull is None else pull.detach().to(dtype) for pull in upstream
    )
    columns = torch.zeros_like(numbers.column_logits)
    if log_prob is not None:
        is_read = target != ignored
        # A label out of range, whose logit is nan here, makes the gradient of its row nan.
        is_wrong = is_read & numbers.column_logits[:, 0].isnan()
        columns[:, 0] = torch.where(is_read, torch.where(is_wrong, torch.nan, log_prob), 0.0)
    if tops is not None:
        columns[:, 1:] = tops
    return Pulls(
        zeros if normaliser is None else normaliser.contiguous(),
        zeros if entropy is None else entropy.contiguous(),
        columns,
    )
