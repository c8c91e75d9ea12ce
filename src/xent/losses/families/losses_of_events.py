"""
Problems of losses with one logit for each event; several events of a row are a multi-label problem.

The classes lie along the last axis, and a masked entry is ignored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xent.arrays import Array, Formula, valid_values
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.sigmoid_cross_entropy_of_targets import sigmoid_cross_entropy_of_targets
from xent.losses.arguments.binary_examples import binary_examples
from xent.losses.arguments.class_mask import check_fits
from xent.losses.arguments.examples import Examples, Request, numbers_like
from xent.losses.arguments.logit_options import LogitOptions
from xent.losses.problem import Problem
from xent.options.label_smoothing import smoothed

__all__ = ["problem_of_events"]


def problem_of_events(
    request: Request,
    formula: Formula,
    options: LogitOptions,
    *,
    label_smoothing: Any = 0.0,
    positive_weight: Any = None,
) -> Problem:
    """
    Checked logits and targets of `request`, of one shape, with a `formula` of two masses, ready to evaluate.

    The masses of each event and its opposite are the target, smoothed by `label_smoothing` over the two, and
    its complement; the first is multiplied by `positive_weight`, and None means 1. With a `positive_weight`
    their sum is the contribution to a denominator. If `formula` is cross-entropy, without `positive_weight`
    and smoothing, one whose only data are the targets replaces it; no other formula is replaced. Of the
    `options`, class weights multiply the weights of the entries, masked entries and ignored targets have
    weight 0, and the rest adjusts the logits; an offset of ``-inf`` gives an event the probability 0. Raises
    `DTypeError` or `ShapeError` for an array that does not fit the logits, and `DomainError` for a target of
    positive weight outside [0, 1], a weight that is negative or not finite, a `positive_weight`, temperature
    or softcap that is not positive and finite, or an offset of nan or ``+inf``. Values are not checked if
    ``request.validate`` is False.
    """
    examples = binary_examples(request, ignored_label=options.ignored_label, class_mask=options.class_mask)
    factor = options.weights_of_classes(examples)
    examples = examples.weighted(None if factor is None else factor + 0 * examples.truth)
    adjusted = options.adjusted(examples, None)
    is_plain = formula == sigmoid_cross_entropy and positive_weight is None
    if is_plain and isinstance(label_smoothing, (int, float)) and label_smoothing == 0:
        return Problem(examples, sigmoid_cross_entropy_of_targets, (examples.truth,), adjusted)
    # Smoothing over two classes: the event and its opposite.
    mass_for = smoothed(examples.truth, label_smoothing, 2)
    mass_against = smoothed(1 - examples.truth, label_smoothing, 2)
    if positive_weight is not None:
        mass_for = _checked_weight(positive_weight, examples) * mass_for
        examples = replace(examples, denominator_weight=mass_for + mass_against)
    return Problem(examples, formula, (mass_for, mass_against), adjusted)


def _checked_weight(positive_weight: Any, examples: Examples) -> Array:
    """
    Factor of events `positive_weight` as an array of shape (), (K,) or that of the logits.

    Raises `DTypeError` for anything but real numbers, `ShapeError` for another shape, `DomainError` unless
    positive and finite; where values cannot be read, an invalid one becomes nan. Values are not checked if
    `validate` of the examples is False.
    """
    xp, caller = examples.xp, examples.caller
    factor = numbers_like(examples.logits, positive_weight, "positive_weight", caller=caller, xp=xp)
    if factor.ndim > 0:
        check_fits(factor, examples.logits, caller=caller, argument="positive_weight")
    if examples.validate:
        factor = valid_values(
            factor,
            lambda factor: ~(xp.isfinite(factor) & (factor > 0)),
            "be positive and finite",
            caller=caller,
            argument="positive_weight",
            xp=xp,
        )
    return factor
