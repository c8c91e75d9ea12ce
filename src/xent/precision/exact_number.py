r"""
Parameters of a loss to twice the digits of a float: a number, and the cosine and sine of an angle.

A margin of 0.35 is no float of 32 bits, and its cosine is none of 64. Multiplied by a scale of 64 and
exponentiated, what rounding takes from them would cost dozens of units in the last place.

Cosine and sine are summed from their power series in integers, in units of :math:`2^{-160}`: steps that a
compiler can do once, before it sees an array.

Source: the series: Abramowitz, M., Stegun, I. A. (1964). Handbook of Mathematical Functions, equations 4.3.65
and 4.3.66.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace
from xent.precision.double_word import DoubleWord
from xent.precision.exact_numbers import exact_numbers

__all__ = ["cosine_and_sine", "exact_number"]

_BITS = 160


def exact_number(value: float, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    One number for each entry of `like`, as a double word of its dtype.

    Where `like` is nan or infinite it is nan.

    Examples
    --------
    >>> import numpy as np
    >>> tenth = exact_number(0.1, np.zeros((), dtype=np.float32), xp=np)
    >>> [f"{float(word) - 0.1:.1e}" for word in (tenth.hi, float(tenth.hi) + float(tenth.lo))]
    ['1.5e-09', '-2.8e-17']
    """
    hi, lo = exact_numbers([value], like, xp=xp)
    # XLA makes (a - b) + b to a where b is a constant, and of what rounding took from a - b nothing is left.
    no_constant = 0 * like
    return DoubleWord(hi[0] + no_constant, lo[0] + no_constant, xp)


def cosine_and_sine(angle: float, like: Array, *, xp: Namespace) -> tuple[DoubleWord, DoubleWord]:
    """
    Cosine and sine of one angle in radians, for each entry of `like`.

    Parameters
    ----------
    angle : float
        Between 0 and pi.
    like : array
        Array whose shape, dtype and device count.
    xp : module
        Its namespace.

    Examples
    --------
    >>> import numpy as np
    >>> cosine, _ = cosine_and_sine(0.5, np.zeros(()), xp=np)
    >>> float(cosine.hi), float(cosine.lo)
    (0.8775825618903728, -4.2623149864279997e-17)
    """
    x = int(math.ldexp(angle, _BITS))
    # Entry k of the series is x^k / k!; cosine and sine take the even and the odd ones, signs alternating.
    term, sums, k = 1 << _BITS, [0, 0], 0
    while term:
        sums[k % 2] += -term if k % 4 > 1 else term
        k += 1
        term = (term * x >> _BITS) // k
    cosine, sine = (_from_fixed(total, like, xp=xp) for total in sums)
    return cosine, sine


def _from_fixed(total: int, like: Array, *, xp: Namespace) -> DoubleWord:
    value = total / (1 << _BITS)
    word = exact_number(value, like, xp=xp)
    beyond = (total - int(math.ldexp(value, _BITS))) / (1 << _BITS)
    return DoubleWord(word.hi, word.lo + beyond, xp)
