"""Losses of the softmax of adjusted logits, of labels and of target distributions, and their problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from xent.arrays import Array, Formula, valid_values
from xent.errors import ShapeError
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.examples import Request
from xent.losses.arguments.labelled_examples import labelled_examples, weight_of_label
from xent.losses.arguments.logit_options import LogitOptions
from xent.losses.arguments.targeted_examples import targeted_examples
from xent.losses.problem import Problem
from xent.precision.exact_difference import high_and_low

__all__ = [
    "AbstractLossOfLogits",
    "AbstractLossOfTargets",
    "LossOfTrueClass",
    "of_two_classes",
    "problem_of_labels",
    "problem_of_normalized",
    "problem_of_targets",
]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractLossOfLogits(AbstractLoss):
    """
    Loss of adjusted logits: of the softmax of a row and its label, or of the sigmoid of each and its event.

    Parameters
    ----------
    class_weights, class_mask, offset, temperature, softcap
        As in `LogitOptions`.
    ignored_label : number, optional
        Rows with this label, or events with this target, are ignored: loss and gradient are 0. None ignores
        none.
    """

    class_weights: Any = None
    class_mask: Any = None
    offset: Any = None
    temperature: Any = 1.0
    softcap: float | None = None
    ignored_label: float | None = None

    @property
    def options(self) -> LogitOptions:
        """The options of this loss that all losses of logits share, from its parameters."""
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
    Loss of the softmax of adjusted logits and a distribution over the classes for each row.

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
        """
        The options of this loss that all losses of logits share, from its parameters; no label is
        ignored.
        """
        return LogitOptions(self.class_weights, self.class_mask, self.offset, self.temperature, self.softcap)


class LossOfTrueClass(Protocol):
    """A loss of labels that is a function of the true class's probability alone."""

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels."""


def problem_of_labels(request: Request, formula: Formula, options: LogitOptions) -> Problem:
    """
    Problem of a `formula` that takes labels; a row is weighted by its label's class weight too.

    Raises `DTypeError` or `ShapeError` for an array that does not fit the logits, and `DomainError` for a
    label out of range in a row of positive weight, a weight that is negative or not finite, a row of adjusted
    logits with ``+inf`` or only ``-inf``, or an invalid option. Values are not checked if
    ``request.validate`` is False.
    """
    examples = labelled_examples(request, ignored_label=options.ignored_label)
    if options.class_weights is not None:
        examples = examples.weighted(weight_of_label(options.weights_of_classes(examples), examples))
    return Problem(examples, formula, (examples.truth,), options.adjusted_softmax(examples))


def problem_of_targets(request: Request, formula: Formula, options: LogitOptions) -> Problem:
    """
    Checked logits and targets, (..., K) each, and weights of `request`, with a `formula` of both.

    A row's weight is multiplied by its sum of class weight times target, and the logits are adjusted, both by
    the `options`. Raises `DTypeError` or `ShapeError` for an array that does not fit the logits, and
    `DomainError` for a negative target or another sum than 1 in a row of positive weight, a weight that is
    negative or not finite, a row of adjusted logits with ``+inf`` or only ``-inf``, or an invalid option.
    Values are not checked if ``request.validate`` is False.
    """
    examples = targeted_examples(request)
    class_weights = options.weights_of_classes(examples)
    if class_weights is not None:
        examples = examples.weighted(examples.xp.sum(class_weights * examples.truth, axis=-1))
    return Problem(examples, formula, (examples.truth,), options.adjusted_softmax(examples))


def problem_of_normalized(request: Request, formula: Formula, options: LogitOptions) -> Problem:
    """
    `problem_of_labels` of a `formula` that divides by a sum over all classes.

    Raises also `ShapeError` for a single class, and `DomainError` if all classes but one of a row of positive
    weight are masked.
    """
    return of_two_classes(problem_of_labels(request, formula, options))


def of_two_classes(problem: Problem) -> Problem:
    """
    `problem` itself unless a row has a single participating class, which would give 0 over 0.

    A class participates if its adjusted logit is above ``-inf``. Raises `ShapeError` if the logits have a
    single class, `DomainError` if all classes of a row of positive weight but one are masked; where logits
    cannot be read, the weight of such a row becomes nan. With `validate` False rows are not looked at.
    """
    examples, adjusted = problem.examples, problem.adjusted
    logits = examples.logits if adjusted is None else high_and_low(adjusted.logits).rounded
    hint = "With one class there is nothing to normalise by."
    if logits.shape[-1] < 2:
        got = f"shape {tuple(logits.shape)}"
        rule = "have at least two classes on its last axis"
        raise ShapeError(examples.caller, "logits", rule, got=got, hint=hint)
    if not examples.validate:
        return problem
    xp = examples.xp

    def number(logits: Array) -> Array:
        """Number of participating classes of each row."""
        return xp.sum(xp.astype(logits > -xp.inf, logits.dtype), axis=-1)

    ones = xp.ones_like(logits[..., 0])
    factor = valid_values(
        ones,
        lambda _: (number(logits) == 1) & (True if examples.weight is None else examples.weight > 0),
        "leave at least two classes of each row unmasked",
        caller=examples.caller,
        argument="logits",
        xp=xp,
        hint=hint,
        show=lambda _: number(logits),
    )
    return problem if factor is ones else problem._replace(examples=examples.weighted(factor))
