"""
Logarithm and digamma function, as polynomials in the reciprocal of an argument shifted to be large.

The recurrence ``psi(x) = psi(x + 1) - 1 / x`` makes the argument of the digamma function large. From there
on, psi is the logarithm less a polynomial in ``1 / x``, the first terms of an asymptotic series. The
logarithm itself is the case of no steps and no polynomial.

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
    Function that grows like the logarithm, by its polynomials in one over the shifted argument.

    Each polynomial is a tuple of pairs (exponent, coefficient), by rising exponent.

    Parameters
    ----------
    shift : int
        Number of steps of the recurrence, by which the argument grows before the polynomials apply.
    function : tuple
        Logarithm less the function.
    first_derivative : tuple
        Derivative of the function.
    second_derivative : tuple
        Minus the second derivative of the function.
    """

    shift: int
    function: tuple[tuple[int, float], ...]
    first_derivative: tuple[tuple[int, float], ...]
    second_derivative: tuple[tuple[int, float], ...]


_NUMBERED = tuple((2 * k, b) for k, b in enumerate(BERNOULLI, start=1))
LOGARITHM = GrowingFunction(0, (), ((1, 1.0),), ((2, 1.0),))
# DLMF 5.11.2 and its derivatives. Concentrations are at least 1, so LEAST - 1 steps raise them to LEAST.
DIGAMMA = GrowingFunction(
    LEAST - 1,
    ((1, 0.5), *((k, b / k) for k, b in _NUMBERED)),
    ((1, 1.0), (2, 0.5), *((k + 1, b) for k, b in _NUMBERED)),
    ((2, 1.0), (3, 1.0), *((k + 2, (k + 1) * b) for k, b in _NUMBERED)),
)


def polynomial(terms: tuple[tuple[int, float], ...], x: Array, divided_by: int) -> Array:
    """
    Polynomial in `x`, divided by ``x ** divided_by``; no exponent may be below `divided_by`.

    Parameters
    ----------
    terms : tuple of (int, float)
        Exponents and coefficients, by rising exponent.
    x : array
        Argument.
    divided_by : int
        Exponent of the divisor. The powers are lowered instead of divided, so `x` may be 0.
    """
    total, above = 0 * x, divided_by
    for exponent, coefficient in reversed(terms):
        total = total * _power(x, above - exponent) + coefficient
        above = exponent
    return total * _power(x, above - divided_by)


def _power(x: Array, exponent: int) -> Array | float:
    """``x ** exponent``; 1 for an exponent of 0 or less."""
    return 1.0 if exponent <= 0 else x**exponent


def divided_difference(
    terms: tuple[tuple[int, float], ...], x: Array, ratio: Array, divided_by: int
) -> Array:
    """
    Divided difference of a polynomial between `x` and ``ratio * x``, over ``x ** (divided_by - 1)``.

    The divided difference of ``x ** j`` is ``x ** (j - 1) * (1 + ratio + ... + ratio ** (j - 1))``: positive
    terms, where ``(f(x) - f(ratio * x)) / (x - ratio * x)`` would cancel for ratios near 1.

    Parameters
    ----------
    terms : tuple of (int, float)
        Exponents and coefficients of the polynomial, by rising exponent.
    x, ratio : array
        First argument, and the second over the first.
    divided_by : int
        Power of `x` that is divided out, plus 1; at most the lowest exponent.
    """
    total, powers, ratios, reached = 0 * x, 1 + 0 * x, 0 * x, 0
    for exponent, coefficient in terms:
        for _ in range(exponent - reached):
            ratios = 1 + ratio * ratios
        powers = powers * _power(x, exponent - max(reached, divided_by))
        reached = exponent
        total = total + coefficient * powers * ratios
    return total
