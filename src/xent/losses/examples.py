"""
Checked arguments of a loss: what every loss does before its formula.

Logits, truth and weights become arrays of one library in the precision of the computation; rows of weight 0
are blanked, so that nothing in them is read.
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
    index_dtype,
    is_array,
    namespace_of,
)
from xent.errors import ShapeError
from xent.losses.class_mask import class_mask_of
from xent.losses.label_range import check_label_range

__all__ = [
    "Asked",
    "Examples",
    "binary_examples",
    "labelled_examples",
    "numbers_like",
    "row_factors",
    "targeted_examples",
    "taught_examples",
    "valued_examples",
    "weight_of_label",
]

_OF_LOGITS = "that of `logits`"
_OF_ROWS = "that of `logits` without its last axis"
_WHERE_POSITIVE = " where the weight is positive"


class Asked(NamedTuple):
    """
    What a user asked of a loss.

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
    mass : array or None
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
    mass: Array | None
    dtype: Any
    validate: bool | str

    def vectors(self, vectors: Array) -> Array:
        """`vectors` of the shape of the logits, in the precision of the computation."""
        _, (vectors, _) = as_arrays(vectors, self.logits, where=self.where)
        check_dtype(vectors, "real floating", where=self.where, argument="vectors", xp=self.xp)
        shape = tuple(self.logits.shape)
        check_shape(vectors, shape, where=self.where, argument="vectors", because=_OF_LOGITS)
        vectors = self.xp.astype(vectors, self.logits.dtype, copy=False)
        return _blank(vectors, self.weight, xp=self.xp)

    def where_read(self, array: Array, instead: Any) -> Array:
        """`array`, which broadcasts against the logits, and `instead` where nothing is read."""
        if self.weight is None:
            return array
        return self.xp.where(_is_read(self.weight, self.logits), array, instead)

    def weighted(self, factor: Array | None) -> Examples:
        """The examples with each weight times `factor`."""
        if factor is None:
            return self
        weight = factor if self.weight is None else self.weight * factor
        logits, truth = (_blank(array, weight, xp=self.xp) for array in (self.logits, self.truth))
        return replace(self, logits=logits, truth=truth, weight=weight)


def labelled_examples(asked: Asked, *, ignored_label: int | None = None, more_classes: int = 0) -> Examples:
    """Rows of logits with an integer label each, of which there are `more_classes` than logits."""
    where = asked.where
    xp, (logits, labels, weight) = _arrays(asked)
    hint = "The logits come first." if xp.isdtype(labels.dtype, "real floating") else ""
    rows = _check_class_axis(logits, where=where, xp=xp, hint=hint)
    _check_label_dtype(labels, where=where, xp=xp)
    hint = _other_reading(tuple(labels.shape), tuple(logits.shape))
    check_shape(labels, rows, where=where, argument="labels", because=_OF_ROWS, hint=hint)
    labels = xp.astype(labels, index_dtype(xp=xp), copy=False)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    weight = _without_label(labels, weight, ignored_label, logits, xp=xp)
    n_classes = logits.shape[-1] + more_classes
    hint = _how_to_leave_out(ignored_label)
    if more_classes > 0:
        hint = f"Classes are numbered from 0, and there is one more than logits. {hint}"
    if asked.validate:
        is_read = weight != 0 if weight is not None else None
        check_label_range(labels, is_read, n_classes, where=where, hint=hint, xp=xp)
    return _ready(logits, labels, weight, asked, xp=xp)


def targeted_examples(asked: Asked, *, normalized: bool = True) -> Examples:
    """Rows of logits over classes with a distribution over them each."""
    where = asked.where
    xp, (logits, targets, weight) = _arrays(asked)
    rows = _check_class_axis(logits, where=where, xp=xp)
    check_dtype(targets, ("real floating", "integral"), where=where, argument="targets", xp=xp)
    shape = tuple(logits.shape)
    check_shape(targets, shape, where=where, argument="targets", because=_OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    given = targets.dtype if xp.isdtype(targets.dtype, "real floating") else logits.dtype
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if asked.validate:
        tolerance = xp.finfo(given).eps ** 0.5 if normalized else None
        _check_distributions(targets, tolerance, weight, where=where, xp=xp)
    return _ready(logits, targets, weight, asked, xp=xp)


def taught_examples(asked: Asked) -> Examples:
    """Rows of a student's logits over classes with the logits of a teacher each."""
    where = asked.where
    xp, (logits, teacher, weight) = _arrays(asked)
    rows = _check_class_axis(logits, where=where, xp=xp)
    check_dtype(teacher, "real floating", where=where, argument="teacher_logits", xp=xp)
    shape = tuple(logits.shape)
    check_shape(teacher, shape, where=where, argument="teacher_logits", because=_OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    teacher = xp.astype(teacher, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    return _ready(logits, teacher, weight, asked, xp=xp)


def binary_examples(asked: Asked, *, ignored_label: float | None = None, class_mask: Any = None) -> Examples:
    """One logit for each entry, with the probability of the event as target; what is masked has weight 0."""
    where = asked.where
    xp, (logits, targets, weight) = _arrays(asked)
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp)
    check_dtype(targets, ("real floating", "integral", "bool"), where=where, argument="targets", xp=xp)
    rows = tuple(logits.shape)
    check_shape(targets, rows, where=where, argument="targets", because=_OF_LOGITS)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    weight = _without_label(targets, weight, ignored_label, logits, xp=xp)
    mask = class_mask_of(class_mask, logits, where=where, xp=xp)
    if mask is not None:
        weight = xp.where(mask, xp.ones_like(targets) if weight is None else weight, 0.0)
    if asked.validate:
        check_values(
            targets,
            lambda targets: ~((targets >= 0) & (targets <= 1)) & _is_read(weight, targets),
            "lie in [0, 1]" + ("" if weight is None else _WHERE_POSITIVE),
            where=where,
            argument="targets",
            xp=xp,
            hint="To leave a row out, give it weight 0 in `sample_weight`.",
        )
    return _ready(logits, targets, weight, asked, xp=xp)


def valued_examples(
    asked: Asked, argument: str, *, parameters: tuple[str, ...] = (), at_least: float | None = None
) -> Examples:
    """
    Parameters of a distribution, and a finite number for each value of them.

    Where it has several `parameters`, they lie along the last axis.
    """
    where = asked.where
    xp, (logits, numbers, weight) = _arrays(asked)
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp)
    rows = _check_parameter_axis(logits, parameters, where=where)
    check_dtype(numbers, ("real floating", "integral"), where=where, argument=argument, xp=xp)
    because = _OF_ROWS if parameters else _OF_LOGITS
    check_shape(numbers, rows, where=where, argument=argument, because=because)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    numbers = xp.astype(numbers, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if asked.validate:
        lowest = -xp.inf if at_least is None else at_least
        check_values(
            numbers,
            lambda numbers: ~(xp.isfinite(numbers) & (numbers >= lowest)) & _is_read(weight, numbers),
            "be finite" + ("" if at_least is None else f" and >= {at_least:g}"),
            where=where,
            argument=argument,
            xp=xp,
            hint="To leave one out, give it weight 0 in `sample_weight`.",
        )
    return _ready(logits, numbers, weight, asked, xp=xp)


def weight_of_label(weights: Array | None, examples: Examples) -> Array | None:
    """The entry of class `weights` at the label of each row; nan where that is no class."""
    if weights is None:
        return None
    xp, labels = examples.xp, examples.truth
    is_class = (labels >= 0) & (labels < weights.shape[0])
    places = xp.reshape(xp.where(is_class, labels, xp.zeros_like(labels)), (-1,))
    return xp.where(is_class, xp.reshape(xp.take(weights, places, axis=0), tuple(labels.shape)), xp.nan)


def numbers_like(logits: Array, value: Any, argument: str, *, where: str, xp: Namespace) -> Array:
    """A number, a sequence or an array as an array beside `logits`, in the precision of the computation."""
    dtype = accumulation_dtype(logits.dtype, xp=xp)
    if not is_array(value):
        return floats_beside(logits, value, dtype, where=where, xp=xp)
    namespace_of(logits, value, where=where)
    check_dtype(value, ("real floating", "integral"), where=where, argument=argument, xp=xp)
    return xp.astype(value, dtype, copy=False)


def row_factors(
    factors: Array | None,
    argument: str,
    shape: tuple[int, ...],
    logits: Array,
    asked: Asked,
    *,
    xp: Namespace,
) -> Array | None:
    """Weights of this shape, or truth values as weights 0 and 1, in the precision of the computation."""
    if factors is None:
        return None
    kinds = ("real floating", "integral", "bool")
    check_dtype(factors, kinds, where=asked.where, argument=argument, xp=xp)
    because = "one factor for each class" if argument == "class_weights" else "one factor for each row"
    check_shape(factors, shape, where=asked.where, argument=argument, because=because)
    factors = xp.astype(factors, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    if asked.validate:
        check_values(
            factors,
            lambda factors: ~(xp.isfinite(factors) & (factors >= 0)),
            "be finite and >= 0",
            where=asked.where,
            argument=argument,
            xp=xp,
        )
    return factors


def _arrays(asked: Asked) -> tuple[Namespace, tuple[Array, ...]]:
    """The arguments as arrays of one library; the last, the weight, may be None."""
    return as_arrays(asked.logits, asked.truth, asked.sample_weight, where=asked.where)


def _check_class_axis(logits: Array, *, where: str, xp: Namespace, hint: str = "") -> tuple[int, ...]:
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp, hint=hint)
    shape = tuple(logits.shape)
    if not shape or shape[-1] == 0:
        raise ShapeError(where, "logits", "have at least one class on its last axis", got=f"shape {shape}")
    return shape[:-1]


def _check_parameter_axis(logits: Array, parameters: tuple[str, ...], *, where: str) -> tuple[int, ...]:
    shape = tuple(logits.shape)
    if not parameters:
        return shape
    if shape[-1:] != (len(parameters),):
        rule = f"have {len(parameters)} entries on its last axis: {' and '.join(parameters)}"
        raise ShapeError(where, "logits", rule, got=f"shape {shape}")
    return shape[:-1]


def _other_reading(labels: tuple[int, ...], logits: tuple[int, ...]) -> str:
    """What arrays of these shapes are elsewhere, for the message of an error."""
    if labels == logits:
        return "Targets of the shape of the logits go to a loss whose name ends in `_of_targets`."
    if len(logits) > 2 and labels == (logits[0], *logits[2:]):
        return "Classes lie on the last axis: move them there from axis 1, where PyTorch has them."
    return ""


def _check_label_dtype(labels: Array, *, where: str, xp: Namespace) -> None:
    hint = "Did you mean targets of shape (N, K)? They go to a loss whose name ends in `_of_targets`."
    if xp.isdtype(labels.dtype, "bool"):
        hint = "Use `sigmoid_cross_entropy` for one logit per row, or convert the labels to integers."
    check_dtype(labels, "integral", where=where, argument="labels", xp=xp, hint=hint)


def _without_label(
    truth: Array, weight: Array | None, ignored: float | None, logits: Array, *, xp: Namespace
) -> Array | None:
    """The weight, 0 where the truth is what is ignored."""
    if ignored is None:
        return weight
    if weight is None:
        weight = xp.ones_like(truth, dtype=accumulation_dtype(logits.dtype, xp=xp))
    return xp.where(truth == ignored, xp.zeros_like(weight), weight)


def _how_to_leave_out(ignored_label: int | None) -> str:
    if ignored_label is None:
        return "To leave rows out, name their label in `ignored_label`, or give them weight 0."
    return "To leave a row out, give it weight 0 in `sample_weight`."


def _check_distributions(
    targets: Array, tolerance: float | None, weight: Array | None, *, where: str, xp: Namespace
) -> None:
    suffix = "" if weight is None else _WHERE_POSITIVE
    check_values(
        targets,
        lambda targets: ~(targets >= 0) & _is_read(weight, targets),
        "be >= 0" + suffix,
        where=where,
        argument="targets",
        xp=xp,
    )
    if tolerance is None:
        return
    check_values(
        targets,
        lambda targets: ~(xp.abs(xp.sum(targets, axis=-1) - 1) <= tolerance) & _is_read(weight, weight),
        "sum to 1 over the last axis" + suffix,
        where=where,
        argument="targets",
        xp=xp,
        hint="If they are counts, divide each row by its sum and multiply its weight by it.",
        show=lambda targets: xp.sum(targets, axis=-1),
    )


def _ready(logits: Array, truth: Array, weight: Array | None, asked: Asked, *, xp: Namespace) -> Examples:
    wide = xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    wide, truth = (_blank(array, weight, xp=xp) for array in (wide, truth))
    return Examples(xp, asked.where, wide, truth, weight, None, logits.dtype, asked.validate)


def _blank(array: Array, weight: Array | None, *, xp: Namespace) -> Array:
    """`array` with zeros in the rows of weight 0: selected, for 0 * nan is nan, in derivatives too."""
    if weight is None:
        return array
    return xp.where(_is_read(weight, array), array, xp.zeros_like(array))


def _is_read(weight: Array | None, array: Array) -> Array:
    """Mask over `array` of what has a positive weight; True where there are no weights."""
    return True if weight is None else _aligned(weight, array) != 0


def _aligned(weight: Array, array: Array) -> Array:
    """`weight` with as many axes as `array`."""
    return weight[(..., *(None,) * (array.ndim - weight.ndim))]
