"""Parameters as two floats each: rounded to the dtype of the computation, and the rounding error."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xent.arrays import Array, Namespace, floats_beside, is_jax
from xent.precision.exact_difference import ExactLogits

__all__ = ["exact_numbers"]


def exact_numbers(values: Sequence[float], like: Array, *, xp: Namespace) -> ExactLogits:
    """
    Python floats as an array in the dtype and on the device of `like`, with their rounding errors.

    Parameters
    ----------
    values : sequence of float
        Numbers, finite or infinite; the rounding error of an infinite number is 0. If one is an array of JAX
        of shape (), such as a traced one, all are taken in the dtype of `like`, with rounding errors of 0.
    like : array
        Array of real floating dtype.
    xp : module
        Array-API namespace of `like`.

    Returns
    -------
    ExactLogits
        Two arrays of shape (len(values),).

    Examples
    --------
    >>> import numpy as np
    >>> exact_numbers([0.1], np.zeros(2, dtype=np.float32), xp=np)
    ExactLogits(rounded=array([0.1], dtype=float32), rest=array([-1.4901161e-09], dtype=float32))
    """
    if any(is_jax(value) for value in values):
        rounded = xp.stack([xp.asarray(value, dtype=like.dtype) for value in values])
        return ExactLogits(rounded, xp.zeros_like(rounded))
    digits = round(1 - math.log2(float(xp.finfo(like.dtype).eps)))
    high = [_to_digits(value, digits) for value in values]
    rest = [0.0 if math.isinf(near) else value - near for value, near in zip(values, high, strict=True)]
    parts = (floats_beside(like, part, like.dtype, caller="exact_numbers", xp=xp) for part in (high, rest))
    return ExactLogits(*parts)


def _to_digits(value: float, digits: int) -> float:
    """
    `value` rounded to at most `digits` significant binary digits, ties to even.

    0 and infinity stay.
    """
    if value == 0 or math.isinf(value):
        return value
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
