"""Facts about losses as frozen dataclasses for the renderers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LossFacts", "LossList"]


@dataclass(frozen=True, slots=True)
class LossFacts:
    """
    Facts about one loss of the registry.

    Parameters
    ----------
    name : str
        Name of the loss in `xent.losses`.
    use : str
        Purpose of the loss, in a few words.
    domain, truth, link : str
        Kind of the first argument (such as logits), kind of the second argument (such as labels), and
        function from the first argument to the model's statement (such as softmax).
    minimum, maximum : float
        Bounds of the value; infinite for an unbounded loss.
    convex : bool
        True if the loss is convex in the first argument.
    shift_invariant : bool
        True if adding a constant to all logits of a row does not change the value.
    noise_robust : bool
        True if the sum of the values over all labels does not depend on the logits.
    source : str
        Paper and equation.
    definition : str
        Paragraph **Definition.** of the docstring.
    """

    name: str
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
    definition: str


@dataclass(frozen=True, slots=True)
class LossList:
    """
    List of losses for the overview.

    Parameters
    ----------
    losses : tuple of LossFacts
        Facts about each loss, in the order of the registry.
    """

    losses: tuple[LossFacts, ...]
