"""What is known of a loss, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LossFacts", "LossList"]


@dataclass(frozen=True, slots=True)
class LossFacts:
    """
    One loss of the registry.

    Parameters
    ----------
    name : str
        What it is called in `xent.losses`.
    use : str
        When to take it.
    domain, truth, link : str
        What it takes, what that is measured against, and what turns the one into a statement on the other.
    minimum, maximum : float
        Its bounds; infinite where there is none.
    convex, shift_invariant, noise_robust : bool
        As in `xent.losses.character.Character`.
    source : str
        Paper and equation.
    definition : str
        The definition as its docstring states it.
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
    Some losses.

    Parameters
    ----------
    losses : tuple of LossFacts
        In the order of the registry.
    """

    losses: tuple[LossFacts, ...]
