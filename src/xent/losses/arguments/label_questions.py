"""What a label of ordered classes answers to the question of each threshold: is the class above it?"""

from __future__ import annotations

from xent.arrays import Array, class_indices
from xent.losses.arguments.examples import Examples

__all__ = ["answers"]


def answers(examples: Examples) -> tuple[Array, Array, Array]:
    """
    Whether each label lies above, at or below each threshold ``0 .. K-2``, as numbers 1 and 0.

    All are nan where a label is no class.
    """
    xp, labels = examples.xp, examples.truth[..., None]
    thresholds = class_indices(examples.logits, xp=xp)
    is_class = (labels >= 0) & (labels <= examples.logits.shape[-1])
    dtype = examples.logits.dtype
    undefined = xp.where(is_class, xp.zeros_like(examples.logits), xp.nan)
    above, equal, below = labels > thresholds, labels == thresholds, labels < thresholds
    return tuple(xp.astype(answer, dtype) + undefined for answer in (above, equal, below))
