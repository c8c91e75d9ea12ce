"""Sentence about the race of two losses, with the numbers of the race."""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, counted, percent
from xent.lab.descent_race import DescentCurve, Race

__all__ = ["race_in_one_sentence", "telling_race"]

_STARTS = {"zero": "zero weights", "wrong": "a start that is sure and wrong"}
# Runs whose last errors differ by at most a point, and whose paces by at most a factor, are a tie.
_SAME_ERROR = 0.01
_SAME_PACE = 2.0


def telling_race(races: tuple[Race, ...]) -> Race | None:
    """
    Race from confidently wrong weights; the last race if there is none; None without races or in a tie.

    In a tie the last errors of both runs, shares of rows, differ by at most 0.01, and either both halve the
    errors, the later at most in twice the steps of the earlier, or neither does.
    """
    race = next((race for race in races if race.start == "wrong"), races[-1] if races else None)
    return None if race is None or _is_tie(race) else race


def race_in_one_sentence(race: Race, notation: Notation) -> str:
    """
    Sentence with the steps of both runs to half of the first error, and their last errors as per cents.

    A run that never halves it is said to do so "not at all". The sentence also has the norm of
    cross-entropy's first gradient over that of squared error if that is finite and above 1. `notation` writes
    that number.
    """
    start = _STARTS.get(race.start, race.start)
    ours, theirs = race.cross_entropy, race.squared_error
    ratio = _ratio(race)
    whose = f", whose first gradient is {notation(ratio)} times smaller," if ratio > 1 else ""
    return (
        f"{counted(ours.steps[-1], 'step')} of gradient descent from {start}: cross-entropy halves the "
        f"errors {_when(ours)} and ends with {percent(ours.error[-1])} misclassified; squared error{whose} "
        f"halves them {_when(theirs)} and ends with {percent(theirs.error[-1])}."
    )


def _is_tie(race: Race) -> bool:
    """
    True if both losses end with errors within 0.01 of each other and halve them at about the same step.

    The later step is then at most twice the earlier. If neither loss halves its error, the errors alone
    decide; if only one does, they are no tie.
    """
    ours, theirs = race.cross_entropy, race.squared_error
    alike = abs(ours.error[-1] - theirs.error[-1]) <= _SAME_ERROR
    first, second = _halved(ours), _halved(theirs)
    if first is None or second is None:
        return alike and first is second
    slow, fast = max(first, second), max(1, min(first, second))
    return alike and slow <= _SAME_PACE * fast


def _ratio(race: Race) -> float:
    """
    Norm of cross-entropy's first gradient over that of squared error; nan if it is not finite or divides by
    0.
    """
    ours, theirs = race.cross_entropy.gradient_norm[0], race.squared_error.gradient_norm[0]
    ratio = ours / theirs if theirs > 0 else math.nan
    return ratio if math.isfinite(ratio) else math.nan


def _halved(curve: DescentCurve) -> int | None:
    """First recorded step at which the error is at most half the initial error; None if there is none."""
    reached = (
        step for step, error in zip(curve.steps, curve.error, strict=True) if error <= curve.error[0] / 2
    )
    return next(reached, None)


def _when(curve: DescentCurve) -> str:
    steps = _halved(curve)
    return "not at all" if steps is None else f"within {counted(steps, 'step')}"
