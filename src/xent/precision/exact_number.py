"""
Parameters of a loss as double words: a number, and the cosine and sine of an angle.

A margin of 0.35 is not a float32, and its cosine is not a float64. Multiplied by a scale of 64 and
exponentiated, their rounding errors would cost dozens of units in the last place.

Cosine and sine are summed from their power series in integers, in units of :math:`2^{-160}`. The integers
depend on no array, so a traced call computes them once, while it is compiled.

Source: the series: Abramowitz, M., Stegun, I. A. (1964). Handbook of Mathematical Functions, equations 4.3.65
and 4.3.66.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, is_jax
from xent.precision.double_word import DoubleWord
from xent.precision.exact_numbers import exact_numbers

__all__ = ["cosine_and_sine", "exact_number"]

_BITS = 160


def exact_number(value: float, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    Double word of one number for each entry of `like`, in the dtype and on the device of `like`.

    Entries are nan where `like` is nan or infinite.

    Parameters
    ----------
    value : float
        Any float64; its digits beyond the dtype of `like` go to the low-order part.
    like : array
        Array of the shape, dtype and device of the result.
    xp : module
        Array-API namespace of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> tenth = exact_number(0.1, np.zeros((), dtype=np.float32), xp=np)
    >>> [f"{float(word) - 0.1:.1e}" for word in (tenth.hi, float(tenth.hi) + float(tenth.lo))]
    ['1.5e-09', '-2.8e-17']
    """
    hi, lo = exact_numbers([value], like, xp=xp)
    # XLA simplifies (a - b) + b to a for a constant b, which would remove the rounding error of a - b.
    no_constant = 0 * like
    return DoubleWord(hi[0] + no_constant, lo[0] + no_constant, xp)


def cosine_and_sine(angle: float, like: Array, *, xp: Namespace) -> tuple[DoubleWord, DoubleWord]:
    """
    Cosine and sine of one angle, as double words with one entry for each entry of `like`.

    Entries are nan where `like` is nan or infinite.

    Parameters
    ----------
    angle : float, or array of JAX of shape ()
        Angle in radians, between 0 and pi. Functions of an array have no low-order part.
    like : array
        Array of the shape, dtype and device of the results.
    xp : module
        Array-API namespace of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> cosine, _ = cosine_and_sine(0.5, np.zeros(()), xp=np)
    >>> float(cosine.hi), float(cosine.lo)
    (0.8775825618903728, -4.2623149864279997e-17)
    """
    if is_jax(angle):
        both = (exact_number(of(angle), like, xp=xp) for of in (xp.cos, xp.sin))
        cosine, sine = both
        return cosine, sine
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
    """
    Double word of an integer `total` in units of ``2 ** -160``, repeated for each entry of `like`.

    Its dtype and device are those of `like`; it is nan where `like` is not finite.
    """
    value = total / (1 << _BITS)
    word = exact_number(value, like, xp=xp)
    beyond = (total - int(math.ldexp(value, _BITS))) / (1 << _BITS)
    return DoubleWord(word.hi, word.lo + beyond, xp)
