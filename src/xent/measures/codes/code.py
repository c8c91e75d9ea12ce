"""A code: a codeword for each symbol, none of which begins another."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, final

from xent.errors import DomainError, ShapeError
from xent.measures.codes.exact_distribution import exact_distribution

__all__ = ["DIGITS", "Code", "canonical_code", "check_radix", "in_digits", "kraft_sum"]

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""The digits of codewords; a code's radix is at most their number."""


@final
@dataclass(frozen=True)
class Code:
    """
    Codewords over the digits of a radix, one for each symbol; lengths in digits (bits for radix 2).

    Parameters
    ----------
    lengths : tuple of int or None
        Digits of each codeword. None where there is no codeword: that symbol had probability 0.
    codewords : tuple of str or None
        The codewords themselves. None of them begins another.
    radix : int
        Number of different digits, 2 to 36.

    Notes
    -----
    `canonical_code` makes one from lengths alone.

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
        """Exact sum of ``radix ** -length``: at most 1; where it is 1, no codeword could be shorter."""
        return kraft_sum(self.lengths, self.radix)

    @property
    def is_prefix_free(self) -> bool:
        """Whether no codeword begins another, so that a message can be read without separators."""
        words = sorted(word for word in self.codewords if word is not None)
        # In sorted order a word stands right before one that it begins, or before another such.
        return not any(after.startswith(before) for before, after in pairwise(words))

    def expected_length(self, p: Any, /, *, normalize: bool = False) -> float:
        r"""
        Mean length of a codeword under the distribution `p`, in digits.

        Parameters
        ----------
        p : array of shape (K,)
            Probabilities of the symbols, which sum to 1.
        normalize : bool, default False
            Divide `p` by its sum first, as for counts.

        Returns
        -------
        float
            :math:`\sum_k p_k \ell_k`; ``inf`` where a symbol of positive probability has no codeword.

        Raises
        ------
        DTypeError, ShapeError, DomainError
            If `p` is not a distribution over the symbols of this code.
        """
        where = "expected_length"
        probs = exact_distribution(p, where=where, argument="p", normalize=normalize)
        self.check_symbols(len(probs.weights), where=where, argument="p")
        if any(self.lengths[k] is None for k in probs.possible):
            return math.inf
        total = sum(probs.weights[k] * (self.lengths[k] or 0) for k in probs.possible)
        return total / probs.scale

    def check_symbols(self, count: int, *, where: str, argument: str) -> None:
        """Refuse a distribution over another number of symbols."""
        if count != len(self.lengths):
            rule = f"have shape ({len(self.lengths)},), one entry for each symbol of the code"
            raise ShapeError(where, argument, rule, got=f"({count},)")


def canonical_code(lengths: Sequence[int | None], /, *, radix: int = 2) -> Code:
    """
    Code with given lengths, in digits: codewords counted upwards, short ones first.

    Parameters
    ----------
    lengths : sequence of int or None
        Length of each symbol's codeword, >= 0; None for a symbol that gets none.
    radix : int, default 2
        Number of different digits, 2 to 36.

    Returns
    -------
    Code
        Prefix-free. Among equal lengths the symbols keep their order.

    Raises
    ------
    DomainError
        If a length is negative, or no prefix-free code has these lengths: their Kraft sum
        exceeds 1; or if `radix` is not in 2..36.

    Notes
    -----
    **Edge cases.** One symbol of length 0 has the empty codeword ``""``; no symbol at all gives a code
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
    where = "canonical_code"
    radix = check_radix(radix, where=where)
    whole = tuple(None if length is None else operator.index(length) for length in lengths)
    for k, length in enumerate(whole):
        if length is not None and length < 0:
            raise DomainError(where, "lengths", "be >= 0", got=str(length), index=(k,))
    total = kraft_sum(whole, radix)
    if total > 1:
        raise DomainError(where, "lengths", "have a Kraft sum of at most 1", got=str(total))
    return Code(whole, _counted_upwards(whole, radix), radix)


def kraft_sum(lengths: Sequence[int | None], radix: int) -> Fraction:
    """Exact sum of ``radix ** -length`` over the lengths that are there."""
    given = [length for length in lengths if length is not None]
    longest = max(given, default=0)
    return Fraction(sum(radix ** (longest - length) for length in given), radix**longest)


def check_radix(radix: int, *, where: str) -> int:
    """Give `radix` as an integer; refuse one without digits."""
    number = operator.index(radix)
    if not 2 <= number <= len(DIGITS):
        raise DomainError(where, "radix", f"lie in 2..{len(DIGITS)}", got=str(number))
    return number


def in_digits(number: int, radix: int, length: int) -> str:
    """
    Write a whole number with exactly `length` digits.

    Examples
    --------
    >>> in_digits(5, 2, 4), in_digits(0, 3, 0)
    ('0101', '')
    """
    digits = []
    for _ in range(length):
        number, digit = divmod(number, radix)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


def _counted_upwards(lengths: Sequence[int | None], radix: int) -> tuple[str | None, ...]:
    words: list[str | None] = [None] * len(lengths)
    order = sorted((length, k) for k, length in enumerate(lengths) if length is not None)
    number, before = 0, 0
    for length, k in order:
        number *= radix ** (length - before)
        words[k] = in_digits(number, radix, length)
        number, before = number + 1, length
    return tuple(words)
