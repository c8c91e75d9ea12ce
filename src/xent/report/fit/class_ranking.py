"""Classes by what they cost, most expensive first."""

from __future__ import annotations

import math

from xent.scoring.judgement import ClassShare, Judgement

__all__ = ["class_ranking", "share_of_loss"]


def class_ranking(judgement: Judgement) -> tuple[ClassShare, ...]:
    """Give the classes by falling share of the loss; ties stay in the order of the model."""
    return tuple(sorted(judgement.classes, key=lambda share: -share_of_loss(share)))


def share_of_loss(share: ClassShare) -> float:
    """Give the share of the whole loss; 0 where it is not defined, as for a class that is not held out."""
    return 0.0 if math.isnan(share.share) else share.share
