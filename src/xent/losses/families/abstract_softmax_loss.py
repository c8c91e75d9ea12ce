"""Losses of the softmax of adjusted logits, of integer labels and of target distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from xent.formulas.losses.function_of_true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.logit_options import LogitOptions

__all__ = ["AbstractLossOfLabels", "AbstractLossOfTargets", "LossOfTrueClass"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfLabels(AbstractLoss):
    """
    Loss of the softmax of adjusted logits, and of an integer label for each row.

    Parameters
    ----------
    class_weights, class_mask, offset, temperature, softcap, ignored_label
        As in `LogitOptions`.
    """

    class_weights: Any = None
    class_mask: Any = None
    offset: Any = None
    temperature: Any = 1.0
    softcap: float | None = None
    ignored_label: int | None = None

    @property
    def options(self) -> LogitOptions:
        """The parameters that every such loss has, as one value."""
        return LogitOptions(
            self.class_weights,
            self.class_mask,
            self.offset,
            self.temperature,
            self.softcap,
            self.ignored_label,
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfTargets(AbstractLoss):
    """
    Loss of the softmax of adjusted logits, and of a distribution over the classes for each row.

    Parameters
    ----------
    class_weights, class_mask, offset, temperature, softcap
        As in `LogitOptions`.
    """

    class_weights: Any = None
    class_mask: Any = None
    offset: Any = None
    temperature: Any = 1.0
    softcap: float | None = None

    @property
    def options(self) -> LogitOptions:
        """The parameters that every such loss has, as one value."""
        return LogitOptions(self.class_weights, self.class_mask, self.offset, self.temperature, self.softcap)


class LossOfTrueClass(Protocol):
    """A loss of labels that is a function of the true class's probability alone."""

    @property
    def formula(self) -> FunctionOfTrueClass:
        """The loss as a function of logits and labels."""
