"""
Functions that grow like the logarithm, as polynomials in one over an argument that is large enough.

The digamma function is the logarithm less such a polynomial, the first terms of an asymptotic series, once
its recurrence ``psi(x) = psi(x + 1) - 1 / x`` has made the argument large.

Source: Olver, F. W. J. et al. (eds.). NIST Digital Library of Mathematical Functions, equations 5.5.2, 5.11.2
and 5.15.8.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array
from xent.formulas.stirling_series import BERNOULLI, LEAST

__all__ = ["DIGAMMA", "LOGARITHM", "GrowingFunction", "divided_difference", "polynomial"]


class GrowingFunction(NamedTuple):
    """
    A function that grows like the logarithm: polynomials in one over an argument that is shifted to be large.

    Each polynomial is a tuple of pairs of an exponent and a coefficient.

    Parameters
    ----------
    shift : int
        How many steps of the recurrence come before them.
    function : tuple
        The logarithm less the function.
    slope : tuple
        Its derivative.
    bend : tuple
        Minus its second derivative.
    """

    shift: int
    function: tuple[tuple[int, float], ...]
    slope: tuple[tuple[int, float], ...]
    bend: tuple[tuple[int, float], ...]


_NUMBERED = tuple((2 * k, b) for k, b in enumerate(BERNOULLI, start=1))
LOGARITHM = GrowingFunction(0, (), ((1, 1.0),), ((2, 1.0),))
DIGAMMA = GrowingFunction(
    LEAST - 1,
    ((1, 0.5), *((k, b / k) for k, b in _NUMBERED)),
    ((1, 1.0), (2, 0.5), *((k + 1, b) for k, b in _NUMBERED)),
    ((2, 1.0), (3, 1.0), *((k + 2, (k + 1) * b) for k, b in _NUMBERED)),
)


def polynomial(terms: tuple[tuple[int, float], ...], x: Array, divided_by: int) -> Array:
    """Polynomial in `x` over a power of it."""
    total, above = 0 * x, divided_by
    for exponent, coefficient in reversed(terms):
        total = total * _power(x, above - exponent) + coefficient
        above = exponent
    return total * _power(x, above - divided_by)


def _power(x: Array, exponent: int) -> Array | float:
    return 1.0 if exponent <= 0 else x**exponent


def divided_difference(
    terms: tuple[tuple[int, float], ...], x: Array, ratio: Array, divided_by: int
) -> Array:
    """
    Divided difference of a polynomial between `x` and ``ratio * x``, over a power of `x` (less 1).

    That of ``x ** j`` is ``x ** (j - 1)`` times ``1 + ratio + ... + ratio ** (j - 1)``.
    """
    total, powers, ratios, reached = 0 * x, 1 + 0 * x, 0 * x, 0
    for exponent, coefficient in terms:
        for _ in range(exponent - reached):
            ratios = 1 + ratio * ratios
        powers = powers * _power(x, exponent - max(reached, divided_by))
        reached = exponent
        total = total + coefficient * powers * ratios
    return total
