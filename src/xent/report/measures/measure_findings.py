"""What `xent entropy` and `xent divergence` found: the fields are the keys of their JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "Amount",
    "DivergenceFindings",
    "EntropyFindings",
    "SampleFindings",
    "SymbolContrast",
    "SymbolFrequency",
    "amount",
]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of information in both units."""

    nats: float
    bits: float


def amount(nats: float) -> Amount:
    """
    Give an amount of nats in both units.

    Examples
    --------
    >>> amount(2 * math.log(2)).bits
    2.0
    """
    return Amount(nats, nats / math.log(2))


@dataclass(frozen=True, slots=True)
class SymbolFrequency:
    """
    One symbol of a sample.

    Parameters
    ----------
    symbol : str
        The symbol, fit to be shown.
    count : int
        How often it occurs.
    share : float
        Part of all occurrences.
    surprisal_bits : float
        What its occurrence tells.
    code_bits : int
        Length of its codeword in the Huffman code.
    """

    symbol: str
    count: int
    share: float
    surprisal_bits: float
    code_bits: int


@dataclass(frozen=True, slots=True)
class EntropyFindings:
    """
    What the symbols of a file are worth.

    Parameters
    ----------
    name, unit : str
        The file, or the file and its column; what counts as a symbol.
    symbols, distinct, missing : int
        Occurrences, different symbols, and cells that were left out as missing.
    entropy : Amount
        Of the frequencies in the file, per symbol.
    perplexity : float
        Number of equally frequent symbols that would be as uncertain.
    method : str
        Estimator of the entropy of the source.
    estimate : Amount
        What it gives.
    low, high : Amount or None
        Ends of its 95 % interval for independent draws; None where the estimator has no standard error.
    huffman_bits : float
        Expected length of the best symbol code.
    fixed_bits : int
        Length of codewords that are all equally long.
    most_frequent : tuple of SymbolFrequency
        At most 20 symbols, frequent ones first.
    """

    name: str
    unit: str
    symbols: int
    distinct: int
    missing: int
    entropy: Amount
    perplexity: float
    method: str
    estimate: Amount
    low: Amount | None
    high: Amount | None
    huffman_bits: float
    fixed_bits: int
    most_frequent: tuple[SymbolFrequency, ...]


@dataclass(frozen=True, slots=True)
class SampleFindings:
    """
    One side of a comparison.

    Parameters
    ----------
    name : str
        The file, or the file and its column.
    symbols, distinct, missing : int
        Occurrences, different symbols, and cells that were left out as missing.
    entropy : Amount
        Of its frequencies.
    unseen : int
        Number of its different symbols that the other side never has.
    unseen_share : float
        Part of its occurrences that they make.
    unseen_examples : tuple of str
        The most frequent of them, at most 5.
    """

    name: str
    symbols: int
    distinct: int
    missing: int
    entropy: Amount
    unseen: int
    unseen_share: float
    unseen_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SymbolContrast:
    """
    How differently often one symbol occurs.

    Parameters
    ----------
    symbol : str
        The symbol, fit to be shown.
    a, b : float
        Its share of the occurrences on each side.
    js_bits : float
        Its part of the Jensen-Shannon divergence.
    """

    symbol: str
    a: float
    b: float
    js_bits: float


@dataclass(frozen=True, slots=True)
class DivergenceFindings:
    """
    How far the symbols of two files are apart.

    Parameters
    ----------
    unit : str
        What counts as a symbol.
    a, b : SampleFindings
        The two sides.
    kl_ab, kl_ba : Amount
        KL(a ‖ b): what symbols of a cost above their entropy if b is believed; and the reverse.
    cross_entropy_ab, cross_entropy_ba : Amount
        H(a, b): what they cost in all; and the reverse.
    js : Amount
        Jensen-Shannon divergence, at most one bit.
    contrasts : tuple of SymbolContrast
        At most 20 symbols that contribute most to it.
    """

    unit: str
    a: SampleFindings
    b: SampleFindings
    kl_ab: Amount
    kl_ba: Amount
    cross_entropy_ab: Amount
    cross_entropy_ba: Amount
    js: Amount
    contrasts: tuple[SymbolContrast, ...]
