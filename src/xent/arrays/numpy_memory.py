"""
NumPy arrays in plain form: of the base class, in native byte order, aligned.

Subclasses change the meaning of operators, foreign byte orders have no dtype in the array API, and compiled
code reads addresses. A mask would be dropped without an error, and the masked numbers would count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["check_unmasked", "numpy_array", "plain"]


def check_unmasked(values: Any, *, caller: str, argument: str) -> None:
    """
    Raise `DomainError` if `values` is a NumPy array with a masked entry.

    Raises
    ------
    DomainError
        If an entry is masked; the error names the first.
    """
    if not isinstance(values, np.ma.MaskedArray) or not np.ma.is_masked(values):
        return
    first = tuple(int(place) for place in np.argwhere(np.ma.getmaskarray(values))[0])
    raise DomainError(
        caller,
        argument,
        "have no masked entries",
        got="a masked one",
        index=first or None,
        hint="Drop them with `.compressed()`, or write numbers there with `.filled(number)`.",
    )


def _check_not_missing(values: Any, *, caller: str, argument: str) -> None:
    """
    Raise `DomainError` if an array of a nullable dtype, such as ``Int64`` of pandas, has a missing entry.

    Other values pass. NumPy would read an integer or a string that is missing as the float nan.
    """
    if not hasattr(getattr(values, "dtype", None), "na_value") or not hasattr(values, "isna"):
        return
    missing = np.flatnonzero(np.asarray(values.isna()))
    if len(missing):
        hint = "Drop them with `.dropna()`, or give them a value with `.fillna(value)`."
        index = (int(missing[0]),)
        raise DomainError(caller, argument, "have no missing entries", got="one", index=index, hint=hint)


def _check_complete(values: Any, *, caller: str, argument: str) -> None:
    """Raise `DomainError` for a masked or missing entry of an array, or of one in sequences of any depth."""
    _check_not_missing(values, caller=caller, argument=argument)
    check_unmasked(values, caller=caller, argument=argument)
    if isinstance(values, (list, tuple)):
        for part in values:
            if not isinstance(part, (int, float)):
                _check_complete(part, caller=caller, argument=argument)


def plain(array: NDArray[Any], *, caller: str, argument: str = "arrays") -> NDArray[Any]:
    """
    `array` itself if it is plain, otherwise its values in the base class, native byte order and aligned.

    Raises
    ------
    DomainError
        If an entry is masked.

    Examples
    --------
    >>> plain(np.asarray([1, 2], dtype=">i2"), caller="f")
    array([1, 2], dtype=int16)
    """
    check_unmasked(array, caller=caller, argument=argument)
    base = np.asarray(array)
    if not base.dtype.isnative:
        # A conversion, not a view: a view would keep the bytes and change the numbers.
        return base.astype(base.dtype.newbyteorder("="))
    return base if base.flags.aligned else base.copy()


def numpy_array(values: Any, *, caller: str, argument: str = "arrays") -> NDArray[Any]:
    """
    ``numpy.asarray(values)`` in plain form: of the base class, in native byte order, aligned.

    `caller` and `argument` are names for the messages.

    Raises
    ------
    DomainError
        If an entry is masked, or is missing in an array of a nullable dtype, in sequences of arrays too.
    DTypeError
        If `values` is a mapping, or holds a tensor of PyTorch that requires gradients.
    ShapeError
        If `values` is a ragged sequence, or one of more axes than arrays may have.
    """
    if isinstance(values, Mapping):
        hint = "Pass its values, `list(mapping.values())`."
        raise DTypeError(caller, argument, "be numbers in order", got=type(values).__name__, hint=hint)
    _check_complete(values, caller=caller, argument=argument)
    try:
        array = np.asarray(values)
    except RuntimeError as error:
        hint = "Detach the tensors, or stack them to one."
        got = "a tensor that requires gradients"
        raise DTypeError(caller, argument, "hold numbers that NumPy reads", got=got, hint=hint) from error
    except ValueError as error:
        if not isinstance(values, (list, tuple)):
            raise
        got = "too many axes" if "maximum number of dimension" in str(error) else "a ragged sequence"
        raise ShapeError(caller, argument, "be an array of one shape", got=got) from error
    return plain(array, caller=caller, argument=argument)
