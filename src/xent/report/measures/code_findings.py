"""Findings of `xent code`; the names of the fields are the keys of the JSON output."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CodeFindings", "CodedSymbol"]


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
    length : int or None
        Length of the codeword in digits; None for a symbol without a codeword, of probability 0 in
        `built_for`.
    codeword : str or None
        Codeword; None for a symbol without one.
    """

    symbol: str
    built_for: float
    run_on: float
    length: int | None
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
    kraft_sum : str
        Kraft sum as an exact fraction; if it is 1, no codeword can be shortened.
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
    kraft_sum: str
