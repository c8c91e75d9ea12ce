"""
Checked arguments of a loss: what every loss does before its formula.

Logits, truth and weights become arrays of one library in the precision of the computation; rows of weight 0
are blanked, so that nothing in them is read. For each kind of truth there is a function that checks it, in
`labelled_examples.py`, `targeted_examples.py`, `binary_examples.py` and `valued_examples.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from xent.arrays import (
    Array,
    Namespace,
    accumulation_dtype,
    as_arrays,
    check_dtype,
    check_shape,
    check_values,
    floats_beside,
    is_array,
)
from xent.errors import ShapeError

__all__ = [
    "OF_LOGITS",
    "OF_ROWS",
    "WHERE_POSITIVE",
    "Examples",
    "Request",
    "arrays_of",
    "check_class_axis",
    "is_read",
    "numbers_like",
    "ready",
    "row_factors",
    "without_label",
]

OF_LOGITS = "that of `logits`"
OF_ROWS = "that of `logits` without its last axis"
WHERE_POSITIVE = " where the weight is positive"


class Request(NamedTuple):
    """
    Arguments of a call of a loss.

    Parameters
    ----------
    where : str
        Function that was called, for the message of an error.
    logits, truth : array
        The two arguments.
    sample_weight : array or None
        Factor of each row.
    validate : bool or "strict"
        Whether values are checked, and whether likely mistakes are reported too.
    """

    where: str
    logits: Array
    truth: Array
    sample_weight: Array | None
    validate: bool | str


@dataclass(frozen=True, slots=True)
class Examples:
    """
    Checked logits and truth.

    Parameters
    ----------
    xp : module
        Their namespace.
    where : str
        Function that was called, for the message of an error.
    logits, truth : array
        In the precision of the computation; labels are integers.
    weight : array or None
        Factor of each value; what has weight 0 is blank.
    denominator_weight : array or None
        What each value counts in a denominator; None where that is its weight.
    dtype : object
        Dtype of the logits as given, and so of the result.
    validate : bool or "strict"
        Whether further values are to be checked.
    """

    xp: Namespace
    where: str
    logits: Array
    truth: Array
    weight: Array | None
    denominator_weight: Array | None
    dtype: Any
    validate: bool | str

    def vectors(self, vectors: Array) -> Array:
        """`vectors` of the shape of the logits, in the precision of the computation."""
        _, (vectors, _) = as_arrays(vectors, self.logits, where=self.where)
        check_dtype(vectors, "real floating", where=self.where, argument="vectors", xp=self.xp)
        shape = tuple(self.logits.shape)
        check_shape(vectors, shape, where=self.where, argument="vectors", because=OF_LOGITS)
        vectors = self.xp.astype(vectors, self.logits.dtype, copy=False)
        return _blank(vectors, self.weight, xp=self.xp)

    def where_read(self, array: Array, instead: Any) -> Array:
        """`array`, which broadcasts against the logits, and `instead` where nothing is read."""
        if self.weight is None:
            return array
        return self.xp.where(is_read(self.weight, self.logits), array, instead)

    def weighted(self, factor: Array | None) -> Examples:
        """The examples with each weight times `factor`."""
        if factor is None:
            return self
        weight = factor if self.weight is None else self.weight * factor
        logits, truth = (_blank(array, weight, xp=self.xp) for array in (self.logits, self.truth))
        return replace(self, logits=logits, truth=truth, weight=weight)


def numbers_like(logits: Array, value: Any, argument: str, *, where: str, xp: Namespace) -> Array:
    """A number, a sequence or an array as an array beside `logits`, in the precision of the computation."""
    dtype = accumulation_dtype(logits.dtype, xp=xp)
    if not is_array(value):
        return floats_beside(logits, value, dtype, where=where, xp=xp)
    _, (value, _) = as_arrays(value, logits, where=where)
    check_dtype(value, ("real floating", "integral"), where=where, argument=argument, xp=xp)
    return xp.astype(value, dtype, copy=False)


def row_factors(
    factors: Array | None,
    argument: str,
    shape: tuple[int, ...],
    logits: Array,
    request: Request,
    *,
    xp: Namespace,
) -> Array | None:
    """Weights of this shape, or truth values as weights 0 and 1, in the precision of the computation."""
    if factors is None:
        return None
    kinds = ("real floating", "integral", "bool")
    check_dtype(factors, kinds, where=request.where, argument=argument, xp=xp)
    because = "one factor for each class" if argument == "class_weights" else "one factor for each row"
    check_shape(factors, shape, where=request.where, argument=argument, because=because)
    factors = xp.astype(factors, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if request.validate:
        check_values(
            factors,
            lambda factors: ~(xp.isfinite(factors) & (factors >= 0)),
            "be finite and >= 0",
            where=request.where,
            argument=argument,
            xp=xp,
        )
    return factors


def arrays_of(request: Request) -> tuple[Namespace, tuple[Array, ...]]:
    """The arguments as arrays of one library; the last, the weight, may be None."""
    return as_arrays(request.logits, request.truth, request.sample_weight, where=request.where)


def check_class_axis(logits: Array, *, where: str, xp: Namespace, hint: str = "") -> tuple[int, ...]:
    """Refuse logits without classes on their last axis; the shape of their rows."""
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp, hint=hint)
    shape = tuple(logits.shape)
    if not shape or shape[-1] == 0:
        raise ShapeError(where, "logits", "have at least one class on its last axis", got=f"shape {shape}")
    return shape[:-1]


def without_label(
    truth: Array, weight: Array | None, ignored: float | None, logits: Array, *, xp: Namespace
) -> Array | None:
    """The weight, 0 where the truth is what is ignored."""
    if ignored is None:
        return weight
    if weight is None:
        weight = xp.ones_like(truth, dtype=accumulation_dtype(logits.dtype, xp=xp))
    return xp.where(truth == ignored, xp.zeros_like(weight), weight)


def ready(logits: Array, truth: Array, weight: Array | None, request: Request, *, xp: Namespace) -> Examples:
    """The checked arguments in the precision of the computation, rows of weight 0 blank."""
    wide = xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    wide, truth = (_blank(array, weight, xp=xp) for array in (wide, truth))
    return Examples(xp, request.where, wide, truth, weight, None, logits.dtype, request.validate)


def _blank(array: Array, weight: Array | None, *, xp: Namespace) -> Array:
    """`array` with zeros in the rows of weight 0: selected, for 0 * nan is nan, in derivatives too."""
    if weight is None:
        return array
    return xp.where(is_read(weight, array), array, xp.zeros_like(array))


def is_read(weight: Array | None, array: Array) -> Array:
    """Mask over `array` of what has a positive weight; True where there are no weights."""
    return True if weight is None else _aligned(weight, array) != 0


def _aligned(weight: Array, array: Array) -> Array:
    """`weight` with as many axes as `array`."""
    return weight[(..., *(None,) * (array.ndim - weight.ndim))]
