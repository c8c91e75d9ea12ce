"""
Checked arguments of a loss: what every loss does before and after its formula.

Logits, truth and weights become arrays of one library in the precision of the computation; rows of weight 0
are blanked, so that nothing in them is read; a result is weighted and given the dtype of the logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.arrays import (
    Array,
    Namespace,
    accumulation_dtype,
    as_arrays,
    check_dtype,
    check_shape,
    check_values,
    index_dtype,
)
from xent.errors import ShapeError

__all__ = ["Examples", "binary_examples", "labelled_examples", "targeted_examples"]

_OF_LOGITS = "that of `logits`"
_OF_ROWS = "that of `logits` without its last axis"
_WHERE_POSITIVE = " where the weight is positive"


@dataclass(frozen=True, slots=True)
class Examples:
    """
    Arguments of a loss, ready for its formula.

    Parameters
    ----------
    xp : module
        Their namespace.
    logits, truth : array
        In the precision of the computation; labels are integers.
    weight : array or None
        Factor of each row.
    dtype : object
        Dtype of the logits as given, and so of the result.
    where : str
        Function that was called, for the message of an error.
    """

    xp: Namespace
    logits: Array
    truth: Array
    weight: Array | None
    dtype: Any
    where: str

    def result(self, quantity: Array) -> Array:
        """`quantity`, one entry or block of entries for each row, weighted and in the dtype of the result."""
        if self.weight is not None:
            quantity = _aligned(self.weight, quantity) * quantity
        return self.xp.astype(quantity, self.dtype, copy=False)

    def vectors(self, vectors: Array) -> Array:
        """`vectors` of the shape of the logits, in the precision of the computation."""
        _, (vectors, _) = as_arrays(vectors, self.logits, where=self.where)
        check_dtype(vectors, "real floating", where=self.where, argument="vectors", xp=self.xp)
        shape = tuple(self.logits.shape)
        check_shape(vectors, shape, where=self.where, argument="vectors", because=_OF_LOGITS)
        vectors = self.xp.astype(vectors, self.logits.dtype, copy=False)
        return _blank(vectors, self.weight, xp=self.xp)


def labelled_examples(logits: Array, labels: Array, weight: Array | None, *, where: str) -> Examples:
    """Rows of logits over classes with an integer label each."""
    xp, (logits, labels, weight) = as_arrays(logits, labels, weight, where=where)
    rows = _check_class_axis(logits, where=where, xp=xp)
    _check_label_dtype(labels, where=where, xp=xp)
    check_shape(labels, rows, where=where, argument="labels", because=_OF_ROWS)
    labels = xp.astype(labels, index_dtype(xp=xp), copy=False)
    weight = _checked_weight(weight, logits, rows, where=where, xp=xp)
    n_classes = logits.shape[-1]
    check_values(
        labels,
        lambda labels: ((labels < 0) | (labels >= n_classes)) & _is_read(weight, labels),
        f"lie in 0..{n_classes - 1}" + ("" if weight is None else _WHERE_POSITIVE),
        where=where,
        argument="labels",
        xp=xp,
        hint="To leave a row out, give it weight 0 in `sample_weight`.",
    )
    return _ready(logits, labels, weight, where=where, xp=xp)


def targeted_examples(logits: Array, targets: Array, weight: Array | None, *, where: str) -> Examples:
    """Rows of logits over classes with a distribution over them each."""
    xp, (logits, targets, weight) = as_arrays(logits, targets, weight, where=where)
    rows = _check_class_axis(logits, where=where, xp=xp)
    check_dtype(targets, ("real floating", "integral"), where=where, argument="targets", xp=xp)
    shape = tuple(logits.shape)
    check_shape(targets, shape, where=where, argument="targets", because=_OF_LOGITS)
    weight = _checked_weight(weight, logits, rows, where=where, xp=xp)
    given = targets.dtype if xp.isdtype(targets.dtype, "real floating") else logits.dtype
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    tolerance = xp.finfo(given).eps ** 0.5
    _check_distributions(targets, tolerance, weight, where=where, xp=xp)
    return _ready(logits, targets, weight, where=where, xp=xp)


def binary_examples(logits: Array, targets: Array, weight: Array | None, *, where: str) -> Examples:
    """One logit for each row, with the probability of the event as target."""
    xp, (logits, targets, weight) = as_arrays(logits, targets, weight, where=where)
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp)
    check_dtype(targets, ("real floating", "integral", "bool"), where=where, argument="targets", xp=xp)
    rows = tuple(logits.shape)
    check_shape(targets, rows, where=where, argument="targets", because=_OF_LOGITS)
    weight = _checked_weight(weight, logits, rows, where=where, xp=xp)
    targets = xp.astype(targets, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    check_values(
        targets,
        lambda targets: ~((targets >= 0) & (targets <= 1)) & _is_read(weight, targets),
        "lie in [0, 1]" + ("" if weight is None else _WHERE_POSITIVE),
        where=where,
        argument="targets",
        xp=xp,
        hint="To leave a row out, give it weight 0 in `sample_weight`.",
    )
    return _ready(logits, targets, weight, where=where, xp=xp)


def _check_class_axis(logits: Array, *, where: str, xp: Namespace) -> tuple[int, ...]:
    check_dtype(logits, "real floating", where=where, argument="logits", xp=xp)
    shape = tuple(logits.shape)
    if not shape or shape[-1] == 0:
        raise ShapeError(where, "logits", "have at least one class on its last axis", got=f"shape {shape}")
    return shape[:-1]


def _check_label_dtype(labels: Array, *, where: str, xp: Namespace) -> None:
    hint = f"Did you mean targets of shape (N, K)? They go to `{where.partition('.')[0]}_of_targets`."
    if xp.isdtype(labels.dtype, "bool"):
        hint = "Use `sigmoid_cross_entropy` for one logit per row, or convert the labels to integers."
    check_dtype(labels, "integral", where=where, argument="labels", xp=xp, hint=hint)


def _checked_weight(
    weight: Array | None, logits: Array, rows: tuple[int, ...], *, where: str, xp: Namespace
) -> Array | None:
    """The weight in the precision of the computation."""
    if weight is None:
        return None
    check_dtype(weight, ("real floating", "integral"), where=where, argument="sample_weight", xp=xp)
    check_shape(weight, rows, where=where, argument="sample_weight", because="one factor for each row")
    weight = xp.astype(weight, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    check_values(
        weight,
        lambda weight: ~(xp.isfinite(weight) & (weight >= 0)),
        "be finite and >= 0",
        where=where,
        argument="sample_weight",
        xp=xp,
    )
    return weight


def _check_distributions(
    targets: Array, tolerance: float, weight: Array | None, *, where: str, xp: Namespace
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


def _ready(logits: Array, truth: Array, weight: Array | None, *, where: str, xp: Namespace) -> Examples:
    wide = xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)
    wide, truth = (_blank(array, weight, xp=xp) for array in (wide, truth))
    return Examples(xp, wide, truth, weight, logits.dtype, where)


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
