"""What `xent code` found: the fields are the keys of its JSON."""

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
        The symbol, fit to be shown.
    built_for, run_on : float
        Its probability in the distribution that the code was built for, and in that it was run on.
    length : int or None
        Digits of its codeword; None where there is none, as it was not expected at all.
    codeword : str or None
        The codeword.
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
        The table; how the code was built.
    radix : int
        Number of different digits.
    built_for, run_on : str
        Columns of the two distributions.
    symbols : tuple of CodedSymbol
        As in the table.
    expected_length, entropy, divergence, whole_symbol_penalty : float
        The account: the first is the sum of the others.
    kraft_sum : str
        An exact fraction; where it is 1, no codeword could be shorter.
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
