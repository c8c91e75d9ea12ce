"""Findings of `xent code`; the names of the fields are the keys of the JSON output."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CodeComparison", "CodeFindings", "CodedSymbol", "ComparedCode"]


@dataclass(frozen=True, slots=True)
class CodedSymbol:
    """
    One symbol of a code.

    Parameters
    ----------
    symbol : str
        Symbol as printable text.
    built_for, run_on : float
        Probability of the symbol in the distribution the code was built for, and in the one it was run on.
    length : int, float or None
        Length of the codeword in digits, fractional for ideal and range codes; None for a symbol without a
        codeword, of probability 0 in `built_for`.
    codeword : str or None
        Codeword; None for a symbol without one, and in ideal and range codes.
    """

    symbol: str
    built_for: float
    run_on: float
    length: float | None
    codeword: str | None


@dataclass(frozen=True, slots=True)
class CodeFindings:
    """
    A code built for one distribution and run on another, in digits of its radix.

    Parameters
    ----------
    name, kind : str
        Name of the table; kind of the code, such as Huffman.
    radix : int
        Number of different digits.
    built_for, run_on : str
        Names of the columns with the two distributions.
    symbols : tuple of CodedSymbol
        Symbols in the order of the table.
    expected_length, entropy, divergence, whole_symbol_penalty : float
        Expected length per symbol on `run_on`, and its three summands.
    kraft_sum : str or None
        Kraft sum as an exact fraction; if it is 1, no codeword can be shortened. None without codewords.
    message : int or None
        Digits of a message, if one was given.
    words : int or None
        Symbols of the expected length that the message holds.
    """

    name: str
    kind: str
    radix: int
    built_for: str
    run_on: str
    symbols: tuple[CodedSymbol, ...]
    expected_length: float
    entropy: float
    divergence: float
    whole_symbol_penalty: float
    kraft_sum: str | None
    message: int | None = None
    words: int | None = None


@dataclass(frozen=True, slots=True)
class ComparedCode:
    """
    One code of a comparison.

    Parameters
    ----------
    name : str
        Column that the code was built for, ``"mixture"`` (of the sources) or ``"uniform"``.
    expected_lengths : tuple of float
        Expected length on each source, in digits.
    average : float
        Mean of these lengths.
    words : int or None
        Symbols of that length that the message holds; None without a message.
    """

    name: str
    expected_lengths: tuple[float, ...]
    average: float
    words: int | None


@dataclass(frozen=True, slots=True)
class CodeComparison:
    """
    Several codes run on several sources, in digits of their radix.

    Parameters
    ----------
    name, kind : str
        Name of the table; kind of the codes, such as Huffman.
    radix : int
        Number of different digits.
    message : int or None
        Digits of a message, if one was given.
    sources : tuple of str
        Names of the columns that the symbols come from.
    entropies : tuple of float
        Entropy of each source, the lower bound of every expected length on it.
    codes : tuple of ComparedCode
        Codes of the named columns, then those of the mixture and of the uniform distribution.
    best : str
        Name of the code of least average; for ties, the first.
    """

    name: str
    kind: str
    radix: int
    message: int | None
    sources: tuple[str, ...]
    entropies: tuple[float, ...]
    codes: tuple[ComparedCode, ...]
    best: str
