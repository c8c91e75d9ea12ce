"""What a loss is like: the facts by which one is chosen, each stated here once and held to by tests."""

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
        When to take it, in a few words.
    domain : str
        What the first argument is: ``"logits"``, ``"logit"`` (one for each event), ``"cosines"`` and so on.
    truth : str
        What the second argument is: ``"labels"``, ``"targets"``, ``"events"`` and so on.
    link : str
        What turns the first argument into the model's statement, such as ``"softmax"``.
    minimum : float
        Greatest lower bound of the value.
    maximum : float
        Least upper bound of the value; ``inf`` for an unbounded loss.
    convex : bool
        Whether it is convex in the first argument.
    shift_invariant : bool
        Whether a number added to all logits of a row changes nothing; the gradient then sums to 0.
    noise_robust : bool
        Whether its values over all labels have one sum whatever the logits: then symmetric label noise does
        not move the minimum of its mean (Ghosh, Kumar, Sastry 2017, theorem 1).
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
