"""Common part of losses with one logit for each event; several events of a row are a multi-label problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from xent.arrays import Array, Formula, check_values
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.binary_examples import binary_examples
from xent.losses.arguments.class_mask import check_fits
from xent.losses.arguments.examples import Asked, Examples, numbers_like
from xent.losses.families.abstract_adjusted_loss import AbstractAdjustedLoss
from xent.options.label_smoothing import smoothed

__all__ = ["AbstractSigmoidLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractSigmoidLoss(AbstractAdjustedLoss):
    """
    Loss of the sigmoid of adjusted logits, with one value for each logit.

    Parameters
    ----------
    ignored_label : number, optional
        Entries with this target are ignored: loss and gradient are 0.
    class_weights, class_mask, offset, temperature, softcap
        Options of `AbstractAdjustedLoss`; the classes lie along the last axis, and a masked entry is ignored.
    """

    ignored_label: float | None = None

    def _of_events(
        self, asked: Asked, formula: Formula, label_smoothing: float, positive_weight: Any = None
    ) -> Problem:
        """Problem of a `formula` whose data are the mass of each event and the mass of its opposite."""
        examples = binary_examples(asked, ignored_label=self.ignored_label, class_mask=self.class_mask)
        factor = self._class_weights(examples)
        examples = examples.weighted(None if factor is None else factor + 0 * examples.truth)
        # Smoothing over two classes: the event and its opposite.
        mass_for = smoothed(examples.truth, label_smoothing, 2)
        mass_against = smoothed(1 - examples.truth, label_smoothing, 2)
        if positive_weight is not None:
            mass_for = self._positive_weight(examples, positive_weight) * mass_for
            examples = replace(examples, mass=mass_for + mass_against)
        return Problem(examples, formula, (mass_for, mass_against), self._adjust(examples, None))

    def _positive_weight(self, examples: Examples, positive_weight: Any) -> Array:
        """Factor of events as a number or one for each class; raises unless positive and finite."""
        xp, where = examples.xp, examples.where
        factor = numbers_like(examples.logits, positive_weight, "positive_weight", where=where, xp=xp)
        if factor.ndim > 0:
            check_fits(factor, examples.logits, where=where, argument="positive_weight")
        if examples.validate:
            check_values(
                factor,
                lambda factor: ~(xp.isfinite(factor) & (factor > 0)),
                "be positive and finite",
                where=where,
                argument="positive_weight",
                xp=xp,
            )
        return factor
