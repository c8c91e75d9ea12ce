"""Facts about a loss by which it is chosen, stated once and verified by tests."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Character"]


@dataclass(frozen=True)
class Character:
    """
    Facts about a loss with its default parameters.

    Parameters
    ----------
    use : str
        Purpose of the loss, in a few words.
    domain : str
        Kind of the first argument: ``"logits"``, ``"logit"`` (one for each event), ``"cosines"`` and so on.
    truth : str
        Kind of the second argument: ``"labels"``, ``"targets"``, ``"events"`` and so on.
    link : str
        Function that maps the first argument to the model's prediction, such as ``"softmax"``.
    minimum : float
        Greatest lower bound of the value.
    maximum : float
        Least upper bound of the value; ``inf`` for an unbounded loss.
    convex : bool
        True if the loss is convex in the first argument.
    shift_invariant : bool
        True if a constant added to all logits of a row does not change the loss; the gradient then sums to 0.
    noise_robust : bool
        True if the sum of the values over all labels does not depend on the logits: symmetric label noise
        then does not move the minimum of the mean loss (Ghosh, Kumar, Sastry 2017, theorem 1).
    source : str
        Paper and equation.
    """

    use: str
    domain: str
    truth: str
    link: str
    minimum: float
    maximum: float
    convex: bool
    shift_invariant: bool
    noise_robust: bool
    source: str
