"""
Checked arguments of a loss: the steps of every loss before its formula.

Logits, truth and weights become arrays of one library in the precision of the computation. Rows of weight 0
are ignored: their values are replaced by zeros. For each kind of truth there is a function that checks it, in
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
    floats_beside,
    is_array,
    valid_values,
)
from xent.errors import DomainError, ShapeError

__all__ = [
    "OF_LOGITS",
    "OF_ROWS",
    "WHERE_POSITIVE",
    "Examples",
    "Request",
    "arrays_of",
    "check_class_axis",
    "check_validate",
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
    Arguments of a call of a loss, before any check.

    Parameters
    ----------
    caller : str
        Name of the calling function, for error messages.
    logits, truth : array
        First and second argument of the call.
    sample_weight : array or None
        Factor of each row; None for 1.
    validate : bool or "strict"
        False skips the checks of values; ``"strict"`` adds checks for likely mistakes.
    """

    caller: str
    logits: Array
    truth: Array
    sample_weight: Array | None
    validate: bool | str


def check_validate(request: Request) -> None:
    """Raise `DomainError` for a `validate` of `request` that is no bool and not "strict"."""
    given = request.validate
    # By name, as NumPy has a bool of its own.
    is_bool = type(given).__name__ in {"bool", "bool_"}
    if not is_bool and not (isinstance(given, str) and given == "strict"):
        raise DomainError(request.caller, "validate", 'be True, False or "strict"', got=repr(given))


@dataclass(frozen=True, slots=True)
class Examples:
    """
    Checked logits and truth.

    Parameters
    ----------
    xp : module
        Namespace of the arrays.
    caller : str
        Name of the calling function, for error messages.
    logits, truth : array
        First and second argument in the precision of the computation; labels are integers.
    weight : array or None
        Factor of each value; None for 1. Logits and truth are 0 where the weight is 0.
    denominator_weight : array or None
        Contribution of each value to a denominator, before its weight; None for 1.
    dtype : object
        Dtype of the logits as given; dtype of the result.
    validate : bool or "strict"
        False skips the checks of values; ``"strict"`` adds checks for likely mistakes.
    """

    xp: Namespace
    caller: str
    logits: Array
    truth: Array
    weight: Array | None
    denominator_weight: Array | None
    dtype: Any
    validate: bool | str

    def vectors(self, vectors: Array) -> Array:
        """
        Checked `vectors` of the shape of the logits, in the precision of the computation.

        Entries where the weight is 0 become 0. Raises `DTypeError` if they are not real floating,
        `ShapeError` for another shape.
        """
        _, (_, vectors) = as_arrays(self.logits, vectors, caller=self.caller, names=("logits", "vectors"))
        check_dtype(vectors, "real floating", caller=self.caller, argument="vectors", xp=self.xp)
        shape = tuple(self.logits.shape)
        check_shape(vectors, shape, caller=self.caller, argument="vectors", because=OF_LOGITS)
        vectors = self.xp.astype(vectors, self.logits.dtype, copy=False)
        return _blank(vectors, self.weight, xp=self.xp)

    def where_read(self, array: Array, instead: Any) -> Array:
        """
        `array`, which broadcasts against the logits, replaced by `instead` where the weight is 0; itself
        without weights.
        """
        if self.weight is None:
            return array
        return self.xp.where(is_read(self.weight, self.logits), array, instead)

    def weighted(self, factor: Array | None) -> Examples:
        """
        Examples with each weight multiplied by `factor`, of the shape of the weights; unchanged for None.

        Logits and truth become 0 where the new weight is 0.
        """
        if factor is None:
            return self
        weight = factor if self.weight is None else self.weight * factor
        logits, truth = (_blank(array, weight, xp=self.xp) for array in (self.logits, self.truth))
        return replace(self, logits=logits, truth=truth, weight=weight)


def numbers_like(logits: Array, value: Any, argument: str, *, caller: str, xp: Namespace) -> Array:
    """
    Number, sequence or array as an array of the logits' library and dtype, but of at least 32 bits.

    NumPy arrays are converted; the shape is not checked. `argument` and `caller` are names for messages.
    Raises `DTypeError` for entries that are not real numbers, an array of booleans, or one of a library other
    than NumPy and that of the logits; `DomainError` for a masked entry.
    """
    dtype = accumulation_dtype(logits.dtype, xp=xp)
    if not is_array(value):
        return floats_beside(logits, value, dtype, caller=caller, xp=xp, argument=argument)
    _, (_, value) = as_arrays(logits, value, caller=caller, names=("logits", argument))
    check_dtype(value, ("real floating", "integral"), caller=caller, argument=argument, xp=xp)
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
    """
    Checked weights of the given `shape`, in floats of the logits' precision, 32 bits or more; None for None.

    Booleans are weights 0 and 1. Raises `DTypeError` for anything but numbers and booleans, `ShapeError` for
    another shape, and `DomainError` for a weight that is negative or not finite; an invalid one that cannot
    be read becomes nan. Values are not checked if ``request.validate`` is False. `argument` is the name of
    the weights.
    """
    if factors is None:
        return None
    kinds = ("real floating", "integral", "bool")
    check_dtype(factors, kinds, caller=request.caller, argument=argument, xp=xp)
    because = "one factor for each class" if argument == "class_weights" else "one factor for each row"
    check_shape(factors, shape, caller=request.caller, argument=argument, because=because)
    factors = xp.astype(factors, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if request.validate:
        factors = valid_values(
            factors,
            lambda factors: ~(xp.isfinite(factors) & (factors >= 0)),
            "be finite and >= 0",
            caller=request.caller,
            argument=argument,
            xp=xp,
        )
    return factors


def arrays_of(request: Request, truth: str) -> tuple[Namespace, tuple[Array, ...]]:
    """
    Namespace, and logits, truth and weight as arrays of one library; a weight of None stays None.

    `truth` is the name of the truth in messages. Raises `DTypeError` for arrays of several libraries or
    values that are not numbers, `DomainError` for masked or missing entries.
    """
    names = ("logits", truth, "sample_weight")
    return as_arrays(request.logits, request.truth, request.sample_weight, caller=request.caller, names=names)


def check_class_axis(logits: Array, *, caller: str, xp: Namespace, hint: str = "") -> tuple[int, ...]:
    """
    Shape (...) of the rows of `logits`, which has shape (..., K).

    Raises `DTypeError`, with the `hint`, if `logits` is not real floating, `ShapeError` if its last axis is
    missing or has length 0.
    """
    check_dtype(logits, "real floating", caller=caller, argument="logits", xp=xp, hint=hint)
    shape = tuple(logits.shape)
    if not shape or shape[-1] == 0:
        raise ShapeError(caller, "logits", "have at least one class on its last axis", got=f"shape {shape}")
    return shape[:-1]


def without_label(
    truth: Array, weight: Array | None, ignored: float | None, logits: Array, *, xp: Namespace
) -> Array | None:
    """
    Weight, of the shape of `truth`, set to 0 where the truth equals `ignored`; unchanged if that is None.

    A `weight` of None becomes an array of 1 elsewhere, in the precision of the computation.
    """
    if ignored is None:
        return weight
    if weight is None:
        weight = xp.ones_like(truth, dtype=accumulation_dtype(logits.dtype, xp=xp))
    return xp.where(truth == ignored, xp.zeros_like(weight), weight)


def ready(logits: Array, truth: Array, weight: Array | None, request: Request, *, xp: Namespace) -> Examples:
    """
    `Examples` of checked arguments: logits in the precision of the computation, with zeros in rows of weight
    0.

    The truth has zeros there too, and else stays as it is. A `weight` of None means 1 for each row; a weight
    of the denominator is not set.
    """
    wide = xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    wide, truth = (_blank(array, weight, xp=xp) for array in (wide, truth))
    return Examples(xp, request.caller, wide, truth, weight, None, logits.dtype, request.validate)


def _blank(array: Array, weight: Array | None, *, xp: Namespace) -> Array:
    """
    `array` with zeros in the rows of weight 0; `array` itself for a `weight` of None.

    Selected, not multiplied, because ``0 * nan`` is nan.
    """
    if weight is None:
        return array
    return xp.where(is_read(weight, array), array, xp.zeros_like(array))


def is_read(weight: Array | None, array: Array) -> Array:
    """Mask that broadcasts against `array`, True where the weight is not 0; True if `weight` is None."""
    return True if weight is None else _aligned(weight, array) != 0


def _aligned(weight: Array, array: Array) -> Array:
    """
    `weight`, whose axes are the first ones of `array`, with as many axes as that: further ones of length
    1.
    """
    return weight[(..., *(None,) * (array.ndim - weight.ndim))]
