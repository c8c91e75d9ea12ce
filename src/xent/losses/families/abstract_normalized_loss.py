"""Common part of losses that are divided by the sum of their values over all classes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from xent.arrays import Array, check_values
from xent.errors import ShapeError
from xent.formulas.losses.function_of_true_class import Phi
from xent.formulas.losses.normalized import Normalized as NormalizedFormula
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.families.abstract_softmax_loss import AbstractLossOfLabels
from xent.precision.exact_logits import rounded_and_rest

__all__ = ["AbstractNormalizedLoss", "check_for_two_classes"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractNormalizedLoss(AbstractLossOfLabels):
    """Function of the true class's probability over its sum over all classes; a subclass implements `phi`."""

    @property
    @abstractmethod
    def phi(self) -> Phi:
        """Numerator as a function of the surprisal of the label."""

    @property
    def formula(self) -> NormalizedFormula:
        """Loss as a function of logits and labels."""
        return NormalizedFormula(self.phi)

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        problem = self._of_labels(asked, self.formula)
        check_for_two_classes(problem)
        return problem


def check_for_two_classes(problem: Problem) -> None:
    """
    Raise for rows with fewer than two participating classes, which would give 0 over 0.

    `ShapeError` if the logits have a single class, `DomainError` if all classes of a row but one are masked.
    """
    examples, adjusted = problem.examples, problem.adjusted
    logits = examples.logits if adjusted is None else rounded_and_rest(adjusted.logits).rounded
    hint = "With one class there is nothing to normalise by."
    if logits.shape[-1] < 2:
        got = f"shape {tuple(logits.shape)}"
        rule = "have at least two classes on its last axis"
        raise ShapeError(examples.where, "logits", rule, got=got, hint=hint)
    if not examples.validate:
        return
    xp = examples.xp

    def number(logits: Array) -> Array:
        """Number of participating classes of each row."""
        return xp.sum(xp.astype(logits > -xp.inf, logits.dtype), axis=-1)

    check_values(
        logits,
        lambda logits: (number(logits) == 1) & (True if examples.weight is None else examples.weight > 0),
        "leave at least two classes of each row unmasked",
        where=examples.where,
        argument="logits",
        xp=xp,
        hint=hint,
        show=number,
    )
