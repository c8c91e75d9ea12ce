"""Common part of losses of integer labels without adjustments of the logits: weights and ignored labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.examples import Asked, Examples, numbers_like, row_factors
from xent.losses.arguments.labelled_examples import labelled_examples, weight_of_label

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

    def _labelled(self, asked: Asked, *, more_classes: int = 0) -> Examples:
        """Checked arguments, with the class weights of the labels; `more_classes` is classes minus logits."""
        examples = labelled_examples(asked, ignored_label=self.ignored_label, more_classes=more_classes)
        if self.class_weights is None:
            return examples
        xp, where, logits = examples.xp, examples.where, examples.logits
        weights = numbers_like(logits, self.class_weights, "class_weights", where=where, xp=xp)
        shape = (logits.shape[-1] + more_classes,)
        weights = row_factors(weights, "class_weights", shape, logits, asked, xp=xp)
        return examples.weighted(weight_of_label(weights, examples))
