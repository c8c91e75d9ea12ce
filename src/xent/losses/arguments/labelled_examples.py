"""Checked rows of logits, each with an integer label."""

from __future__ import annotations

from xent.arrays import Array, Namespace, check_dtype, check_shape, class_numbers
from xent.losses.arguments.examples import (
    OF_ROWS,
    Asked,
    Examples,
    arrays_of,
    check_class_axis,
    ready,
    row_factors,
    without_label,
)
from xent.losses.arguments.label_range import check_label_range

__all__ = ["labelled_examples", "weight_of_label"]


def labelled_examples(asked: Asked, *, ignored_label: int | None = None, more_classes: int = 0) -> Examples:
    """
    Check rows of logits with an integer label each.

    Rows with `ignored_label` have weight 0; None ignores no label. Valid labels are ``0 .. K - 1`` with
    `more_classes` plus the number of logits as K. Raises `DTypeError`, `ShapeError`, or `DomainError` for a
    label out of range or an invalid weight.
    """
    where = asked.where
    xp, (logits, labels, weight) = arrays_of(asked)
    hint = "The logits come first." if xp.isdtype(labels.dtype, "real floating") else ""
    rows = check_class_axis(logits, where=where, xp=xp, hint=hint)
    _check_label_dtype(labels, where=where, xp=xp)
    hint = _other_reading(tuple(labels.shape), tuple(logits.shape))
    check_shape(labels, rows, where=where, argument="labels", because=OF_ROWS, hint=hint)
    labels = class_numbers(labels, xp=xp)
    weight = row_factors(weight, "sample_weight", rows, logits, asked, xp=xp)
    weight = without_label(labels, weight, ignored_label, logits, xp=xp)
    n_classes = logits.shape[-1] + more_classes
    hint = _how_to_leave_out(ignored_label)
    if more_classes > 0:
        hint = f"Classes are numbered from 0, and there is one more than logits. {hint}"
    if asked.validate:
        is_read = weight != 0 if weight is not None else None
        check_label_range(labels, is_read, n_classes, where=where, hint=hint, xp=xp)
    return ready(logits, labels, weight, asked, xp=xp)


def weight_of_label(weights: Array | None, examples: Examples) -> Array | None:
    """Class weight of each row's label, nan where the label is out of range; None without weights."""
    if weights is None:
        return None
    xp, labels = examples.xp, examples.truth
    is_class = (labels >= 0) & (labels < weights.shape[0])
    places = xp.reshape(xp.where(is_class, labels, xp.zeros_like(labels)), (-1,))
    return xp.where(is_class, xp.reshape(xp.take(weights, places, axis=0), tuple(labels.shape)), xp.nan)


def _other_reading(labels: tuple[int, ...], logits: tuple[int, ...]) -> str:
    """Hint of an error message for shapes that are usual in other libraries; empty for others."""
    if labels == logits:
        return "Targets of the shape of the logits go to a loss whose name ends in `_of_targets`."
    if len(logits) > 2 and labels == (logits[0], *logits[2:]):
        return "Classes lie on the last axis: move them there from axis 1, where PyTorch has them."
    return ""


def _check_label_dtype(labels: Array, *, where: str, xp: Namespace) -> None:
    """Raise `DTypeError` if the labels are not integers, with a hint at the loss for other kinds."""
    hint = "Did you mean targets of shape (N, K)? They go to a loss whose name ends in `_of_targets`."
    if xp.isdtype(labels.dtype, "bool"):
        hint = "Use `sigmoid_cross_entropy` for one logit per row, or convert the labels to integers."
    check_dtype(labels, "integral", where=where, argument="labels", xp=xp, hint=hint)


def _how_to_leave_out(ignored_label: int | None) -> str:
    """Hint for rows that shall be ignored."""
    if ignored_label is None:
        return "To leave rows out, name their label in `ignored_label`, or give them weight 0."
    return "To leave a row out, give it weight 0 in `sample_weight`."
