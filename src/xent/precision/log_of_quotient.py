r"""
Logarithm of a quotient of plain floats that itself over- or underflows.

A quotient by a subnormal number can exceed the largest float, and the quotient of a subnormal number by a
larger one is subnormal again, with few digits. There one of the two numbers is multiplied by :math:`2^{64}`,
which is exact, and 64 log 2 is added to or subtracted from the logarithm. The sum does not cancel, because
the logarithm of such a quotient is beyond 87, which is twice 64 log 2.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace

__all__ = ["log_of_quotient"]

# More than the binary digits of float64, so that a subnormal number becomes a normal one.
_RAISE = 64
_LOG_OF_RAISE = _RAISE * math.log(2)


def log_of_quotient(a: Array, b: Array, *, xp: Namespace) -> Array:
    """
    ``log(a / b)``, elementwise, for numbers from 0 to about 1, `b` positive; ``-inf`` where `a` is 0.

    The quotient itself may over- or underflow. Near 1 its rounding costs the logarithm digits. Nothing is
    checked.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.asarray([1.0, 5e-324]), np.asarray([5e-324, 0.75])
    >>> with np.errstate(over="ignore"):
    ...     print(np.log(a / b), log_of_quotient(a, b, xp=np))
    [          inf -744.44007192] [ 744.44007192 -744.15238985]
    """
    limits = xp.finfo(a.dtype)
    quotient = a / b
    is_high, is_low = quotient > float(limits.max), quotient < float(limits.smallest_normal)
    raised = xp.where(is_low, a * 2.0**_RAISE, a) / xp.where(is_high, b * 2.0**_RAISE, b)
    return xp.log(raised) + (xp.astype(is_high, a.dtype) - xp.astype(is_low, a.dtype)) * _LOG_OF_RAISE
