"""Checked arguments of a linear cross-entropy, with the rows on one axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from xent.arrays import (
    as_arrays,
    check_dtype,
    check_shape,
    checked_integer,
    class_numbers,
    is_number,
    is_traced,
    valid_values,
)
from xent.errors import DomainError, ShapeError
from xent.jax.arguments import check_real, one_as_jax
from xent.jax.linear.request import Operands, Shared, SparseTargets, Truth
from xent.losses.arguments.labelled_examples import check_label_range

__all__ = ["Call", "checked"]

_NAME = "linear_softmax_cross_entropy"
_CALLER = f"xent.jax.{_NAME}"
_REDUCTIONS = ("mean", "sum", "none")
# Options that are a number: where it holds, and the rule in words.
_RANGES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "label_smoothing": (lambda s: (s >= 0) & (s <= 1), "lie in [0, 1]"),
    "z_loss": (lambda z: z >= 0, "be >= 0"),
    "softcap": (lambda c: (c > 0) & jnp.isfinite(c), "be positive and finite"),
}


class Call(NamedTuple):
    """
    Checked arguments.

    Parameters
    ----------
    operands, truth, shared
        Arrays of the call, with the rows on the first axis.
    shape : tuple of int
        Shape of the rows as given.
    """

    operands: Operands
    truth: Truth
    shared: Shared
    shape: tuple[int, ...]


def checked(
    operands: Operands,
    labels: Any,
    where: Any,
    ignored: int | None,
    options: Shared,
    reduction: str,
    class_axis: str | None,
) -> Call:
    """
    Checked arguments of a call, as arrays of JAX with the rows on one axis of length N.

    `operands`, `labels`, `where` and the arrays of `options` are as the user gave them, rows on any axes. In
    the result the `hidden` states, (N, D), of rows that do not count are 0, and so are their labels. A mask
    of classes of one axis is among the shared options; one of more axes, (..., C), is part of the truth.
    `class_axis` names the axis of devices that share the classes, or is None. Raises `DTypeError` and
    `ShapeError` for arrays, and `DomainError` for an unknown `reduction`, and for labels and options out of
    range if they can be read; a traced option out of range becomes nan. Values of targets and sparse classes
    are not checked.
    """
    if reduction not in _REDUCTIONS:
        raise DomainError(_CALLER, "reduction", f"be one of {', '.join(_REDUCTIONS)}", got=repr(reduction))
    operands, shape = _operands(operands)
    devices = 1 if class_axis is None else jax.lax.axis_size(class_axis)
    truth = _truth(operands, labels, where, ignored, shape, devices)
    # Selected, not multiplied by 0: a nan in an ignored row would reach the gradient of the weight.
    hidden = jnp.where(truth.counts[:, None], operands.hidden, 0)
    mask, shared = options.class_mask, _shared(options, operands)
    # A mask for each row is cut into chunks with the rows; one for all rows is shared by the chunks.
    if mask is not None and jnp.ndim(mask) > 1:
        mask = one_as_jax(mask, "class_mask", caller=_NAME)
        check_shape(mask, (*shape, len(operands.weight)), caller=_CALLER, argument="class_mask")
        check_dtype(mask, "bool", caller=_CALLER, argument="class_mask", xp=jnp)
        truth = truth._replace(class_mask=mask.reshape(len(hidden), len(operands.weight)))
    return Call(operands._replace(hidden=hidden), truth, shared, shape)


def _operands(operands: Operands) -> tuple[Operands, tuple[int, ...]]:
    """
    Operands as arrays of JAX, hidden states of shape (N, D), and the shape (...) of the rows as given.

    Hidden states, given as (..., D), and weight, (C, D), get the dtype to which JAX promotes both; the bias
    keeps its own, and None stays None. Raises `DTypeError` for one that is not real floating, and
    `ShapeError` for hidden states without an axis, a weight not of shape (C, D) or without classes, or a bias
    not of shape (C,), and `DomainError` for a masked entry.
    """
    _, (hidden, weight, bias) = as_arrays(
        one_as_jax(operands.hidden, "hidden", caller=_NAME),
        *operands[1:],
        caller=_CALLER,
        names=Operands._fields,
    )
    for name, array in (("hidden", hidden), ("weight", weight), ("bias", bias)):
        if array is not None:
            check_dtype(array, "real floating", caller=_CALLER, argument=name, xp=jnp)
    if hidden.ndim == 0:
        raise ShapeError(_CALLER, "hidden", "have an axis of features", got="()")
    check_shape(
        weight, (*weight.shape[:1], hidden.shape[-1]), caller=_CALLER, argument="weight", because="(C, D)"
    )
    if len(weight) == 0:
        raise ShapeError(_CALLER, "weight", "have at least one class", got=f"shape {weight.shape}")
    if bias is not None:
        check_shape(bias, weight.shape[:1], caller=_CALLER, argument="bias")
    # One dtype for the products, as JAX would promote them.
    dtype = jnp.promote_types(hidden.dtype, weight.dtype)
    flat = hidden.reshape(math.prod(hidden.shape[:-1]), hidden.shape[-1]).astype(dtype)
    return Operands(flat, weight.astype(dtype), bias), hidden.shape[:-1]


def _truth(
    operands: Operands, labels: Any, where: Any, ignored: int | None, shape: tuple[int, ...], devices: int
) -> Truth:
    """
    Labels, (N,), targets, (N, C), or sparse targets, two of (N, k), and ``counts``, (N,): rows that count.

    A row counts unless `where`, of the given `shape` of the rows, is 0, or its label is `ignored`, which
    beside targets ignores none; None ignores none. Labels of rows that do not count become 0, targets stay.
    Floating `labels` are targets. `devices` is the number of those that share the classes, C each. Values of
    targets and classes of sparse ones are not checked. Raises `DTypeError` for classes and an `ignored` that
    are not integers and targets that are not real, `ShapeError` for an array that does not fit the rows or
    the weight, and `DomainError` for an `ignored` that the labels' dtype does not hold and for a label, where
    it can be read, outside the classes of all devices.
    """
    count = len(operands.hidden)
    counts = jnp.ones(count, bool)
    if where is not None:
        where = one_as_jax(where, "where", caller=_NAME)
        check_shape(where, shape, caller=_CALLER, argument="where", because="that of the rows")
        counts = (where != 0).reshape(-1)
    if isinstance(labels, SparseTargets):
        names = ("hidden", "labels.indices", "labels.probs")
        _, (_, indices, probs) = as_arrays(operands.hidden, *labels, caller=_CALLER, names=names)
        check_dtype(indices, "integral", caller=_CALLER, argument="labels.indices", xp=jnp)
        check_shape(indices, (*shape, *indices.shape[-1:]), caller=_CALLER, argument="labels.indices")
        check_real(probs, "labels.probs", caller=_NAME)
        check_shape(probs, indices.shape, caller=_CALLER, argument="labels.probs")
        # Not by -1, which is undefined without rows.
        flat = count, math.prod(indices.shape[-1:])
        return Truth(counts, indices.reshape(flat), probs.reshape(flat))
    _, (_, labels) = as_arrays(operands.hidden, labels, caller=_CALLER, names=("hidden", "labels"))
    if jnp.issubdtype(labels.dtype, jnp.floating):
        of_targets = (*shape, len(operands.weight))
        check_shape(labels, of_targets, caller=_CALLER, argument="labels", because="(..., C) for targets")
        return Truth(counts, None, labels.reshape(count, len(operands.weight)))
    counts = counts if where is not None else None
    return _labels(labels, counts, ignored, shape, len(operands.weight) * devices)


def _labels(labels: Any, counts: Any, ignored: int | None, shape: tuple[int, ...], n_classes: int) -> Truth:
    """
    `Truth` of integer `labels` of the given `shape`: flat class numbers, 0 in rows that do not count.

    `counts`, (N,), is True for rows that count, None if all do; in the result those with the label `ignored`
    do not either, and None ignores none. Raises `DTypeError` for booleans and for an `ignored` that is no
    integer, `ShapeError` for another shape, and `DomainError` for an `ignored` that the dtype does not hold
    and for a label outside ``0 .. n_classes - 1``, where it can be read; a traced one stays, and gives a loss
    of nan. Rows that do not count may hold any label; if `counts` is traced, those with the label `ignored`
    alone.
    """
    check_dtype(labels, ("integral", "real floating"), caller=_CALLER, argument="labels", xp=jnp)
    check_shape(labels, shape, caller=_CALLER, argument="labels", because="that of the rows")
    numbers = class_numbers(labels, xp=jnp).reshape(-1)
    kept = None
    if ignored is not None:
        if not is_traced(ignored) and not _fits(
            checked_integer(ignored, "ignored_label", caller=_CALLER), numbers.dtype
        ):
            rule = f"be an integer that {numbers.dtype} holds, as the labels"
            raise DomainError(_CALLER, "ignored_label", rule, got=repr(ignored))
        kept = numbers != ignored
        counts = kept if counts is None else counts & kept
    # Traced labels cannot be read: one out of range becomes a loss of nan.
    if not is_traced(labels):
        read = next((mask for mask in (counts, kept) if mask is not None and not is_traced(mask)), None)
        check_label_range(
            numbers, read, n_classes, caller=_CALLER, hint="", among=" in rows that count", xp=jnp
        )
    if counts is None:
        counts = jnp.ones(len(numbers), bool)
    # Labels of ignored rows may be anything; 0 is always a class.
    return Truth(counts, jnp.where(counts, numbers, 0))


def _fits(number: Any, dtype: Any) -> bool:
    """True if the dtype of integers holds `number`; JAX would raise an error of its own otherwise."""
    limits = jnp.iinfo(dtype)
    return bool(limits.min <= number <= limits.max)


def _shared(options: Shared, operands: Operands) -> Shared:
    """
    Options of all rows as arrays of 32 bits or more, () or (C,); None for each option that leaves out its
    step.

    A plain 0 of smoothing or z-loss leaves it out, a traced one stays. A mask of more than one axis becomes
    None, because it belongs to the rows; one of the classes must be bool, else `DTypeError`. A number or
    class weight out of range raises `DomainError` if it can be read, and is nan if not: smoothing in [0, 1],
    z-loss >= 0, cap positive and finite, weights finite and >= 0; any scale passes. Raises `DTypeError` for
    what is no real number, and `ShapeError` for a number with axes and for weights or a mask not of shape
    (C,).
    """
    wide = jnp.promote_types(operands.hidden.dtype, jnp.float32)
    classes = operands.weight.shape[:1]
    mask = options.class_mask
    if mask is not None and jnp.ndim(mask) < 2:
        mask = one_as_jax(mask, "class_mask", caller=_NAME)
        check_shape(mask, classes, caller=_CALLER, argument="class_mask")
        check_dtype(mask, "bool", caller=_CALLER, argument="class_mask", xp=jnp)
    else:
        mask = None
    numbers = {}
    for name, (holds, rule) in _RANGES.items():
        # A plain 0 leaves out the step when the program is compiled; a traced one might not be 0.
        value = getattr(options, name)
        numbers[name] = (
            None
            if value is None or (is_number(value, 0) and name != "softcap")
            else _number(value, name, holds, rule, wide)
        )
    scale = options.logit_scale
    if scale is not None:
        scale = one_as_jax(scale, "logit_scale", caller=_NAME, dtype=wide)
        check_shape(scale, (), caller=_CALLER, argument="logit_scale")
    weights = _class_weights(options.class_weights, classes, wide)
    return Shared(weights, mask, logit_scale=scale, **numbers)


def _class_weights(weights: Any, classes: tuple[int, ...], dtype: Any) -> Any:
    """
    Factors of the classes as an array of `dtype` and of the shape `classes`; None for None.

    Raises `ShapeError` for another shape, `DTypeError` for what are no real numbers, and `DomainError` for a
    factor that is negative or not finite; a traced one becomes nan.
    """
    if weights is None:
        return None
    weights = one_as_jax(weights, "class_weights", caller=_NAME, dtype=dtype)
    check_shape(weights, classes, caller=_CALLER, argument="class_weights")
    return valid_values(
        weights,
        lambda weights: ~(jnp.isfinite(weights) & (weights >= 0)),
        "be finite and >= 0",
        caller=_CALLER,
        argument="class_weights",
        xp=jnp,
    )


def _number(value: Any, name: str, holds: Any, rule: str, dtype: Any) -> Any:
    """
    Number `value`, converted to `dtype`, as an array without axes for which `holds` is true.

    `holds` gets the converted array, which may be traced. Out of range it raises `DomainError` with `rule`,
    or is nan if it is traced. Raises `ShapeError` if it has axes, `DomainError` if it is masked, and
    `DTypeError` if it is no real number.
    """
    number = one_as_jax(value, name, caller=_NAME, dtype=dtype)
    check_shape(number, (), caller=_CALLER, argument=name)
    if not is_traced(number) and not bool(holds(number)):
        raise DomainError(_CALLER, name, rule, got=str(number))
    # Selected also for a number that holds, since a traced one shows its value only when the program runs.
    return jnp.where(holds(number), number, jnp.nan)
