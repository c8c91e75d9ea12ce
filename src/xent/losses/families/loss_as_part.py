"""Loss as a part of another loss: checks of its kind and of its options, and its formula."""

from __future__ import annotations

from dataclasses import fields

from xent.arrays import Formula
from xent.errors import DomainError
from xent.formulas.losses.normalized import Normalized
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as cross_entropy
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.cross_entropy.softmax_cross_entropy import SoftmaxCrossEntropy
from xent.losses.families.losses_of_logits import AbstractLossOfLogits

__all__ = ["check_has_no_options", "check_part", "formula_of_part", "is_normalized", "is_of_true_class"]

# Looked up once: `torch.compile` cannot trace `fields`.
_OPTIONS = tuple((field.name, field.default) for field in fields(AbstractLossOfLogits))


def check_part(whole: AbstractLoss, argument: str) -> None:
    """
    Raise `DomainError` if the loss in the parameter `argument` of `whole` cannot be a part.

    A part is plain cross-entropy, a loss of the true class's probability, or a normalised loss. It has no
    class weights, temperature or other parameters of `AbstractLossOfLogits` of its own, nor an array for one.
    """
    part = getattr(whole, argument)
    check_has_no_options(whole, argument)
    if (
        is_of_true_class(part)
        or is_normalized(part)
        or (isinstance(part, SoftmaxCrossEntropy) and part == SoftmaxCrossEntropy())
    ):
        return
    rule = "be plain cross-entropy, a loss of the true class's probability, or a normalised one"
    raise DomainError(type(whole).__name__, argument, rule, got=repr(part))


def formula_of_part(part: AbstractLoss) -> Formula:
    """
    Formula of logits and labels of a part that has passed `check_part`: its own, else that of
    cross-entropy.
    """
    formula: Formula = getattr(part, "formula", cross_entropy)
    return formula


def is_of_true_class(part: object) -> bool:
    """
    True if a loss has a formula that is a function of the true class's probability alone; False for
    cross-entropy.
    """
    return isinstance(getattr(part, "formula", None), FunctionOfTrueClass)


def is_normalized(part: object) -> bool:
    """
    True if a loss has a formula that is a loss of the true class over its sum over all classes; else
    False.
    """
    return isinstance(getattr(part, "formula", None), Normalized)


def check_has_no_options(whole: AbstractLoss, argument: str) -> None:
    """
    Raise `DomainError` if the loss in the parameter `argument` of `whole` has options of its own.

    These are class weights, class mask, offset, temperature, softcap and ignored label, which belong to
    `whole`, at another value than their default. Any array counts as an option; a loss that does not have
    these parameters passes.
    """
    part = getattr(whole, argument)
    if not isinstance(part, AbstractLossOfLogits):
        return
    for name, default in _OPTIONS:
        if not _is(getattr(part, name), default):
            rule = f"have no `{name}` of its own"
            hint = f"Give it to `{type(whole).__name__}`, where it counts for the whole."
            raise DomainError(type(whole).__name__, argument, rule, got=repr(part), hint=hint)


def _is(value: object, default: object) -> bool:
    """True if an option has its default value; always False for an array."""
    return value is default or (isinstance(value, (int, float)) and value == default)
