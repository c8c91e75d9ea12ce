"""Precision and recall of each class, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xent.scoring.estimate import Estimate
from xent.scoring.wilson import wilson_interval

__all__ = ["PrecisionRecall", "precision_recall"]


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """
    Precision and recall of one class.

    Parameters
    ----------
    label : str
        Name of the class.
    precision : Estimate
        Share of the rows predicted to be of the class that are; the value is nan if there are none.
    recall : Estimate
        Share of the rows of the class that are predicted to be; the value is nan if there are none.
    """

    label: str
    precision: Estimate
    recall: Estimate


def precision_recall(
    confusion: Sequence[Sequence[int]], classes: Sequence[str]
) -> tuple[PrecisionRecall, ...]:
    """
    Precision and recall of each class, from counts by true class (outer) and predicted class (inner).

    Examples
    --------
    >>> (no, yes) = precision_recall([[8, 2], [1, 3]], ["no", "yes"])
    >>> round(yes.precision.value, 4), yes.recall.value
    (0.6, 0.75)
    """
    predicted = [sum(column) for column in zip(*confusion, strict=True)]
    return tuple(
        PrecisionRecall(
            label,
            wilson_interval(confusion[k][k], predicted[k]),
            wilson_interval(confusion[k][k], sum(confusion[k])),
        )
        for k, label in enumerate(classes)
    )
