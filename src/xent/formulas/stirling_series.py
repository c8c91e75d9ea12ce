r"""
Remainder of Stirling's formula for the logarithm of the gamma function, and its coefficients.

.. math::

    \log \Gamma(x) = (x - \tfrac12) \log x - x + \tfrac12 \log 2 \pi + \delta(x), \qquad
    \delta(x) = \sum_{k \ge 1} \frac{B_{2k}}{2k (2k - 1)\, x^{2k - 1}},

with Bernoulli numbers :math:`B_{2k}`. The series is asymptotic: for `x` of at least `LEAST`, twelve terms
leave an absolute error below 1e-17.

Source: Olver, F. W. J. et al. (eds.). NIST Digital Library of Mathematical Functions, equation 5.11.1.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace, floats_beside

__all__ = ["BERNOULLI", "LEAST", "numbers", "stirling_series"]

# Bernoulli numbers B_2, B_4, ..., B_24.
BERNOULLI = (
    1 / 6,
    -1 / 30,
    1 / 42,
    -1 / 30,
    5 / 66,
    -691 / 2730,
    7 / 6,
    -3617 / 510,
    43867 / 798,
    -174611 / 330,
    854513 / 138,
    -236364091 / 2730,
)
LEAST = 8
_COEFFICIENTS = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, start=1))


def numbers(first: int, past: int, like: Array, *, xp: Namespace) -> Array:
    """
    Integers `first` to ``past - 1`` as an array in the dtype and on the device of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> numbers(1, 4, np.zeros(2), xp=np)
    array([1., 2., 3.])
    """
    return floats_beside(like, list(range(first, past)), like.dtype, caller="numbers", xp=xp)


def stirling_series(x: Array) -> Array:
    """
    Remainder of Stirling's formula for `x` of at least 8, which is not checked; elementwise, or of a float.

    It is ``log(gamma(x)) - ((x - 1/2) log(x) - x + log(2 pi) / 2)``.

    Examples
    --------
    >>> import math
    >>> stirling = 9.5 * math.log(10) - 10 + 0.5 * math.log(2 * math.pi)
    >>> round(math.lgamma(10) - stirling, 12), round(stirling_series(10.0), 12)
    (0.008330563433, 0.008330563433)
    """
    inverse = 1 / x
    square = inverse * inverse
    total = _COEFFICIENTS[-1]
    for coefficient in reversed(_COEFFICIENTS[:-1]):
        total = total * square + coefficient
    return total * inverse
