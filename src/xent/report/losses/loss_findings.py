"""Facts about losses, ready to be shown."""

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
    definition : str
        Definition as the docstring of the loss states it.
    **facts
        As in `xent.losses.facts.LossFacts`.
    """

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class LossList:
    """
    Some losses.

    Parameters
    ----------
    losses : tuple of LossFindings
        In the order of the registry.
    """

    losses: tuple[LossFindings, ...]
