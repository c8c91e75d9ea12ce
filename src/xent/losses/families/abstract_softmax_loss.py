"""What losses on logits of classes share, and those of integer labels."""

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
    """A loss of the softmax of adjusted logits; a class that is masked has the logit ``-inf``."""

    def _adjusted(self, examples: Examples) -> AdjustedLogits | None:
        """The logits of `examples`, adjusted and checked; None where there is nothing to adjust."""
        adjusted = self._adjust(examples, self._mask(examples))
        logits = examples.logits if adjusted is None else rounded_and_rest(adjusted.logits).rounded
        check_softmax_logits(logits, examples)
        return adjusted

    def _takes_part(self, examples: Examples) -> Array:
        """Whether each class of each row takes part, by mask and offset; of the shape of the logits."""
        xp, logits = examples.xp, examples.logits
        mask, offset = self._mask(examples), self._offset(examples)
        takes_part = xp.ones_like(logits, dtype=xp.bool)
        if mask is not None:
            takes_part = takes_part & mask
        return takes_part if offset is None else takes_part & (offset > -xp.inf)

    def _of_targets(self, asked: Asked, formula: Formula) -> Problem:
        """The problem of a `formula` that takes targets, weighted by what their classes weigh in the mean."""
        examples = targeted_examples(asked)
        class_weights = self._class_weights(examples)
        if class_weights is not None:
            examples = examples.weighted(examples.xp.sum(class_weights * examples.truth, axis=-1))
        return Problem(examples, formula, (examples.truth,), self._adjusted(examples))


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfLabels(AbstractSoftmaxLoss):
    """
    A loss of the softmax of adjusted logits, and of an integer label for each row.

    Parameters
    ----------
    ignored_label : int, optional
        Rows with this label, which need be no class, cost 0 and are not read.
    class_weights, class_mask, offset, temperature, softcap
        As for every loss on logits of classes.
    """

    ignored_label: int | None = None

    def _of_labels(self, asked: Asked, formula: Formula) -> Problem:
        """The problem of a `formula` that takes labels, weighted by their classes."""
        examples = labelled_examples(asked, ignored_label=self.ignored_label)
        examples = examples.weighted(self._weight_of_label(examples))
        return Problem(examples, formula, (examples.truth,), self._adjusted(examples))

    def _weight_of_label(self, examples: Examples) -> Array | None:
        """The class weight of each row's label; nan where that is no class."""
        return weight_of_label(self._class_weights(examples), examples)
