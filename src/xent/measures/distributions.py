"""
Checked arguments of a measure: what every measure does before and after its formula.

Distributions, given as probabilities, as their logarithms or as logits, become arrays of one library and one
precision with the outcomes on the last axis; a result gets its base, its axes and the dtype of the arguments.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from xent.arrays import Array, Namespace, accumulation_dtype, as_arrays, check_dtype
from xent.errors import DomainError, ShapeError
from xent.formulas.softmax import softmax
from xent.measures.blocks import summed_by_blocks
from xent.measures.simplex import check_log_simplex, check_simplex

__all__ = ["Distributions", "distributions", "in_base", "joint_table", "precisions"]

_NUMBERS = ("real floating", "integral")
# Of functions that take probabilities only.
_NOT_TAKEN = object()
_NOT_PROBS = "Pass logits as `logits=`, logarithms as `log_probs=`."


class Distributions(NamedTuple):
    """
    Arguments of a measure, ready for its formula.

    Parameters
    ----------
    xp : module
        Their namespace.
    probs : tuple of array
        Probabilities of each distribution, in the precision of the computation; the outcomes on the last
        axis, or a variable of a joint table on each of the last axes.
    given_logs : tuple of array or None
        Their logarithms, where the argument was given as such or as logits.
    dtype : object
        Dtype of the arguments, and so of the result.
    axes : int or tuple of int
        Where the outcomes were.
    where : str
        Function that was called, for the message of an error.
    """

    xp: Namespace
    probs: tuple[Array, ...]
    given_logs: tuple[Array | None, ...]
    dtype: Any
    axes: int | tuple[int, ...]
    where: str

    @property
    def in_log_space(self) -> bool:
        """Whether all were given as logarithms or logits."""
        return all(logs is not None for logs in self.given_logs)

    @property
    def logs(self) -> tuple[Array, ...]:
        """Logarithms of the probabilities; ``-inf`` at a probability of 0."""
        both = zip(self.probs, self.given_logs, strict=True)
        return tuple(_log(probs, xp=self.xp) if logs is None else logs for probs, logs in both)

    def sum(
        self, value: Callable[..., Array], *arrays: Array, quick: Callable[..., Array] | None = None
    ) -> Array:
        """A formula that is a sum over the last axis, of `arrays` or else of the probabilities."""
        return summed_by_blocks(value, *(arrays or self.probs), quick=quick, xp=self.xp)

    def of(self, value: Callable[..., Array], *arrays: Array, **parameters: Any) -> Array:
        """Any formula, of `arrays` or else of the probabilities."""
        with np.errstate(all="ignore"):
            return value(*(arrays or self.probs), **parameters, xp=self.xp)

    def result(self, nats: Array, *, base: float = math.e, keepdims: bool = False) -> Array:
        """A quantity in nats, one for each distribution, in units of `base` and the dtype of the result."""
        quantity = in_base(nats, base, where=self.where)
        if keepdims and isinstance(self.axes, tuple):
            quantity = self.xp.reshape(quantity, (*quantity.shape, *(1,) * len(self.axes)))
        elif keepdims:
            quantity = self.xp.expand_dims(self.xp.asarray(quantity), axis=self.axes)
        return quantity if quantity.dtype == self.dtype else self.xp.astype(quantity, self.dtype)


def distributions(
    *probs: object,
    names: Sequence[str] = ("probs",),
    log_probs: object = _NOT_TAKEN,
    logits: object = _NOT_TAKEN,
    axis: int = -1,
    normalize: bool = False,
    validate: bool = True,
    where: str,
) -> Distributions:
    """
    Distributions over the outcomes along `axis`, each in one of three spaces.

    Those of `probs` that are None are given by `log_probs` or by `logits`: by one array if one is missing, by
    a tuple of arrays if several are. `names` are what the arguments are called.
    """
    hint = "" if logits is _NOT_TAKEN else _NOT_PROBS
    log_probs, logits = (None if value is _NOT_TAKEN else value for value in (log_probs, logits))
    given = _in_one_space_each(probs, names, log_probs, logits, where=where)
    xp, arrays = as_arrays(*(value for _, _, value in given), where=where)
    dtype, wide, tolerance = precisions(arrays, [name for name, _, _ in given], where=where, xp=xp)
    if normalize and isinstance(arrays[0], np.ndarray):
        # A quotient rounded to 32 bits moves each probability, and so the distance of two that are near.
        wide = np.float64
    axis_name = "the last axis" if axis == -1 else f"axis {axis}"
    pairs: list[tuple[Array, Array | None]] = []
    for (name, space, _), array in zip(given, arrays, strict=True):
        last = _outcomes_last(array, axis, where=where, argument=name, xp=xp)
        last = last if last.dtype == wide else xp.astype(last, wide)
        if space == "logits" or (space == "log_probs" and normalize):
            pairs.append(_softmax(last, xp=xp))
            continue
        in_logs = space == "log_probs"
        found = xp.exp(last) if in_logs else last
        if validate and in_logs:
            check_log_simplex(last, found, tolerance, axis=axis_name, where=where, argument=name, xp=xp)
        elif validate:
            named: dict[str, Any] = {"axis": axis_name, "where": where, "argument": name, "xp": xp}
            check_simplex(last, tolerance, normalize=normalize, hint=hint, **named)
        if normalize:
            found = found / xp.sum(found, axis=-1, keepdims=True)
        pairs.append((found, last if in_logs else None))
    both = _of_one_shape(pairs, [name for name, _, _ in given], where=where, xp=xp)
    return Distributions(xp, *both, dtype, axis, where)


def joint_table(
    joint: object, *, variables: int = 2, normalize: bool = False, validate: bool = True, where: str
) -> Distributions:
    """A joint table of variables on the last axes, as probabilities."""
    xp, arrays = as_arrays(joint, where=where)
    table: Array = arrays[0]
    if variables < 1 or table.ndim < variables:
        rule = f"have at least {max(variables, 1)} axes, one for each variable"
        raise ShapeError(where, "joint", rule, got=f"shape {tuple(table.shape)}")
    shape = tuple(table.shape)
    outcomes = math.prod(shape[len(shape) - variables :])
    flat = xp.reshape(table, (*shape[: len(shape) - variables], outcomes))
    found = distributions(flat, names=("joint",), normalize=normalize, validate=validate, where=where)
    axes = tuple(range(-variables, 0))
    return Distributions(xp, (xp.reshape(found.probs[0], shape),), (None,), found.dtype, axes, where)


def in_base(nats: Array, base: float, *, where: str) -> Array:
    """A quantity in nats, in units of another base."""
    if base == math.e:
        return nats
    if not (base > 0 and base != 1 and math.isfinite(base)):
        raise DomainError(where, "base", "be > 0, finite and not 1", got=f"{base:g}")
    return nats / math.log(base)


def precisions(
    arrays: Sequence[Array], names: Sequence[str], *, where: str, xp: Namespace
) -> tuple[Any, Any, float]:
    """Dtype of the result, dtype to compute in, and how far a sum of probabilities may be from 1."""
    dtypes = tuple(array.dtype for array in arrays)
    if not _are_numbers(dtypes, xp):
        for array, name in zip(arrays, names, strict=True):
            check_dtype(array, _NUMBERS, where=where, argument=name, xp=xp)
    return _precisions(dtypes, xp)


# Remembered, for on a short vector these questions would take as long as the sum.
@functools.lru_cache(maxsize=64)
def _are_numbers(dtypes: tuple[Any, ...], xp: Namespace) -> bool:
    return all(xp.isdtype(dtype, _NUMBERS) for dtype in dtypes)


@functools.lru_cache(maxsize=64)
def _precisions(dtypes: tuple[Any, ...], xp: Namespace) -> tuple[Any, Any, float]:
    floating = [dtype for dtype in dtypes if xp.isdtype(dtype, "real floating")]
    dtype = xp.result_type(*floating) if floating else xp.asarray(0.0).dtype
    return dtype, accumulation_dtype(dtype, xp=xp), float(xp.finfo(dtype).eps) ** 0.5


def _in_one_space_each(
    probs: Sequence[object], names: Sequence[str], log_probs: object, logits: object, *, where: str
) -> list[tuple[str, str, object]]:
    """Name, space and value of each distribution."""
    missing = sum(value is None for value in probs)
    spaces = {"log_probs": log_probs, "logits": logits}
    others = {space: value for space, value in spaces.items() if value is not None}
    if len(others) != (missing > 0):
        rule = "be given in one space: as probabilities, as `log_probs` or as `logits`"
        got = "several" if others else "none"
        raise DomainError(where, names[0] if missing == len(probs) else names[-1], rule, got=got)
    if not missing:
        return [(name, "probs", value) for name, value in zip(names, probs, strict=True)]
    ((space, value),) = others.items()
    parts = [value] if missing == 1 else value
    if missing > 1 and not (isinstance(parts, tuple) and len(parts) == missing):
        raise ShapeError(where, space, f"be a tuple of {missing} arrays", got=type(parts).__name__)
    return list(_merged(probs, names, space, parts))


def _merged(probs: Sequence[object], names: Sequence[str], space: str, parts: Any) -> Any:
    following = iter(parts)
    argument = space if len(parts) == 1 else f"{space} of {{}}"
    for name, value in zip(names, probs, strict=True):
        yield (argument.format(name), space, next(following)) if value is None else (name, "probs", value)


def _outcomes_last(array: Array, axis: int, *, where: str, argument: str, xp: Namespace) -> Array:
    if not -array.ndim <= axis < array.ndim:
        raise ShapeError(where, "axis", f"name an axis of `{argument}`", got=f"{axis} for {array.ndim} axes")
    if array.shape[axis] == 0:
        raise ShapeError(where, argument, "have at least one outcome", got=f"shape {tuple(array.shape)}")
    return array if axis in (-1, array.ndim - 1) else xp.moveaxis(array, axis, -1)


def _of_one_shape(
    pairs: Sequence[tuple[Array, Array | None]], names: Sequence[str], *, where: str, xp: Namespace
) -> tuple[tuple[Array, ...], tuple[Array | None, ...]]:
    """Probabilities and logarithms, with the leading axes broadcast."""
    if len(pairs) == 1:
        return (pairs[0][0],), (pairs[0][1],)
    shapes = [tuple(probs.shape) for probs, _ in pairs]
    for shape, name in zip(shapes, names, strict=True):
        if shape[-1] != shapes[0][-1]:
            rule = f"have as many outcomes as `{names[0]}`, {shapes[0][-1]}"
            raise ShapeError(where, name, rule, got=str(shape[-1]))
    if any(shape != shapes[0] for shape in shapes):
        try:
            common = np.broadcast_shapes(*shapes)
        except ValueError:
            rule = f"have leading axes that broadcast with {shapes[0][:-1]}, those of `{names[0]}`"
            raise ShapeError(where, names[-1], rule, got=str(shapes[-1][:-1])) from None
        pairs = [
            (xp.broadcast_to(probs, common), None if logs is None else xp.broadcast_to(logs, common))
            for probs, logs in pairs
        ]
    return tuple(probs for probs, _ in pairs), tuple(logs for _, logs in pairs)


def _softmax(logits: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """Probabilities and their logarithms, both to full relative accuracy."""
    with np.errstate(all="ignore"):
        parts = softmax(logits, xp=xp)
        distance = xp.where(parts.is_top == 1, xp.zeros_like(logits), logits - parts.peak[..., None])
        return parts.probs, distance - xp.log1p(parts.rest)[..., None]


def _log(probs: Array, *, xp: Namespace) -> Array:
    return xp.where(probs == 0, -xp.inf, xp.log(xp.where(probs == 0, 1.0, probs)))
