r"""
Log-odds of a probability that is a parameter, as a double word.

.. math::

    \log \frac{p}{1 - p} = k \log 2 + 2 \operatorname{artanh} s, \quad
    s = \frac{p - 2^k (1 - p)}{p + 2^k (1 - p)}, \quad
    \operatorname{artanh} s = s + \frac{s^3}{3} + \frac{s^5}{5} + \dots,

summed in integers, in units of :math:`2^{-160}`. The integers depend on no array, so a traced call computes
them once, while it is compiled.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.4.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, is_jax
from xent.precision.double_word import DoubleWord
from xent.precision.exact_numbers import exact_numbers

__all__ = ["exact_log_odds"]

_BITS = 160


def exact_log_odds(prob: float, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    Log-odds of one probability as a double word; for a float in the dtype and on the device of `like`.

    Parameters
    ----------
    prob : float, or array of JAX of shape ()
        Probability, strictly between 0 and 1, which is not checked. Log-odds of an array have its dtype and a
        low-order part of 0; they are infinite at 0 and 1.
    like : array
        Array of real floating dtype.
    xp : module
        Array-API namespace of `like`.

    Returns
    -------
    DoubleWord
        Two arrays of shape ().

    Examples
    --------
    >>> import numpy as np
    >>> found = exact_log_odds(0.05, np.zeros(1), xp=np)
    >>> float(found.hi), float(found.lo)
    (-2.9444389791664403, -1.393289304256112e-16)
    """
    if is_jax(prob):
        hi = xp.log(prob) - xp.log1p(-prob)
        return DoubleWord(hi, xp.zeros_like(hi), xp)
    # p and 1 - p as integers in the same unit: exact, where the float 1 - prob would be rounded.
    mantissa, exponent = math.frexp(prob)
    event, opposite = int(mantissa * 2**53), (1 << (53 - exponent)) - int(mantissa * 2**53)
    k = event.bit_length() - opposite.bit_length()
    event, opposite = event << max(-k, 0), opposite << max(k, 0)
    total = 2 * (k * _artanh(1, 3) + _artanh(event - opposite, event + opposite))
    value = total / (1 << _BITS)
    beyond = (total - int(math.ldexp(value, _BITS))) / (1 << _BITS)
    hi, lo = exact_numbers((value, beyond), like, xp=xp)
    return DoubleWord(hi[0], lo[0] + hi[1], xp)


def _artanh(numerator: int, denominator: int) -> int:
    """
    Inverse hyperbolic tangent of a quotient from -1/3 to 1/3, as an integer in units of ``2 ** -160``.

    It is rounded down term by term, and too small by less than 60 units.
    """
    total, n = 0, 1
    power = (numerator << _BITS) // denominator
    while power not in (0, -1):
        total += power // n
        power = power * numerator * numerator // (denominator * denominator)
        n += 2
    return total
