"""Classes in descending order of their share of the loss."""

from __future__ import annotations

import math

from xent.scoring.judgement import ClassShare, Judgement

__all__ = ["class_ranking", "share_of_loss"]


def class_ranking(judgement: Judgement) -> tuple[ClassShare, ...]:
    """
    Classes in descending order of their share of the loss, unknown shares as 0; ties keep the order of the
    model.
    """
    return tuple(sorted(judgement.classes, key=lambda share: -share_of_loss(share)))


def share_of_loss(share: ClassShare) -> float:
    """
    Share of the total loss, for ranks and bars; 0 where it is nan, as all are if that loss is 0 or
    infinite.
    """
    return 0.0 if math.isnan(share.share) else share.share
