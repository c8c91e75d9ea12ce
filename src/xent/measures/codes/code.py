"""Prefix-free codes: a codeword for each symbol, none of them a prefix of another."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, final

from xent.arrays import checked_integer
from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.codes.exact_distribution import exact_distribution

__all__ = ["DIGITS", "Code", "canonical_code", "check_radix", "in_digits", "kraft_sum"]

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""Digits of codewords; the number of digits is the largest radix."""


@final
@dataclass(frozen=True)
class Code:
    """
    Codewords over the digits of a radix, one for each symbol; lengths in digits (bits for radix 2).

    Parameters
    ----------
    lengths : tuple of int or None
        Length of each codeword in digits; None for a symbol without a codeword, of probability 0.
    codewords : tuple of str or None
        Codeword of each symbol, or None. No codeword is a prefix of another.
    radix : int
        Number of different digits, 2 to 36.

    Notes
    -----
    `canonical_code` constructs a code from lengths. The constructor itself checks nothing; `is_prefix_free`
    tells if the codewords are prefix-free.

    Examples
    --------
    >>> code = canonical_code([1, 2, 2])
    >>> code.codewords, code.kraft_sum, code.expected_length([0.5, 0.25, 0.25])
    (('0', '10', '11'), Fraction(1, 1), 1.5)
    """

    lengths: tuple[int | None, ...]
    codewords: tuple[str | None, ...]
    radix: int = 2

    @property
    def kraft_sum(self) -> Fraction:
        """
        Exact sum of ``radix ** -length`` over the codewords.

        The sum is at most 1 for a prefix-free code; if it is 1, no codeword can be shortened.
        """
        return kraft_sum(self.lengths, self.radix)

    @property
    def is_prefix_free(self) -> bool:
        """True if no codeword is a prefix of another, so that messages are decodable without separators."""
        words = sorted(word for word in self.codewords if word is not None)
        # If a word is a prefix of another, its successor in sorted order also begins with it.
        return not any(after.startswith(before) for before, after in pairwise(words))

    def expected_length(self, p: Any, /, *, normalize: bool = False) -> float:
        r"""
        Mean length of a codeword under the distribution `p`, in digits.

        Parameters
        ----------
        p : array of shape (K,)
            Probabilities of the symbols, of sum 1.
        normalize : bool, default False
            True divides `p` by its sum first, so that counts are accepted.

        Returns
        -------
        float
            :math:`\sum_k p_k \ell_k`; ``inf`` if a symbol of positive probability has no codeword.

        Raises
        ------
        DTypeError
            If `p` does not hold real numbers or fractions.
        ShapeError
            If `p` does not have one axis with an entry for each symbol of this code.
        DomainError
            If an entry is negative, not finite or masked, or the sum is not 1 (with `normalize`: is 0).
        """
        caller = "expected_length"
        probs = exact_distribution(p, caller=caller, argument="p", normalize=normalize)
        self.check_symbols(len(probs.weights), caller=caller, argument="p")
        if any(self.lengths[k] is None for k in probs.possible):
            return math.inf
        total = sum(probs.weights[k] * (self.lengths[k] or 0) for k in probs.possible)
        return total / probs.scale

    def check_symbols(self, count: int, *, caller: str, argument: str) -> None:
        """Raise `ShapeError` if `count`, the symbols of a distribution, is not the number of symbols here."""
        if count != len(self.lengths):
            rule = f"have shape ({len(self.lengths)},), one entry for each symbol of the code"
            raise ShapeError(caller, argument, rule, got=f"({count},)")


def canonical_code(lengths: Sequence[int | None], /, *, radix: int = 2) -> Code:
    """
    Canonical code with given lengths in digits: codewords are consecutive numbers, short codewords first.

    Parameters
    ----------
    lengths : sequence of int or None
        Length of each symbol's codeword, >= 0; None for a symbol without a codeword.
    radix : int, default 2
        Number of different digits, 2 to 36.

    Returns
    -------
    Code
        Prefix-free code. Codewords of equal length are in the order of the symbols.

    Raises
    ------
    DomainError
        If a length is negative, the Kraft sum of the lengths exceeds 1, so that no prefix-free code has them,
        or `radix` is not in 2..36.
    DTypeError
        If a length or `radix` is not an integer.

    Notes
    -----
    **Edge cases.** A single symbol of length 0 has the empty codeword ``""``; empty `lengths` give a code
    without codewords.

    References
    ----------
    .. [1] Schwartz, E. S., Kallick, B. (1964). Generating a canonical prefix encoding. Commun. ACM 7(3).
    .. [2] Kraft, L. G. (1949). A device for quantizing, grouping, and coding amplitude-modulated pulses.
       MS thesis, MIT.

    Examples
    --------
    >>> canonical_code([2, 1, None, 2]).codewords
    ('10', '0', None, '11')
    >>> canonical_code([1, 1, 2])
    Traceback (most recent call last):
        ...
    xent.errors.DomainError: canonical_code: `lengths` must have a Kraft sum of at most 1; got 5/4.
    """
    caller = "canonical_code"
    radix = check_radix(radix, caller=caller)
    try:
        whole = tuple(None if length is None else operator.index(length) for length in lengths)
    except TypeError as error:
        raise DTypeError(caller, "lengths", "be integers or None", got=str(error)) from None
    for k, length in enumerate(whole):
        if length is not None and length < 0:
            raise DomainError(caller, "lengths", "be >= 0", got=str(length), index=(k,))
    total = kraft_sum(whole, radix)
    if total > 1:
        raise DomainError(caller, "lengths", "have a Kraft sum of at most 1", got=str(total))
    return Code(whole, _counted_upwards(whole, radix), radix)


def kraft_sum(lengths: Sequence[int | None], radix: int) -> Fraction:
    """Exact sum of ``radix ** -length`` over the lengths that are not None; 0 without any."""
    given = [length for length in lengths if length is not None]
    longest = max(given, default=0)
    return Fraction(sum(radix ** (longest - length) for length in given), radix**longest)


def check_radix(radix: int, *, caller: str) -> int:
    """`radix` as an integer; raises `DTypeError` if it is none, and `DomainError` if it is not in 2..36."""
    number = checked_integer(radix, "radix", caller=caller)
    if not 2 <= number <= len(DIGITS):
        raise DomainError(caller, "radix", f"lie in 2..{len(DIGITS)}", got=str(number))
    return number


def in_digits(number: int, radix: int, length: int) -> str:
    """
    Last `length` digits of a whole number in `radix`, with leading zeros where it has fewer.

    Examples
    --------
    >>> in_digits(5, 2, 4), in_digits(5, 2, 2), in_digits(0, 3, 0)
    ('0101', '01', '')
    """
    digits = []
    for _ in range(length):
        number, digit = divmod(number, radix)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


def _counted_upwards(lengths: Sequence[int | None], radix: int) -> tuple[str | None, ...]:
    """
    Codewords of the canonical code with these lengths, in the order of the symbols; None where the length is
    None.

    Codewords are counted upwards by length and then by position. The lengths satisfy Kraft's inequality; this
    is not checked.
    """
    words: list[str | None] = [None] * len(lengths)
    order = sorted((length, k) for k, length in enumerate(lengths) if length is not None)
    number, before = 0, 0
    for length, k in order:
        number *= radix ** (length - before)
        words[k] = in_digits(number, radix, length)
        number, before = number + 1, length
    return tuple(words)
