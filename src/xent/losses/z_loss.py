"""Squared log-normaliser added to a cross-entropy."""

from __future__ import annotations

from xent.arrays import Formula, is_number
from xent.formulas.losses.squared_log_normaliser import SquaredLogNormaliser
from xent.formulas.weighted_sum import WeightedSum

__all__ = ["with_z_loss"]


def with_z_loss(cross_entropy: Formula, factor: float) -> Formula:
    """
    Formula `cross_entropy` plus `factor` times the squared log-normaliser.

    For a factor of 0 it is `cross_entropy` itself.
    """
    if is_number(factor, 0):
        return cross_entropy
    return WeightedSum(((1.0, cross_entropy), (factor, SquaredLogNormaliser())))
