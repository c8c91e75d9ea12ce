"""Checks of arrays whose addresses go to a kernel: a wrong one would crash the process."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.arrays import class_numbers
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = [
    "check_apart",
    "check_memory",
    "check_output",
    "check_rows",
    "check_writeable",
    "integers_of",
    "numbers_of",
]


def check_memory(
    array: NDArray[np.generic], shape: tuple[int, ...], dtype: DTypeLike, *, caller: str, argument: str
) -> None:
    """
    Raise if an array does not have this shape and dtype, or is not C-contiguous and aligned.

    `caller` and `argument` are the names of the function and of its argument, for the messages.

    Raises
    ------
    DTypeError
        If the dtype differs.
    ShapeError
        If the shape differs.
    DomainError
        If the array is not C-contiguous, or its numbers are not aligned.
    """
    if array.dtype != dtype:
        raise DTypeError(caller, argument, f"be {np.dtype(dtype)}", got=str(array.dtype))
    if array.shape != shape:
        raise ShapeError(caller, argument, f"have shape {shape}", got=str(array.shape))
    if not (array.flags.c_contiguous and array.flags.aligned):
        got, hint = f"strides {array.strides}", "Copy it with `numpy.ascontiguousarray`."
        raise DomainError(caller, argument, "be C-contiguous and aligned", got=got, hint=hint)


def check_rows(array: NDArray[np.generic], *, caller: str, argument: str) -> None:
    """
    Raise if an array is not a C-contiguous matrix with at least one column; it may have no rows.

    `caller` and `argument` are names for the messages. The dtype is not checked.

    Raises
    ------
    ShapeError
        If there are not 2 axes, or no class.
    DomainError
        If the array is not C-contiguous, or its numbers are not aligned.
    """
    if array.ndim != 2:
        raise ShapeError(caller, argument, "have 2 axes", got=f"shape {array.shape}")
    if array.shape[1] == 0:
        raise ShapeError(caller, argument, "have at least 1 class", got=f"shape {array.shape}")
    check_memory(array, array.shape, array.dtype, caller=caller, argument=argument)


def integers_of(array: NDArray[np.integer], *, caller: str, argument: str) -> NDArray[np.int64]:
    """
    Labels as the kernels read them: int64 and C-contiguous; the shape is not checked.

    An unsigned label of 64 bits that does not fit becomes the largest integer, which is out of range.

    Raises
    ------
    DTypeError
        If the dtype is not an integer type.
    """
    if array.dtype.kind not in "iu":
        raise DTypeError(caller, argument, "be integers", got=str(array.dtype))
    # Not `namespace_of`, which imports when it is first called: see `xent.kernels.cpu.first_use`.
    return np.ascontiguousarray(class_numbers(array, xp=np))


def check_output(
    array: NDArray[np.generic],
    source: NDArray[np.generic],
    dtype: DTypeLike,
    *,
    caller: str,
    argument: str,
    shape: tuple[int, ...] | None = None,
) -> None:
    """
    Raise if an output is read-only, or overlaps the source without being the same memory.

    `source` is the array that the kernel reads, `array` the one that it writes. An output of the shape and
    address of the source is allowed: the result then replaces it. A `shape` of None means that of the source.
    The bounds of memory are compared, so interleaved arrays raise too. The messages call the source "the
    logits".

    Raises
    ------
    DTypeError, ShapeError
        If the array does not have this dtype or shape.
    DomainError
        If the array is not C-contiguous, not aligned or read-only, or its bounds overlap those of the source,
        unless both have one shape and begin at one address.
    """
    check_memory(array, source.shape if shape is None else shape, dtype, caller=caller, argument=argument)
    check_writeable(array, caller=caller, argument=argument)
    if np.may_share_memory(array, source) and not (
        array.shape == source.shape and array.ctypes.data == source.ctypes.data
    ):
        rule = "be the logits themselves or share no memory with them"
        raise DomainError(caller, argument, rule, got="an array that overlaps them")


def check_writeable(array: NDArray[np.generic], *, caller: str, argument: str) -> None:
    """Raise `DomainError` for a read-only array: a kernel writes to its address all the same."""
    if not array.flags.writeable:
        hint = "Copy it with `.copy()`."
        raise DomainError(caller, argument, "be writeable", got="a read-only array", hint=hint)


def check_apart(
    array: NDArray[np.generic] | None, other: NDArray[np.generic], *, caller: str, argument: str, name: str
) -> None:
    """
    Raise if an output shares memory with an array that is still read while the output is written.

    None stands for an output that was not requested, and passes. `argument` is the name of the output, `name`
    that of the other array. Only the bounds of both are compared: interleaved arrays raise too.

    Raises
    ------
    DomainError
        If they share memory.
    """
    if array is not None and np.may_share_memory(array, other):
        raise DomainError(caller, argument, f"share no memory with `{name}`", got="an array that does")


def numbers_of(
    numbers: NDArray[np.generic] | float,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    *,
    caller: str,
    argument: str,
) -> tuple[NDArray[np.generic], int]:
    """
    Contiguous array of `dtype`, and the step between entries that a kernel reads: 0 for one number, else 1.

    One number, of Python or an array without axes, becomes an array of shape (1,). An array of another dtype
    or layout is converted to a copy, any other is returned itself.

    Raises
    ------
    ShapeError
        If `numbers` is neither one number nor of the given `shape`.
    """
    array = np.ascontiguousarray(numbers, dtype=dtype)
    if np.ndim(numbers) == 0:
        return array, 0
    check_memory(array, shape, dtype, caller=caller, argument=argument)
    return array, 1
