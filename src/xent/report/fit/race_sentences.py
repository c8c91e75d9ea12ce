"""What the race between two losses shows, in sentences that use its own numbers."""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, counted, percent, trimmed
from xent.lab.descent_race import DescentCurve, Race

__all__ = ["WHY", "outcome", "pace", "race_in_one_sentence", "slope", "telling_race", "title"]

WHY = (
    "Squared error's gradient carries the factor p(1 - p), which vanishes where the model is sure and wrong; "
    "cross-entropy's is p - y, which is largest just there."
)
"""Why the two differ, in one sentence."""

_TITLES = {
    "zero": "From zero: every class equally likely",
    "wrong": "From sure and wrong: the fitted weights, given to the wrong classes",
}
_STARTS = {"zero": "From zero weights", "wrong": "From a start that is sure and wrong"}


def title(race: Race) -> str:
    """Name the starting point."""
    return _TITLES.get(race.start, f"From {race.start}")


def telling_race(races: tuple[Race, ...]) -> Race | None:
    """Pick the race that shows the difference best: the one that begins sure and wrong, else the last."""
    return next((race for race in races if race.start == "wrong"), races[-1] if races else None)


def outcome(race: Race, notation: Notation) -> str:
    """Say where both runs ended."""
    ours, theirs = race.cross_entropy, race.squared_error
    steps = counted(ours.steps[-1], "step")
    return (
        f"After {steps} of length {trimmed(race.step_length, notation)} on {counted(race.rows, 'row')}, "
        f"descending cross-entropy leaves {percent(ours.error[-1])} misclassified, "
        f"descending squared error {percent(theirs.error[-1])}."
    )


def pace(race: Race) -> str:
    """Say how soon each run had halved the errors that it began with."""
    ours, theirs = _when(race.cross_entropy), _when(race.squared_error)
    return f"The errors of the start are halved by cross-entropy {ours}, by squared error {theirs}."


def slope(race: Race, notation: Notation) -> str:
    """Compare the first gradients of both runs."""
    ours, theirs = race.cross_entropy.gradient_norm[0], race.squared_error.gradient_norm[0]
    ratio = _ratio(race)
    if ratio > 1:
        norms = f"{notation(theirs)} in norm against {notation(ours)}"
        return f"Squared error's first gradient is {notation(ratio)} times smaller ({norms})."
    return (
        f"First gradients: {notation(ours)} in norm for cross-entropy, {notation(theirs)} for squared error."
    )


def race_in_one_sentence(race: Race, notation: Notation) -> str:
    """Say what a race shows and why, for a reader who sees no picture of it."""
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
    # Of the first gradients' norms; nan where one of them says nothing.
    ours, theirs = race.cross_entropy.gradient_norm[0], race.squared_error.gradient_norm[0]
    ratio = ours / theirs if theirs > 0 else math.nan
    return ratio if math.isfinite(ratio) else math.nan


def _when(curve: DescentCurve) -> str:
    reached = (
        step for step, error in zip(curve.steps, curve.error, strict=True) if error <= curve.error[0] / 2
    )
    steps = next(reached, None)
    return "not at all" if steps is None else f"within {counted(steps, 'step')}"
