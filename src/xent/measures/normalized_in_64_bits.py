"""Decorator of measures: JAX, which has 32 bits by default, normalises in 64 bits."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from xent.arrays import is_jax

__all__ = ["normalized_in_64_bits"]

P = ParamSpec("P")
R = TypeVar("R")


def normalized_in_64_bits(measure: Callable[P, R]) -> Callable[P, R]:
    """
    Decorator of a measure that lets it normalise in 64 bits where JAX has 32: it switches them on for the
    call.

    Rounding a quotient to 32 bits changes as much as the distance of close distributions. The measure must
    widen its arrays itself, as `distributions` does with `normalize`; only integers come as float64. A result
    in float64 becomes float32. It works in traced and transformed calls. Calls without a true `normalize` by
    keyword, without an array of JAX among the arguments or in a tuple of them, or with 64 bits switched on
    already, are unchanged.
    """

    @functools.wraps(measure)
    def computed(*args: P.args, **kwargs: P.kwargs) -> R:
        if not kwargs.get("normalize") or not _is_of_32_bits((*args, *kwargs.values())):
            return measure(*args, **kwargs)
        jax: Any = sys.modules["jax"]
        with jax.enable_x64(True):
            wide: Any = measure(
                *(_exact(value) for value in args),
                **{name: _exact(value) for name, value in kwargs.items()},
            )
            narrow: R = jax.tree.map(lambda each: each.astype(_narrow(each.dtype, jax)), wide)
            return narrow

    return computed


def _is_of_32_bits(values: Iterable[Any]) -> bool:
    """True if JAX arrays are among `values`, in tuples or not, and JAX does not have 64 bits."""
    found = any(map(is_jax, _flat(values)))
    return found and not sys.modules["jax"].config.jax_enable_x64


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _exact(value: Any) -> Any:
    """
    Integers of JAX as floats of 64 bits, also within a tuple; other values unchanged.

    JAX must have 64 bits switched on, else they come in 32. Integers of more than 53 bits are rounded.
    """
    if isinstance(value, tuple):
        return tuple(map(_exact, value))
    if is_jax(value) and value.dtype.kind in "iu":
        return value.astype("float64")
    return value


def _narrow(dtype: Any, jax: Any) -> Any:
    return jax.numpy.float32 if dtype == jax.numpy.float64 else dtype
