"""Statistics of rows from the numbers of each, and gradients in the statistics as the pass takes them."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import Pulls, RowNumbers, surprisals
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.spread_targets import SpreadNumbers

__all__ = ["RESULTS", "pulls_of", "results_of"]

# Log-probability, log-normaliser, entropy, argmax, largest log-probabilities, their classes, and cost.
RESULTS = 7


def results_of(
    numbers: RowNumbers, spread: SpreadNumbers, request: LinearRequest
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor | None, Tensor | None, Tensor | None]:
    """
    Seven results of each row: log-probability, log-normaliser, entropy, argmax, largest ones, classes, cost.

    All are (N,) but the largest log-probabilities and their classes, (N, top_k), which are None without
    `top_k`. The cost of the target, with class weights and smoothing, is None where the log-probability gives
    it. The log-probability is that of the label, 0 for an ignored row, or minus the cross-entropy of
    probabilities; a row without a softmax has the argmax -1.
    """
    softmax, top_k = request.options.softmax, request.options.top_k
    below = torch.log1p(numbers.rests)
    log_probs = 0 - surprisals(numbers)
    costs = spread.costs
    if softmax.has_labels:
        log_prob = torch.where(request.target == softmax.ignore_index, 0.0, log_probs[:, 0])
    else:
        log_prob, costs = 0 - costs[:, 0], costs[:, 1:]
    tops = slice(1, 1 + top_k)
    return (
        log_prob,
        numbers.peaks + below,
        below + numbers.mean_distances,
        numbers.tops.clone(),
        log_probs[:, tops].contiguous() if top_k else None,
        numbers.columns[:, tops].contiguous() if top_k else None,
        costs[:, 0].contiguous() if costs.shape[1] else None,
    )


def pulls_of(
    numbers: RowNumbers, spread: SpreadNumbers, upstream: tuple[Tensor | None, ...], request: LinearRequest
) -> tuple[Pulls, Tensor]:
    """
    Gradients in the statistics as the pass takes them, and in the costs of spread targets, (N, m).

    The first are those in log-normaliser, entropy and the log-probability of each column: the label, the
    largest classes, and the heads, the classes of the largest entry of each spread target. `upstream` holds
    those in log-probability, log-normaliser, entropy, largest log-probabilities and cost; None stands for 0.
    A label out of range has nan, an ignored row 0, in place of that in log-probability and cost.
    """
    zeros = torch.zeros_like(numbers.rests)
    log_prob, normaliser, entropy, tops, cost = (
        None if pull is None else pull.detach().to(zeros.dtype) for pull in upstream
    )
    columns, of_costs = torch.zeros_like(numbers.column_logits), torch.zeros_like(spread.costs)
    if not request.options.softmax.has_labels:
        if log_prob is not None:
            of_costs[:, 0] = -log_prob
    elif log_prob is not None:
        columns[:, 0] = _where_read(log_prob, numbers, request)
    if cost is not None:
        of_costs[:, -1] = _where_read(cost, numbers, request)
    if tops is not None:
        columns[:, 1 : 1 + request.options.top_k] = tops
    heads = columns[:, columns.shape[1] - spread.costs.shape[1] :]
    heads -= of_costs * spread.heads
    shared = zeros if normaliser is None else normaliser
    pulls = Pulls(
        # The rest of a target takes part in the log-normaliser alone.
        (shared + (of_costs * (spread.masses - spread.heads)).sum(1)).contiguous(),
        zeros if entropy is None else entropy.contiguous(),
        columns,
    )
    return pulls, of_costs


def _where_read(pull: Tensor, numbers: RowNumbers, request: LinearRequest) -> Tensor:
    """
    `pull` of each row, (N,), with 0 for an ignored row and nan for a label out of range.

    Beside probabilities it is unchanged.
    """
    softmax = request.options.softmax
    if not softmax.has_labels:
        return pull
    is_wrong = numbers.column_logits[:, 0].isnan()
    return torch.where(request.target != softmax.ignore_index, torch.where(is_wrong, torch.nan, pull), 0.0)
