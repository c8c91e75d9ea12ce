"""Precisions of a measure: the dtype of its result, that of its computation, and the tolerance of a sum."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from xent.arrays import Array, Namespace, accumulation_dtype, check_dtype

__all__ = ["has_64_bits", "precisions"]

_NUMBERS = ("real floating", "integral")


def precisions(
    arrays: Sequence[Array], names: Sequence[str], *, caller: str, xp: Namespace
) -> tuple[Any, Any, float]:
    """
    Dtype of the result, dtype to compute in, and tolerance of a sum of probabilities around 1.

    The result has the dtype to which the floating arrays promote, or the library's default one if all are
    integral; computation takes 32 bits or more; the tolerance is the square root of the result's epsilon.
    Raises `DTypeError` if an array, named by `names`, is not real floating or integral.
    """
    dtypes = tuple(array.dtype for array in arrays)
    if not _are_numbers(dtypes, xp):
        for array, name in zip(arrays, names, strict=True):
            check_dtype(array, _NUMBERS, caller=caller, argument=name, xp=xp)
    return _precisions(dtypes, xp)


# Cached: on a short vector the inspection of dtypes would take as long as the sum.
@functools.lru_cache(maxsize=64)
def _are_numbers(dtypes: tuple[Any, ...], xp: Namespace) -> bool:
    """True if every dtype is real floating or integral; cached."""
    return all(xp.isdtype(dtype, _NUMBERS) for dtype in dtypes)


@functools.lru_cache(maxsize=64)
def _precisions(dtypes: tuple[Any, ...], xp: Namespace) -> tuple[Any, Any, float]:
    """
    Dtype of the result, dtype to compute in, and tolerance of a sum, for dtypes of real numbers;
    cached.
    """
    floating = [dtype for dtype in dtypes if xp.isdtype(dtype, "real floating")]
    dtype = xp.result_type(*floating) if floating else xp.asarray(0.0).dtype
    return dtype, accumulation_dtype(dtype, xp=xp), float(xp.finfo(dtype).eps) ** 0.5


def has_64_bits(array: Array, xp: Namespace) -> bool:
    """True if the library has 64-bit numbers where the array lies; JAX has them only if they are enabled."""
    # A traced array of JAX has no device.
    if getattr(getattr(array, "device", None), "type", "") == "mps":
        return False
    return "float64" in xp.__array_namespace_info__().dtypes(kind="real floating")
