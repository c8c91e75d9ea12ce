"""Arrays of real numbers as float64, from what the caller gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays.numpy_memory import numpy_array
from xent.errors import DomainError, DTypeError

__all__ = ["BEYOND", "real_numbers"]

Array = NDArray[np.float64]

BEYOND = "a number beyond the range of floats"
"""Name of such a number in messages."""


def real_numbers(given: Any, *, caller: str, argument: str) -> Array:
    """
    `given` as a float64 array of its own shape, not a copy if it is one; signs, nan and infinities are not
    checked.

    Text that spells numbers is read. Raises `DomainError` for a masked entry and an integer beyond the range
    of floats, and `DTypeError` for what is no real number, under the name `argument`.
    """
    array = numpy_array(given, caller=caller, argument=argument)
    try:
        # Complex numbers and dates convert, but lose their imaginary part or unit.
        if array.dtype.kind not in "cmM":
            return array.astype(np.float64, copy=False)
    except OverflowError:
        raise DomainError(caller, argument, "be finite", got=BEYOND) from None
    except (TypeError, ValueError):
        pass
    raise DTypeError(caller, argument, "be real numbers", got=str(array.dtype))
