"""Losses of integer labels whose logits are not those of a softmax: weights, and no adjustments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.losses.abstract_loss import AbstractLoss

__all__ = ["AbstractWeightedLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractWeightedLoss(AbstractLoss):
    """
    Loss of an integer label for each row, whose logits are not those of a softmax.

    Parameters
    ----------
    ignored_label : int, optional
        Rows with this label, which need be no class, cost 0 and are not read.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0; default 1.
    """

    ignored_label: int | None = None
    class_weights: Any = None
