"""Common part of losses on logits of classes, and of losses of integer labels."""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Formula
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked, Examples
from xent.losses.arguments.labelled_examples import labelled_examples, weight_of_label
from xent.losses.arguments.softmax_logits import check_softmax_logits
from xent.losses.arguments.targeted_examples import targeted_examples
from xent.losses.families.abstract_adjusted_loss import AbstractAdjustedLoss
from xent.precision.exact_logits import rounded_and_rest

__all__ = ["AbstractLossOfLabels", "AbstractSoftmaxLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractSoftmaxLoss(AbstractAdjustedLoss):
    """Loss of the softmax of adjusted logits; a masked class has the logit ``-inf``."""

    def _adjusted(self, examples: Examples) -> AdjustedLogits | None:
        """Adjusted and checked logits of `examples`; None if there is no adjustment."""
        adjusted = self._adjust(examples, self._mask(examples))
        logits = examples.logits if adjusted is None else rounded_and_rest(adjusted.logits).rounded
        check_softmax_logits(logits, examples)
        return adjusted

    def _takes_part(self, examples: Examples) -> Array:
        """Mask of the shape of the logits: True for classes that neither `class_mask` nor `offset` masks."""
        xp, logits = examples.xp, examples.logits
        mask, offset = self._mask(examples), self._offset(examples)
        takes_part = xp.ones_like(logits, dtype=xp.bool)
        if mask is not None:
            takes_part = takes_part & mask
        return takes_part if offset is None else takes_part & (offset > -xp.inf)

    def _of_targets(self, asked: Asked, formula: Formula) -> Problem:
        """Problem of a `formula` that takes targets; a row is weighted by its mean class weight too."""
        examples = targeted_examples(asked)
        class_weights = self._class_weights(examples)
        if class_weights is not None:
            examples = examples.weighted(examples.xp.sum(class_weights * examples.truth, axis=-1))
        return Problem(examples, formula, (examples.truth,), self._adjusted(examples))


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfLabels(AbstractSoftmaxLoss):
    """
    Loss of the softmax of adjusted logits and an integer label for each row.

    Parameters
    ----------
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range.
    class_weights, class_mask, offset, temperature, softcap
        Options of `AbstractAdjustedLoss`.
    """

    ignored_label: int | None = None

    def _of_labels(self, asked: Asked, formula: Formula) -> Problem:
        """Problem of a `formula` that takes labels; a row is weighted by its label's class weight too."""
        examples = labelled_examples(asked, ignored_label=self.ignored_label)
        examples = examples.weighted(self._weight_of_label(examples))
        return Problem(examples, formula, (examples.truth,), self._adjusted(examples))

    def _weight_of_label(self, examples: Examples) -> Array | None:
        """Class weight of each row's label, nan where the label is out of range; None without weights."""
        return weight_of_label(self._class_weights(examples), examples)
