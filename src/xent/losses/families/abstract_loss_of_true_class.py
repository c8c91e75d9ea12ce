"""What losses share that are a function of the true class's probability alone."""

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
    """A loss that only asks what probability the softmax gives to each label; a loss fills in its `phi`."""

    @property
    @abstractmethod
    def phi(self) -> Phi:
        """The loss as a function of the surprisal."""

    @property
    def formula(self) -> FunctionOfTrueClass:
        """The loss as a function of logits and labels."""
        return FunctionOfTrueClass(self.phi)

    def problem(self, asked: Asked) -> Problem:
        """As in `AbstractLoss`."""
        return self._of_labels(asked, self.formula)
