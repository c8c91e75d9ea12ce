"""Common part of losses that are a function of the true class's probability alone."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from xent.formulas.losses.function_of_true_class import FunctionOfTrueClass, Phi
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.families.abstract_softmax_loss import AbstractLossOfLabels

__all__ = ["AbstractLossOfTrueClass"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfTrueClass(AbstractLossOfLabels):
    """Loss that depends on the softmax probability of each label only; a subclass implements `phi`."""

    @property
    @abstractmethod
    def phi(self) -> Phi:
        """Loss as a function of the surprisal of the label."""

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Loss as a function of logits and labels."""
        return FunctionOfTrueClass(self.phi)

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        return self._of_labels(asked, self.formula)
