"""Losses of integer labels without adjustments of the logits: weights and ignored labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.losses.abstract_loss import AbstractLoss

__all__ = ["AbstractWeightedLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractWeightedLoss(AbstractLoss):
    """
    Loss of an integer label for each row, whose logits are not those of a plain softmax.

    Parameters
    ----------
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0; default 1.
    """

    ignored_label: int | None = None
    class_weights: Any = None
