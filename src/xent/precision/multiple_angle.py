r"""
Cosine and sine of a multiple of an angle that is given by its cosine.

With :math:`c = \cos\theta`, :math:`T_m(c) = \cos m\theta` and
:math:`U_{m-1}(c) = \sin m\theta / \sin\theta` are polynomials for a whole number :math:`m`,

.. math::

    T_{j+1} = 2 c T_j - T_{j-1}, \quad U_{j+1} = 2 c U_j - U_{j-1}, \quad
    T_m' = m\,U_{m-1}, \quad T_{j+1}'' = 4 T_j' + 2 c T_j'' - T_{j-1}'',

so nothing is singular where the sine is 0. They are double words. Any other multiple goes through the arc
cosine, in single words; its :math:`T''` near :math:`c = 1` is

.. math:: \tfrac13 m^2 (m^2 - 1)\; {}_2F_1\left(2 - m, 2 + m; \tfrac52; \tfrac{1 - c}{2}\right).

Source: Abramowitz, M., Stegun, I. A. (1964). Handbook of Mathematical Functions, equations 22.7.4, 22.7.5 and
15.1.17 (derived twice, by 15.2.1).
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.precision.double_word import DoubleWord, double_word
from xent.precision.exact_number import exact_number

__all__ = ["MultipleAngle", "multiple_angle", "sine_of"]

# Where the series is taken, and how many of its terms: the next is below 2^-53 of the sum for multipliers
# up to 4.
_NEAR_1 = 0.875
_TERMS = 20


class MultipleAngle(NamedTuple):
    """
    What is known of a multiple of an angle.

    Parameters
    ----------
    cosine, sine : DoubleWord
        Its cosine and sine.
    ratio : DoubleWord
        Its sine over that of the angle.
    bend : array
        Second derivative of its cosine in the cosine of the angle.
    """

    cosine: DoubleWord
    sine: DoubleWord
    ratio: DoubleWord
    bend: Array


def sine_of(cosine: DoubleWord, *, xp: Namespace) -> DoubleWord:
    """
    Sine, >= 0, of an angle by its cosine, of which the square is not taken away from 1.

    Examples
    --------
    >>> import numpy as np
    >>> float(sine_of(double_word(np.asarray(1 - 2.0**-53), xp=np), xp=np).hi)
    1.4901161193847656e-08
    """
    one = exact_number(1.0, cosine.hi, xp=xp)
    square = (one - cosine) * (one + cosine)
    root = xp.sqrt(square.hi)
    # One step of Newton's method; the root of 0 is not touched.
    divisor = xp.where(root == 0, 1.0, 2 * root)
    missing = (square - double_word(root, xp=xp) * double_word(root, xp=xp)).rounded
    return DoubleWord(root, missing / divisor, xp)


def multiple_angle(cosine: DoubleWord, multiplier: float, *, xp: Namespace) -> MultipleAngle:
    """
    Cosine of `multiplier` times the angle of the given cosine, and what goes with it.

    Examples
    --------
    >>> import numpy as np
    >>> found = multiple_angle(double_word(np.asarray(0.5), xp=np), 4, xp=np)
    >>> float(found.cosine.hi), float(found.ratio.hi), float(found.bend)
    (-0.5, -1.0, 8.0)
    """
    if multiplier != int(multiplier):
        return _by_arc_cosine(cosine.hi, multiplier, xp=xp)
    one = exact_number(1.0, cosine.hi, xp=xp)
    twice, zero = cosine.scaled(2.0), one - one
    now, before, ratio, ratio_before = cosine, one, one, zero
    bend = bend_before = zero.hi
    for j in range(1, int(multiplier)):
        bend, bend_before = 4 * j * ratio.hi + twice.hi * bend - bend_before, bend
        now, before = twice * now - before, now
        ratio, ratio_before = twice * ratio - ratio_before, ratio
    return MultipleAngle(now, sine_of(cosine, xp=xp) * ratio, ratio, bend)


def _by_arc_cosine(cosine: Array, multiplier: float, *, xp: Namespace) -> MultipleAngle:
    angle = multiplier * xp.acos(cosine)
    turned, sine = xp.cos(angle), xp.sin(angle)
    # At 1 the ratio has a limit, the multiplier, and at -1 none; both are taken at the number beside.
    beside = 1 - float(xp.finfo(cosine.dtype).eps) / 2
    cosine = xp.where(xp.abs(cosine) > beside, beside * cosine, cosine)
    divisor = xp.sqrt((1 - cosine) * (1 + cosine))
    ratio = xp.sin(multiplier * xp.acos(cosine)) / divisor
    bend = multiplier * (cosine * ratio - multiplier * turned) / divisor**2
    bend = xp.where(cosine > _NEAR_1, _bend_near_1(cosine, multiplier, xp=xp), bend)
    turned, sine, ratio = (double_word(part, xp=xp) for part in (turned, sine, ratio))
    return MultipleAngle(turned, sine, ratio, bend)


def _bend_near_1(cosine: Array, multiplier: float, *, xp: Namespace) -> Array:
    """Hypergeometric series of the second derivative, whose closed form subtracts near numbers there."""
    term = total = xp.zeros_like(cosine) + multiplier**2 * (multiplier**2 - 1) / 3
    for k in range(_TERMS):
        factor = (2 - multiplier + k) * (2 + multiplier + k) / ((2.5 + k) * (k + 1))
        term = term * (factor * (1 - cosine) / 2)
        total = total + term
    return total
