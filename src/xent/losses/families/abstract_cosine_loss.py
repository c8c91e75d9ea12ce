"""Common part of losses on cosines: scale, margin at the label, and centres of the classes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from xent.arrays import as_arrays, check_values
from xent.errors import ShapeError
from xent.formulas.adjusted_by_label import AdjustedByLabel
from xent.formulas.angular_margin import AngularMargin
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.margins_at_label import CosinesWithMargin
from xent.formulas.sub_centres import OfBestCentres
from xent.losses.abstract_loss import AbstractLoss, check_parameter
from xent.losses.arguments.examples import Examples, Request
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.problem import Problem

__all__ = ["AbstractCosineLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractCosineLoss(AbstractLoss):
    """
    Cross-entropy of scaled cosines with a margin at the label.

    Parameters
    ----------
    ignored_label, class_weights
        Label of rows that are ignored, and factor of each class, as in `AbstractWeightedLoss`.
    sub_centres : int, default 1
        Number of centres of each class, side by side on the last axis; the centre of the largest cosine
        counts.
    """

    ignored_label: int | None = None
    class_weights: Any = None
    sub_centres: int = 1

    def _check_scale_and_centres(self, scale: float) -> None:
        """Raise `DomainError` for a scale that is not positive, or a number of centres below 1."""
        check_parameter(self, "scale", "be positive and finite", holds=0 < scale < math.inf)
        # Not `in range(...)`, which tries every number where `sub_centres` is not an int.
        holds = 1 <= self.sub_centres < 2**31 and self.sub_centres == int(self.sub_centres)
        check_parameter(self, "sub_centres", "be a whole number >= 1", holds=holds)

    def _with_margin(self, request: Request, scale: float, margin: AngularMargin) -> Problem:
        """Problem of the cross-entropy of cosines with `scale` and `margin`."""
        examples = self._cosines(request)
        formula = AdjustedByLabel(CosinesWithMargin(scale, margin), softmax_cross_entropy)
        if self.sub_centres == 1:
            return Problem(examples, formula, (examples.truth,))
        return Problem(examples, OfBestCentres(self.sub_centres, formula), (examples.truth,))

    def _cosines(self, request: Request) -> Examples:
        """Checked arguments; a cosine farther outside [-1, 1] than by rounding is replaced by nan."""
        examples = weighted_examples(
            request,
            ignored_label=self.ignored_label,
            class_weights=self.class_weights,
            more_classes=self._classes_beyond_columns(request),
        )
        xp, cosines = examples.xp, examples.logits
        furthest = 1 + float(xp.finfo(examples.dtype).eps) ** 0.5
        if examples.validate:
            check_values(
                cosines,
                lambda cosines: xp.abs(cosines) > furthest,
                "lie in [-1, 1]",
                caller=examples.caller,
                argument="cosines",
                xp=xp,
                hint="Divide the features and the class vectors by their norms before their product.",
            )
        return replace(examples, logits=xp.where(xp.abs(cosines) > furthest, xp.nan, cosines))

    def _classes_beyond_columns(self, request: Request) -> int:
        """Number of classes minus number of columns; the columns hold the centres of all classes."""
        if self.sub_centres == 1:
            return 0
        shape = tuple(as_arrays(request.logits, caller=request.caller)[1][0].shape)
        columns = shape[-1] if shape else 0
        if columns % self.sub_centres:
            rule = f"have a multiple of `sub_centres={self.sub_centres}` columns"
            hint = "The centres of a class lie side by side: reshape (..., K, C) to (..., K * C)."
            raise ShapeError(request.caller, "cosines", rule, got=f"shape {shape}", hint=hint)
        return columns // self.sub_centres - columns
