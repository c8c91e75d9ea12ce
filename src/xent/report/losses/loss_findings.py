"""Facts about losses as frozen dataclasses for the renderers."""

from __future__ import annotations

from dataclasses import dataclass

from xent.losses.facts import LossFacts

__all__ = ["LossFindings", "LossList"]


@dataclass(frozen=True, kw_only=True)
class LossFindings(LossFacts):
    """
    Facts about one loss of the registry, with its name and definition.

    Parameters
    ----------
    name : str
        Name of the loss in `xent.losses`.
    definition, gradient : str
        Paragraphs **Definition.** and **Gradient.** of the docstring as plain text.
    **facts
        As in `xent.losses.facts.LossFacts`.
    """

    name: str
    definition: str
    gradient: str


@dataclass(frozen=True, slots=True)
class LossList:
    """
    List of losses for the overview.

    Parameters
    ----------
    losses : tuple of LossFindings
        Facts about each loss, in the order of the registry.
    """

    losses: tuple[LossFindings, ...]
