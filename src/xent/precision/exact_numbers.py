"""Parameters as two floats each: rounded to the dtype of the computation, and what rounding took."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xent.arrays import Array, Namespace, floats_beside
from xent.precision.exact_logits import ExactLogits

__all__ = ["exact_numbers"]


def exact_numbers(values: Sequence[float], like: Array, *, xp: Namespace) -> ExactLogits:
    """
    Python's numbers as an array of the dtype, and on the device, of `like`, in two parts.

    Examples
    --------
    >>> import numpy as np
    >>> exact_numbers([0.1], np.zeros(2, dtype=np.float32), xp=np)
    ExactLogits(rounded=array([0.1], dtype=float32), rest=array([-1.4901161e-09], dtype=float32))
    """
    digits = round(1 - math.log2(float(xp.finfo(like.dtype).eps)))
    rounded = [_to_digits(value, digits) for value in values]
    rest = [0.0 if math.isinf(high) else value - high for value, high in zip(values, rounded, strict=True)]
    parts = (floats_beside(like, part, like.dtype, where="exact_numbers", xp=xp) for part in (rounded, rest))
    return ExactLogits(*parts)


def _to_digits(value: float, digits: int) -> float:
    if value == 0 or math.isinf(value):
        return value
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
