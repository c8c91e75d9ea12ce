"""Real numbers of Python as floats, integers beyond the range of floats among them."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from xent.arrays import BEYOND

__all__ = ["fact_of", "float_of", "is_beyond_floats"]


def float_of(value: Any) -> float:
    """
    Float nearest to the real number `value`; infinite, with its sign, for a number beyond all floats.

    Examples
    --------
    >>> float_of(3), float_of(-(10**400))
    (3.0, -inf)
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def fact_of(value: Any) -> str:
    """
    Text of `value` for a message; a number beyond all floats, whose digits would fill pages, is named so.

    Examples
    --------
    >>> fact_of(0.5), fact_of("a"), fact_of(10**400)
    ('0.5', "'a'", 'a number beyond the range of floats')
    """
    return BEYOND if isinstance(value, Real) and is_beyond_floats(value) else repr(value)


def is_beyond_floats(value: Any) -> bool:
    """
    True if the real number `value` is finite, but larger in size than any float.

    Examples
    --------
    >>> is_beyond_floats(10**400), is_beyond_floats(math.inf)
    (True, False)
    """
    # No float equals it: infinity is larger in size than any integer.
    return math.isinf(float_of(value)) and value != float_of(value)
