"""Findings of `xent entropy` and `xent divergence`; the names of the fields are the keys of the JSON."""

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
    """One amount of information, in nats and in bits."""

    nats: float
    bits: float


def amount(nats: float) -> Amount:
    """
    Amount of information from its value in nats.

    Examples
    --------
    >>> amount(2 * math.log(2)).bits
    2.0
    """
    return Amount(nats, nats / math.log(2))


@dataclass(frozen=True, slots=True)
class SymbolFrequency:
    """
    Frequency of one symbol of a sample.

    Parameters
    ----------
    symbol : str
        Symbol as printable text.
    count : int
        Number of occurrences.
    share : float
        Relative frequency.
    surprisal_bits : float
        Surprisal of the relative frequency, in bits.
    code_bits : int
        Length of the symbol's codeword in the Huffman code, in bits.
    """

    symbol: str
    count: int
    share: float
    surprisal_bits: float
    code_bits: int


@dataclass(frozen=True, slots=True)
class EntropyFindings:
    """
    Entropy of the symbols of a sample.

    Parameters
    ----------
    name, unit : str
        Name of the file, or of the file and the column; unit that counts as a symbol.
    symbols, distinct, missing : int
        Numbers of occurrences, of different symbols, and of missing cells, which are ignored.
    entropy : Amount
        Entropy of the relative frequencies, per symbol.
    perplexity : float
        Number of equally frequent symbols with the same entropy.
    method : str
        Estimator of the entropy of the source.
    estimate : Amount
        Result of the estimator, per symbol.
    low, high : Amount or None
        Ends of a 95 % interval of the source's entropy for independent draws; None if none covers so often.
    no_interval : str
        Reason for which there is no interval; "" if there is one.
    huffman_bits : float
        Expected length of the Huffman code, in bits per symbol.
    fixed_bits : int
        Length of codewords of equal length, in bits.
    most_frequent : tuple of SymbolFrequency
        At most 20 symbols, in descending order of frequency.
    of_pairs, conditional : Amount or None
        Entropy of pairs of successive symbols, per pair, and of a symbol if the one before is known; None if
        pairs were not counted, or there is none.
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
    no_interval: str
    huffman_bits: float
    fixed_bits: int
    most_frequent: tuple[SymbolFrequency, ...]
    of_pairs: Amount | None = None
    conditional: Amount | None = None


@dataclass(frozen=True, slots=True)
class SampleFindings:
    """
    One sample of a comparison.

    Parameters
    ----------
    name : str
        Name of the file, or of the file and the column.
    symbols : int or None
        Number of occurrences; None for a distribution given by probabilities or fractional weights.
    distinct, missing : int
        Numbers of different symbols, and of missing cells, which are ignored.
    entropy : Amount
        Entropy of the relative frequencies.
    unseen : int
        Number of different symbols that do not occur in the other sample.
    unseen_share : float
        Share of the occurrences that are such symbols.
    unseen_examples : tuple of str
        The most frequent of these symbols, at most 5.
    """

    name: str
    symbols: int | None
    distinct: int
    missing: int
    entropy: Amount
    unseen: int
    unseen_share: float
    unseen_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SymbolContrast:
    """
    Relative frequencies of one symbol in two samples.

    Parameters
    ----------
    symbol : str
        Symbol as printable text.
    a, b : float
        Relative frequency of the symbol in each sample.
    js_bits : float
        Summand of the symbol in the Jensen-Shannon divergence, in bits.
    """

    symbol: str
    a: float
    b: float
    js_bits: float


@dataclass(frozen=True, slots=True)
class DivergenceFindings:
    """
    Divergences between the symbol frequencies of two samples.

    Parameters
    ----------
    unit : str
        Unit that counts as a symbol.
    a, b : SampleFindings
        The two samples.
    kl_ab, kl_ba : Amount
        KL(a ‖ b) and KL(b ‖ a), per symbol.
    cross_entropy_ab, cross_entropy_ba : Amount
        H(a, b) and H(b, a), per symbol.
    js : Amount
        Jensen-Shannon divergence, at most one bit.
    contrasts : tuple of SymbolContrast
        At most 20 symbols with the largest summands of `js`.
    smoothing : float
        Number added to the count of each symbol for the divergences and cross-entropies.
    one_source : float or None
        P-value of the hypothesis that both samples come from one source; None if the counts are not numbers
        of occurrences.
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
    smoothing: float = 0.0
    one_source: float | None = None
