r"""
Cosine and sine of a multiple of an angle, given the cosine of the angle.

With :math:`c = \cos\theta`, :math:`T_m(c) = \cos m\theta` and
:math:`U_{m-1}(c) = \sin m\theta / \sin\theta` are polynomials for an integer :math:`m`,

.. math::

    T_{j+1} = 2 c T_j - T_{j-1}, \quad U_{j+1} = 2 c U_j - U_{j-1}, \quad
    T_m' = m\,U_{m-1}, \quad T_{j+1}'' = 4 T_j' + 2 c T_j'' - T_{j-1}'',

so nothing is singular where the sine is 0; they are evaluated as double words. Any other multiple goes
through the arc cosine, in plain floats; its :math:`T''` near :math:`c = 1` is

.. math:: \tfrac13 m^2 (m^2 - 1)\; {}_2F_1\left(2 - m, 2 + m; \tfrac52; \tfrac{1 - c}{2}\right).

Source: Abramowitz, M., Stegun, I. A. (1964). Handbook of Mathematical Functions, equations 22.7.4, 22.7.5 and
15.1.17 (differentiated twice, by 15.2.1).
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.precision.double_word import DoubleWord, double_word
from xent.precision.exact_number import exact_number

__all__ = ["MultipleAngle", "multiple_angle", "sine_of"]

# The hypergeometric series is used above this cosine, with this many terms: the next term is below 2^-53 of
# the sum for multipliers up to 4.
_NEAR_1 = 0.875
_TERMS = 20


class MultipleAngle(NamedTuple):
    """
    Cosine and sine of a multiple of an angle, with derivatives.

    Parameters
    ----------
    cosine, sine : DoubleWord
        Cosine and sine of the multiple.
    ratio : DoubleWord
        Sine of the multiple over the sine of the angle.
    second_derivative : array
        Second derivative of `cosine` in the cosine of the angle.
    """

    cosine: DoubleWord
    sine: DoubleWord
    ratio: DoubleWord
    second_derivative: Array


def sine_of(cosine: DoubleWord, *, xp: Namespace) -> DoubleWord:
    """
    Sine, >= 0, of the angle between 0 and pi with the given cosine; nan beyond -1 or 1.

    Computed from ``(1 - c) * (1 + c)``: near ``c = 1``, ``1 - c**2`` would keep few digits, for the square is
    rounded.

    Examples
    --------
    >>> import numpy as np
    >>> float(sine_of(double_word(np.asarray(1 - 2.0**-53), xp=np), xp=np).hi)
    1.4901161193847656e-08
    """
    one = exact_number(1.0, cosine.hi, xp=xp)
    square = (one - cosine) * (one + cosine)
    root = xp.sqrt(square.hi)
    # One Newton step gives the low-order part; a root of 0 gets the correction 0, not 0 / 0.
    divisor = xp.where(root == 0, 1.0, 2 * root)
    missing = (square - double_word(root, xp=xp) * double_word(root, xp=xp)).rounded
    return DoubleWord(root, missing / divisor, xp)


def multiple_angle(cosine: DoubleWord, multiplier: float, *, xp: Namespace) -> MultipleAngle:
    """
    Cosine, sine and derivatives of `multiplier` times the angle with the given cosine.

    Parameters
    ----------
    cosine : DoubleWord
        Cosine of the angle, in [-1, 1].
    multiplier : float
        Positive factor of the angle. An integer is evaluated in double words, any other number in plain
        floats, with low-order parts of 0.
    xp : module
        Array-API namespace of the cosine.

    Returns
    -------
    MultipleAngle
        Cosine and sine of the multiple, that sine over the sine of the angle, and the second derivative of
        that cosine in the cosine of the angle. The first derivative is `multiplier` times the third of these.

    Examples
    --------
    >>> import numpy as np
    >>> found = multiple_angle(double_word(np.asarray(0.5), xp=np), 4, xp=np)
    >>> float(found.cosine.hi), float(found.ratio.hi), float(found.second_derivative)
    (-0.5, -1.0, 8.0)
    """
    if multiplier != int(multiplier):
        return _by_arc_cosine(cosine.hi, multiplier, xp=xp)
    one = exact_number(1.0, cosine.hi, xp=xp)
    twice, zero = cosine.scaled(2.0), one - one
    now, before, ratio, ratio_before = cosine, one, one, zero
    second_derivative = second_derivative_before = zero.hi
    for j in range(1, int(multiplier)):
        second_derivative, second_derivative_before = (
            4 * j * ratio.hi + twice.hi * second_derivative - second_derivative_before,
            second_derivative,
        )
        now, before = twice * now - before, now
        ratio, ratio_before = twice * ratio - ratio_before, ratio
    return MultipleAngle(now, sine_of(cosine, xp=xp) * ratio, ratio, second_derivative)


def _by_arc_cosine(cosine: Array, multiplier: float, *, xp: Namespace) -> MultipleAngle:
    """
    Cosine and sine of `multiplier` times the angle of `cosine`, that sine over the angle's, and a derivative.

    The last is the second derivative of the multiple's cosine in `cosine`. All are plain floats by the arc
    cosine, low-order parts are 0. At a cosine of -1 or 1, where the ratio is 0 / 0, ratio and second
    derivative are those of the next float. Beyond, all are nan, but for the second derivative above 1, which
    is finite.
    """
    angle = multiplier * xp.acos(cosine)
    turned, sine = xp.cos(angle), xp.sin(angle)
    # sin(m t) / sin(t) is 0 / 0 at the ends: it tends to m at 1 and has no limit at -1. At both ends it is
    # evaluated at the neighbouring float.
    beside = 1 - float(xp.finfo(cosine.dtype).eps) / 2
    cosine = xp.where(xp.abs(cosine) > beside, beside * cosine, cosine)
    divisor = xp.sqrt((1 - cosine) * (1 + cosine))
    ratio = xp.sin(multiplier * xp.acos(cosine)) / divisor
    second_derivative = multiplier * (cosine * ratio - multiplier * turned) / divisor**2
    second_derivative = xp.where(
        cosine > _NEAR_1, _second_derivative_near_1(cosine, multiplier, xp=xp), second_derivative
    )
    turned, sine, ratio = (double_word(part, xp=xp) for part in (turned, sine, ratio))
    return MultipleAngle(turned, sine, ratio, second_derivative)


def _second_derivative_near_1(cosine: Array, multiplier: float, *, xp: Namespace) -> Array:
    """
    Second derivative of ``cos(multiplier * angle)`` in the `cosine` of the angle, for cosines above 0.875.

    It is summed by 20 terms of its hypergeometric series, to full precision for multipliers up to 4; the
    closed form cancels there.
    """
    term = total = xp.zeros_like(cosine) + multiplier**2 * (multiplier**2 - 1) / 3
    for k in range(_TERMS):
        factor = (2 - multiplier + k) * (2 + multiplier + k) / ((2.5 + k) * (k + 1))
        term = term * (factor * (1 - cosine) / 2)
        total = total + term
    return total
