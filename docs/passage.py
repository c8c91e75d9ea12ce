"""A passage that docstrings of losses share, and the facts that decide which ones a loss has."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["LossKind", "Passage", "opening_of"]


@dataclass(frozen=True)
class LossKind:
    """
    Facts about a loss that decide which passages it has.

    Parameters
    ----------
    domain, truth, link, minimum
        As in `LossFacts`.
    options : frozenset of str
        Names of its parameters.
    """

    domain: str
    truth: str
    link: str
    minimum: float
    options: frozenset[str]


@dataclass(frozen=True)
class Passage:
    """
    One entry of a docstring.

    Parameters
    ----------
    head : str
        Its first line: the name, and the type after a colon.
    text : str
        The text below; it is recognised by its opening, the words before its first punctuation.
    """

    head: str
    text: str

    @property
    def names(self) -> str:
        """The name, or names, that the entry is about."""
        return self.head.partition(" : ")[0]

    @property
    def opening(self) -> str:
        """The words by which an entry is recognised as the passage."""
        return opening_of(self.text)


def opening_of(text: str) -> str:
    """The words of a text before its first punctuation."""
    return re.split(r"[;:.,]", text, maxsplit=1)[0]
