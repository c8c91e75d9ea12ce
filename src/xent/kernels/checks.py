"""Checks of the memory that a kernel is sent to: a wrong address would end the process."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.arrays import class_numbers
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["check_apart", "check_memory", "check_output", "check_rows", "integers_of", "numbers_of"]


def check_memory(
    array: NDArray[np.generic], shape: tuple[int, ...], dtype: DTypeLike, *, where: str, argument: str
) -> None:
    """
    Refuse an array of another shape or dtype, or one that is not laid out row by row without gaps.

    Raises
    ------
    DTypeError
        If the dtype is another.
    ShapeError
        If the shape is another.
    DomainError
        If the array is not C-contiguous, or its numbers are not aligned.
    """
    if array.dtype != dtype:
        raise DTypeError(where, argument, f"be {np.dtype(dtype)}", got=str(array.dtype))
    if array.shape != shape:
        raise ShapeError(where, argument, f"have shape {shape}", got=str(array.shape))
    if not (array.flags.c_contiguous and array.flags.aligned):
        got, hint = f"strides {array.strides}", "Copy it with `numpy.ascontiguousarray`."
        raise DomainError(where, argument, "be C-contiguous and aligned", got=got, hint=hint)


def check_rows(array: NDArray[np.generic], *, where: str, argument: str) -> None:
    """
    Refuse what is no matrix with a class.

    Raises
    ------
    ShapeError
        If there are not 2 axes, or no class.
    DomainError
        If the array is not C-contiguous, or its numbers are not aligned.
    """
    if array.ndim != 2:
        raise ShapeError(where, argument, "have 2 axes", got=f"shape {array.shape}")
    if array.shape[1] == 0:
        raise ShapeError(where, argument, "have at least 1 class", got=f"shape {array.shape}")
    check_memory(array, array.shape, array.dtype, where=where, argument=argument)


def integers_of(array: NDArray[np.integer], *, where: str, argument: str) -> NDArray[np.int64]:
    """
    Integers as the kernels read them.

    Raises
    ------
    DTypeError
        If they are no integers.
    """
    if array.dtype.kind not in "iu":
        raise DTypeError(where, argument, "be integers", got=str(array.dtype))
    # Not `namespace_of`, which imports when it is first called: see `xent.kernels.cpu.first_use`.
    return np.ascontiguousarray(class_numbers(array, xp=np))


def check_output(
    array: NDArray[np.generic],
    source: NDArray[np.generic],
    dtype: DTypeLike,
    *,
    where: str,
    argument: str,
    shape: tuple[int, ...] | None = None,
) -> None:
    """
    Refuse memory that may not be written, or that shares a part of the source.

    All of it may be shared: then the result replaces the source.

    Raises
    ------
    DomainError
        If the array is read-only, or overlaps the source but does not begin with it.
    """
    check_memory(array, source.shape if shape is None else shape, dtype, where=where, argument=argument)
    if not array.flags.writeable:
        raise DomainError(where, argument, "be writeable", got="a read-only array")
    if np.may_share_memory(array, source) and not (
        array.shape == source.shape and array.ctypes.data == source.ctypes.data
    ):
        rule = "be the logits themselves or share no memory with them"
        raise DomainError(where, argument, rule, got="an array that overlaps them")


def check_apart(
    array: NDArray[np.generic] | None, other: NDArray[np.generic], *, where: str, argument: str, name: str
) -> None:
    """
    Refuse an output that shares memory with an array which is still read when the output is written.

    Raises
    ------
    DomainError
        If they share memory.
    """
    if array is not None and np.may_share_memory(array, other):
        raise DomainError(where, argument, f"share no memory with `{name}`", got="an array that does")


def numbers_of(
    numbers: NDArray[np.generic] | float,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    *,
    where: str,
    argument: str,
) -> tuple[NDArray[np.generic], int]:
    """
    One number, or an array of them, as an array, and its step: 0 for one number.

    Raises
    ------
    ShapeError
        If an array is of another shape.
    """
    array = np.ascontiguousarray(numbers, dtype=dtype)
    if np.ndim(numbers) == 0:
        return array, 0
    check_memory(array, shape, dtype, where=where, argument=argument)
    return array, 1
