"""Loss of a linear cross-entropy as a function of the statistics of its rows."""

from __future__ import annotations

from torch import Tensor

from xent.torch.cross_entropy.statistics import SoftmaxStatistics, loss_of_costs, loss_of_statistics
from xent.torch.linear_cross_entropy.request import LinearRequest, dense_shape

__all__ = ["reduced_loss"]


def reduced_loss(statistics: SoftmaxStatistics, costs: Tensor | None, request: LinearRequest) -> Tensor:
    """
    Loss of the rows, reduced, from their `statistics` and `costs`, (N,), with z-loss; ignored rows cost 0.

    `costs` have class weights and smoothing already. For None a row costs minus its log-probability, for
    labels times the class weight, and 0 for a weight of 0 even if the probability is 0. The loss has the
    dtype of the request's options. A mean of denominator 0 raises `DomainError` under the rule ``"raise"``,
    where the denominator can be read.
    """
    softmax, truth = request.options.softmax, dense_shape(request)
    if costs is None and softmax.has_labels:
        return loss_of_statistics(statistics, truth, request.weight, softmax)
    costs = 0 - statistics.log_prob if costs is None else costs
    return loss_of_costs(costs, statistics, truth, request.weight, softmax)
