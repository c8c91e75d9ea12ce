"""Comparison of labels of ordered classes with the threshold of each logit."""

from __future__ import annotations

from xent.arrays import Array, class_indices
from xent.losses.arguments.examples import Examples

__all__ = ["answers"]


def answers(examples: Examples) -> tuple[Array, Array, Array]:
    """
    Indicators (1 or 0) that each label is above, at or below each threshold: three arrays, (..., K - 1).

    That is the shape of the logits, one for each threshold between K ordered classes; threshold k, from 0,
    lies above class k, so that a label k is "at" it and not above. All three are nan where a label, of shape
    (...), is out of range.
    """
    xp, labels = examples.xp, examples.truth[..., None]
    thresholds = class_indices(examples.logits, xp=xp)
    is_class = (labels >= 0) & (labels <= examples.logits.shape[-1])
    dtype = examples.logits.dtype
    undefined = xp.where(is_class, xp.zeros_like(examples.logits), xp.nan)
    above, equal, below = labels > thresholds, labels == thresholds, labels < thresholds
    return tuple(xp.astype(answer, dtype) + undefined for answer in (above, equal, below))
