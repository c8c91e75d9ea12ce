"""Problems of losses on cosines: scale, margin at the label, and centres of the classes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Protocol

from xent.arrays import as_arrays, nan_where, valid_values
from xent.errors import ShapeError, XentError
from xent.formulas.adjusted_by_label import AdjustedByLabel
from xent.formulas.angular_margin import AngularMargin
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.margins_at_label import CosinesWithMargin
from xent.formulas.sub_centres import OfBestCentres
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Examples, Request
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.problem import Problem

__all__ = ["LossOfCosines", "check_scale_and_centres", "examples_of_cosines", "problem_of_cosines"]


class LossOfCosines(Protocol):
    """
    Loss of labels whose first argument holds the cosines of features and class vectors, with these
    parameters.
    """

    @property
    def ignored_label(self) -> int | None:
        """Label of rows that are ignored; None ignores no row."""

    @property
    def class_weights(self) -> Any:
        """Factor of each class, of shape (K,); None means 1."""

    @property
    def scale(self) -> float:
        """Factor of the cosines, the logits of the softmax being their product."""

    @property
    def sub_centres(self) -> int:
        """Number of centres of each class, side by side on the last axis; the largest cosine counts."""


def check_scale_and_centres(loss: LossOfCosines) -> None:
    """
    Raise `DomainError` for a scale that is not positive and finite, or an invalid number of centres.

    `sub_centres` is a whole number from 1 to 2**31 - 1.
    """
    check_parameter(loss, "scale", "be positive and finite", holds=0 < loss.scale < math.inf)
    # Not `in range(...)`, which tries every number where `sub_centres` is not an int.
    count = float(loss.sub_centres)
    holds = 1 <= count < 2**31 and count == int(count)
    check_parameter(loss, "sub_centres", "be a whole number >= 1", holds=holds)


def problem_of_cosines(request: Request, loss: LossOfCosines, margin: AngularMargin) -> Problem:
    """
    Checked cosines, labels and weights, with the cross-entropy of scaled cosines, ready to evaluate.

    `request` has the cosines as logits, (..., columns): each class has `sub_centres` columns side by side,
    and its largest cosine counts. `margin` changes the cosine at the label, before the `scale` of `loss`.
    Class weights multiply the weights of the rows. Raises `DomainError` for a cosine outside [-1, 1] by more
    than the square root of epsilon, a label out of range or an invalid weight, `ShapeError` or `DTypeError`
    for arrays that do not fit. A cosine outside by less counts as -1 or 1; one outside by more gives nan if
    it cannot be read, or if ``request.validate`` is False, when no values are checked.
    """
    examples = examples_of_cosines(request, loss)
    formula = AdjustedByLabel(CosinesWithMargin(loss.scale, margin), softmax_cross_entropy)
    if loss.sub_centres == 1:
        return Problem(examples, formula, (examples.truth,))
    return Problem(examples, OfBestCentres(loss.sub_centres, formula), (examples.truth,))


def examples_of_cosines(request: Request, loss: LossOfCosines) -> Examples:
    """
    Checked cosines, labels and weights of `request`, with the class weights multiplied into the weights.

    The cosines are the logits, (..., columns); each class has `sub_centres` columns side by side. Raises
    `DTypeError` for cosines that are not real floating or labels that are no integers, `ShapeError` for
    another shape or a number of columns that is not a multiple of `sub_centres`, and `DomainError` for a
    label out of range in a row of positive weight, a weight that is negative or not finite, or a cosine
    farther outside [-1, 1] than the square root of the epsilon of their dtype as given. Such a cosine becomes
    nan if it cannot be read or values are not checked.
    """
    try:
        examples = weighted_examples(
            request,
            ignored_label=loss.ignored_label,
            class_weights=loss.class_weights,
            more_classes=_classes_beyond_columns(request, loss.sub_centres),
        )
    except XentError as error:
        error.rename({"logits": "cosines"})
        raise
    xp, cosines = examples.xp, examples.logits
    furthest = 1 + float(xp.finfo(examples.dtype).eps) ** 0.5
    if examples.validate:
        cosines = valid_values(
            cosines,
            lambda cosines: xp.abs(cosines) > furthest,
            "lie in [-1, 1]",
            caller=examples.caller,
            argument="cosines",
            xp=xp,
            hint="Divide the features and the class vectors by their norms before their product.",
        )
    else:
        cosines = nan_where(xp.abs(cosines) > furthest, cosines, xp=xp)
    return replace(examples, logits=cosines)


def _classes_beyond_columns(request: Request, sub_centres: int) -> int:
    """
    Number of classes minus number of columns, 0 or less; the columns hold `sub_centres` centres of each
    class.

    Raises `ShapeError` if the number of columns is not a multiple of `sub_centres`.
    """
    if sub_centres == 1:
        return 0
    shape = tuple(as_arrays(request.logits, caller=request.caller, names=["cosines"])[1][0].shape)
    columns = shape[-1] if shape else 0
    if columns % sub_centres:
        rule = f"have a multiple of `sub_centres={sub_centres}` columns"
        hint = "The centres of a class lie side by side: reshape (..., K, C) to (..., K * C)."
        raise ShapeError(request.caller, "cosines", rule, got=f"shape {shape}", hint=hint)
    return columns // sub_centres - columns
