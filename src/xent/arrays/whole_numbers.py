"""Integers among the options of public functions, by one rule."""

from __future__ import annotations

import operator
from typing import Any

from xent.errors import DomainError, DTypeError

__all__ = ["checked_integer"]


def checked_integer(value: Any, argument: str, *, least: int | None = None, caller: str) -> int:
    """
    `value` as an integer of Python, from an integer of any library, of shape () if it is an array.

    Parameters
    ----------
    value : object
        Value of an option that counts, or names an axis or a class.
    argument, caller : str
        Names of the option and of the function, for errors.
    least : int, optional
        Least value; None for any.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    DTypeError
        If `value` is no integer; floats and truth values are none.
    DomainError
        If it is less than `least`.

    Examples
    --------
    >>> import numpy as np
    >>> checked_integer(np.int8(3), "shift", least=0, caller="f")
    3
    """
    try:
        number = operator.index(value) if _is_one_number(value) else None
    except TypeError:
        number = None
    if number is None:
        is_short = isinstance(value, bool | int | float | str)
        raise DTypeError(
            caller, argument, "be an integer", got=repr(value)[:60] if is_short else type(value).__name__
        )
    if least is not None and number < least:
        raise DomainError(caller, argument, f"be an integer >= {least}", got=str(number))
    return number


def _is_one_number(value: Any) -> bool:
    """False for truth values and for arrays with axes, of which PyTorch makes an index all the same."""
    dtype = getattr(value, "dtype", None)
    is_truth = isinstance(value, bool) or (dtype is not None and "bool" in str(dtype))
    return not is_truth and getattr(value, "ndim", 0) == 0
