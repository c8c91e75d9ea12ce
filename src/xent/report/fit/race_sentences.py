"""Sentences about the race of two losses, with the numbers of the race."""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, counted, percent, trimmed
from xent.lab.descent_race import DescentCurve, Race

__all__ = ["WHY", "outcome", "pace", "race_in_one_sentence", "slope", "telling_race", "title"]

WHY = (
    "Squared error's gradient carries the factor p(1 - p), which vanishes where the model is sure and wrong; "
    "cross-entropy's is p - y, which is largest just there."
)
"""Reason for the difference between the two losses, in one sentence."""

_TITLES = {
    "zero": "From zero: every class equally likely",
    "wrong": "From sure and wrong: the fitted weights, given to the wrong classes",
}
_STARTS = {"zero": "From zero weights", "wrong": "From a start that is sure and wrong"}


def title(race: Race) -> str:
    """Heading that names the starting point of the race."""
    return _TITLES.get(race.start, f"From {race.start}")


def telling_race(races: tuple[Race, ...]) -> Race | None:
    """Race from confidently wrong weights; the last race if there is none; None if `races` is empty."""
    return next((race for race in races if race.start == "wrong"), races[-1] if races else None)


def outcome(race: Race, notation: Notation) -> str:
    """Sentence with the final classification errors of both runs."""
    ours, theirs = race.cross_entropy, race.squared_error
    steps = counted(ours.steps[-1], "step")
    return (
        f"After {steps} of length {trimmed(race.step_length, notation)} on {counted(race.rows, 'row')}, "
        f"descending cross-entropy leaves {percent(ours.error[-1])} misclassified, "
        f"descending squared error {percent(theirs.error[-1])}."
    )


def pace(race: Race) -> str:
    """Sentence with the number of steps in which each run halves its initial classification error."""
    ours, theirs = _when(race.cross_entropy), _when(race.squared_error)
    return f"The errors of the start are halved by cross-entropy {ours}, by squared error {theirs}."


def slope(race: Race, notation: Notation) -> str:
    """Sentence that compares the norms of the first gradients of both runs."""
    ours, theirs = race.cross_entropy.gradient_norm[0], race.squared_error.gradient_norm[0]
    ratio = _ratio(race)
    if ratio > 1:
        norms = f"{notation(theirs)} in norm against {notation(ours)}"
        return f"Squared error's first gradient is {notation(ratio)} times smaller ({norms})."
    return (
        f"First gradients: {notation(ours)} in norm for cross-entropy, {notation(theirs)} for squared error."
    )


def race_in_one_sentence(race: Race, notation: Notation) -> str:
    """Sentence with the results of a race and the reason for them, for a report without pictures."""
    start = _STARTS.get(race.start, f"From {race.start}")
    ours, theirs = race.cross_entropy, race.squared_error
    ratio = _ratio(race)
    whose = f", whose first gradient is {notation(ratio)} times smaller," if ratio > 1 else ""
    return (
        f"{start}, gradient descent on cross-entropy halves the errors {_when(ours)} and ends with "
        f"{percent(ours.error[-1])} misclassified; squared error{whose} halves them {_when(theirs)} "
        f"and ends with {percent(theirs.error[-1])}: its gradient carries the factor p(1 - p), which "
        "vanishes where the model is sure and wrong, while cross-entropy's is p - y, which is largest there."
    )


def _ratio(race: Race) -> float:
    """Norm of cross-entropy's first gradient over that of squared error; nan if not defined or not finite."""
    ours, theirs = race.cross_entropy.gradient_norm[0], race.squared_error.gradient_norm[0]
    ratio = ours / theirs if theirs > 0 else math.nan
    return ratio if math.isfinite(ratio) else math.nan


def _when(curve: DescentCurve) -> str:
    """Phrase with the first recorded step at which the error is at most half the initial error."""
    reached = (
        step for step, error in zip(curve.steps, curve.error, strict=True) if error <= curve.error[0] / 2
    )
    steps = next(reached, None)
    return "not at all" if steps is None else f"within {counted(steps, 'step')}"
