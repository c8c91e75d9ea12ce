"""Checked rows of logits, each with an integer label."""

from __future__ import annotations

from typing import Any

from xent.arrays import (
    Array,
    Namespace,
    check_dtype,
    check_shape,
    check_values,
    checked_integer,
    class_numbers,
    is_traced,
)
from xent.losses.arguments.examples import (
    OF_ROWS,
    WHERE_POSITIVE,
    Examples,
    Request,
    arrays_of,
    check_class_axis,
    numbers_like,
    ready,
    row_factors,
    without_label,
)

__all__ = ["check_label_range", "labelled_examples", "weight_of_label", "weighted_examples"]


def labelled_examples(
    request: Request, *, ignored_label: int | None = None, more_classes: int = 0
) -> Examples:
    """
    Checked rows of logits, (..., K), each with an integer label, (...), and their weights, (...), or None.

    Logits and weights become floats of one precision, 32 bits or more; rows of weight 0 get zeros in the
    place of logits and label. Rows with `ignored_label` have weight 0; None ignores no label. Valid labels
    are ``0 .. K + more_classes - 1``. Raises `DTypeError` for logits that are not real floating, or labels or
    an `ignored_label` that are no integers, `ShapeError` for logits without a class or labels or weights that
    are not one for each row, and `DomainError` for a label out of range in a row of positive weight or a
    weight that is negative or not finite. Where values cannot be read, labels are not checked, and an invalid
    weight becomes nan; no values are checked if ``request.validate`` is False.
    """
    caller = request.caller
    xp, (logits, labels, weight) = arrays_of(request, "labels")
    hint = "The logits come first." if xp.isdtype(labels.dtype, "real floating") else ""
    rows = check_class_axis(logits, caller=caller, xp=xp, hint=hint)
    _check_label_dtype(labels, caller=caller, xp=xp)
    hint = _other_reading(tuple(labels.shape), tuple(logits.shape))
    check_shape(labels, rows, caller=caller, argument="labels", because=OF_ROWS, hint=hint)
    labels = class_numbers(labels, xp=xp)
    weight = row_factors(weight, "sample_weight", rows, logits, request, xp=xp)
    if ignored_label is not None and not is_traced(ignored_label):
        checked_integer(ignored_label, "ignored_label", caller=caller)
    weight = without_label(labels, weight, ignored_label, logits, xp=xp)
    n_classes = logits.shape[-1] + more_classes
    hint = _how_to_leave_out(ignored_label)
    if more_classes > 0:
        hint = f"Classes are numbered from 0, and there is one more than logits. {hint}"
    if request.validate:
        is_read = weight != 0 if weight is not None else None
        check_label_range(labels, is_read, n_classes, caller=caller, hint=hint, xp=xp)
    return ready(logits, labels, weight, request, xp=xp)


def weighted_examples(
    request: Request, *, ignored_label: int | None, class_weights: Any, more_classes: int = 0
) -> Examples:
    """
    Checked rows of logits with labels, each weighted by its sample weight times the weight of its label.

    `class_weights` have shape (K,) with K = number of logits + `more_classes`. Rows of weight 0 get zeros in
    the place of logits and label. None means: no label is ignored, all class weights are 1. Raises
    `DTypeError` for logits that are not real floating, labels that are no integers or class weights that are
    no numbers, `ShapeError` for labels, weights or class weights of another shape, and `DomainError` for a
    label out of range in a row of positive weight, or a weight of a row or a class that is negative or not
    finite. Values are not checked if ``request.validate`` is False.
    """
    examples = labelled_examples(request, ignored_label=ignored_label, more_classes=more_classes)
    if class_weights is None:
        return examples
    xp, caller, logits = examples.xp, examples.caller, examples.logits
    weights = numbers_like(logits, class_weights, "class_weights", caller=caller, xp=xp)
    shape = (logits.shape[-1] + more_classes,)
    weights = row_factors(weights, "class_weights", shape, logits, request, xp=xp)
    return examples.weighted(weight_of_label(weights, examples))


def check_label_range(
    labels: Array,
    is_read: Array | None,
    n_classes: int,
    *,
    caller: str,
    hint: str,
    among: str = WHERE_POSITIVE,
    xp: Namespace,
) -> None:
    """
    Raise `DomainError` for `labels` outside ``0 .. n_classes - 1``.

    Only rows that are True in `is_read` are checked, which `among` describes in the message; None means all
    rows. Traced or off-host values are not inspected.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.asarray([1, 3, 2])
    >>> check_label_range(labels, None, 3, caller="f", hint="", xp=np)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    xent.errors.DomainError: f: `labels` must lie in 0..2; got 3, first at index (1,). 1 of 3 labels does ...
    """
    read = True if is_read is None else is_read
    check_values(
        labels,
        lambda labels: ((labels < 0) | (labels >= n_classes)) & read,
        f"lie in 0..{n_classes - 1}" + ("" if is_read is None else among),
        caller=caller,
        argument="labels",
        xp=xp,
        hint=lambda wrong: f"{_extent(labels, wrong, read | wrong, n_classes, xp=xp)} {hint}".rstrip(),
    )


def weight_of_label(weights: Array | None, examples: Examples) -> Array | None:
    """
    Class weight of each row's label, (...), from `weights` of shape (K,); None if `weights` is None.

    It is nan where the label is out of range.
    """
    if weights is None:
        return None
    xp, labels = examples.xp, examples.truth
    is_class = (labels >= 0) & (labels < weights.shape[0])
    places = xp.reshape(xp.where(is_class, labels, xp.zeros_like(labels)), (-1,))
    return xp.where(is_class, xp.reshape(xp.take(weights, places, axis=0), tuple(labels.shape)), xp.nan)


def _other_reading(labels: tuple[int, ...], logits: tuple[int, ...]) -> str:
    """
    Hint of an error message for shapes, of labels and logits, that are usual in other libraries.

    These are labels of the shape of the logits, and classes on axis 1; "" for others.
    """
    if labels == logits:
        return "Targets of the shape of the logits go to a loss whose name ends in `_of_targets`."
    if len(logits) > 2 and labels == (logits[0], *logits[2:]):
        return "Classes lie on the last axis: move them there from axis 1, where PyTorch has them."
    return ""


def _check_label_dtype(labels: Array, *, caller: str, xp: Namespace) -> None:
    """
    Raise `DTypeError` if the labels are not integers, with a hint at the loss for other kinds.

    Booleans are no integers.
    """
    hint = "Did you mean targets of shape (N, K)? They go to a loss whose name ends in `_of_targets`."
    if xp.isdtype(labels.dtype, "bool"):
        hint = "Use `sigmoid_cross_entropy` for one logit per row, or convert the labels to integers."
    check_dtype(labels, "integral", caller=caller, argument="labels", xp=xp, hint=hint)


def _how_to_leave_out(ignored_label: int | None) -> str:
    """Hint for rows that shall be ignored: by `ignored_label` if that is None so far, or by a weight of 0."""
    if ignored_label is None:
        return "To leave rows out, name their label in `ignored_label`, or give them weight 0."
    return "To leave a row out, give it weight 0 in `sample_weight`."


def _extent(labels: Array, wrong: Array, read: Array, n_classes: int, *, xp: Namespace) -> str:
    """
    Sentences with the number of labels out of range and the extent of all labels checked.

    `wrong` and `read` are masks of the labels out of range and of those checked. Labels from 1 to `n_classes`
    get the advice to subtract 1.
    """
    limits = xp.iinfo(labels.dtype)
    low = int(xp.min(xp.where(read, labels, xp.full_like(labels, limits.max))))
    high = int(xp.max(xp.where(read, labels, xp.full_like(labels, limits.min))))
    n_wrong, n_read = (int(xp.sum(xp.astype(mask, labels.dtype))) for mask in (wrong, read))
    do_not = "does not" if n_wrong == 1 else "do not"
    from_1 = " If they are counted from 1, subtract 1." if (low, high) == (1, n_classes) else ""
    return f"{n_wrong} of {n_read} labels {do_not}; they reach from {low} to {high}.{from_1}"
