"""Result of `corpus_perplexity`."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["CorpusPerplexity", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """
    Mean negative log-likelihood per unit of text, with a bootstrap interval.

    Parameters
    ----------
    nats, low, high : float
        Estimate and ends of the interval, in nats. The ends are nan for a single document, whose variation
        cannot be estimated.
    units : int
        Number of tokens, bytes or characters.
    """

    nats: float
    low: float
    high: float
    units: int

    @property
    def bits(self) -> float:
        """`nats` in bits per unit."""
        return self.nats / math.log(2)

    @property
    def bits_interval(self) -> tuple[float, float]:
        """Ends of the interval in bits per unit; nan where `low` and `high` are, as for a single document."""
        return self.low / math.log(2), self.high / math.log(2)

    @property
    def perplexity(self) -> float:
        """Exponential of `nats`; ``inf`` above 709.78 nats, where the exponential overflows."""
        return _exp(self.nats)

    @property
    def perplexity_interval(self) -> tuple[float, float]:
        """
        Exponentials of `low` and `high`; ``inf`` where the exponential overflows, nan where they are
        nan.
        """
        return _exp(self.low), _exp(self.high)


@dataclass(frozen=True, slots=True)
class CorpusPerplexity:
    """
    Perplexity and rates of a language model on a corpus.

    Parameters
    ----------
    per_token, per_byte, per_character : Rate or None
        Rate for each unit; None if no numbers of the unit were given. ``per_token.perplexity`` is the
        perplexity, ``per_byte.bits`` the bits per byte.
    documents : int
        Number of documents.
    level : float
        Nominal coverage of the intervals.
    """

    per_token: Rate | None
    per_byte: Rate | None
    per_character: Rate | None
    documents: int
    level: float


def _exp(nats: float) -> float:
    """Exponential; ``inf`` on overflow."""
    try:
        return math.exp(nats)
    except OverflowError:
        return math.inf
