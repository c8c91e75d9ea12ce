"""Checks of a cross-entropy of logits: shapes, dtypes and devices always, values on request."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.cross_entropy.composed import classes_last
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.memory import FORMATS, is_traced, n_classes, rows_shape
from xent.torch.tensor_arguments import check_dense, check_number, check_real

__all__ = ["check_policy", "check_request", "check_rows", "check_targets"]

_FORMATS = "be float64, float32, float16 or bfloat16"
# Not uint64: labels are compared as int64, where the upper half of uint64 would become negative.
_INTEGERS = frozenset(
    {torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32}
)
_INT64 = torch.iinfo(torch.int64)


def check_request(input: Tensor, target: Tensor, weight: Tensor | None, options: SoftmaxOptions) -> None:
    """
    Raise for shapes, dtypes and devices that PyTorch refuses, and for options; no value of a tensor is read.

    A weight of None passes.

    Raises
    ------
    DTypeError
        If a tensor is not dense, `input` or the result is not of 64, 32 or 16 bits, labels are not integers
        (uint64 is refused too), probabilities not real floating, `weight` complex, or an option is no number.
    ShapeError
        If `input` has no axis, or `target` or `weight` does not fit its shape.
    DomainError
        If a tensor is on another device than `input`, `ignore_index` is not an integer of 64 bits or, for
        probabilities, not negative, `label_smoothing` is not in [0, 1], or `z_loss` is negative or nan.
    """
    caller = options.reduction.caller
    if input.layout is not torch.strided:
        check_dense(caller, "input", input)
    if target.layout is not torch.strided:
        check_dense(caller, "target", target)
    if input.dtype not in FORMATS:
        raise DTypeError(caller, "input", _FORMATS, got=str(input.dtype))
    if options.dtype not in FORMATS:
        raise DTypeError(caller, "out_dtype", _FORMATS, got=str(options.dtype))
    if input.ndim == 0:
        raise ShapeError(caller, "input", "have an axis of classes", got="shape ()")
    # In line, as calls are what a check of few rows costs.
    for name, tensor in (("target", target), ("weight", weight)):
        if tensor is not None and tensor.device != input.device:
            raise _wrong_device(input, tensor, caller=caller, argument=name)
    if options.has_labels:
        _check_labels(input, target, caller=caller)
    else:
        _check_probabilities(target, options)
    if weight is not None:
        _check_weight(input, weight, caller=caller)
    _check_numbers(options)


def _check_weight(input: Tensor, weight: Tensor, *, caller: str) -> None:
    """Raise `DTypeError` unless `weight` is dense and real, `ShapeError` unless it has a factor a class."""
    check_real(caller, "weight", weight)
    if tuple(weight.shape) != (n_classes(input),):
        rule = f"have shape ({n_classes(input)},), one factor for each class"
        raise ShapeError(caller, "weight", rule, got=str(tuple(weight.shape)))


def _wrong_device(input: Tensor, tensor: Tensor, *, caller: str, argument: str) -> DomainError:
    """Error for a tensor that is not on the device of `input`."""
    rule = f"be on the device of `input`, {input.device}"
    hint = f"Move it with `{argument}.to({str(input.device)!r})`."
    return DomainError(caller, argument, rule, got=str(tensor.device), hint=hint)


def _check_labels(input: Tensor, target: Tensor, *, caller: str) -> None:
    """
    Raise `ShapeError` unless `target` has the shape of `input` without its classes, `DTypeError` unless it
    has integers.

    That shape is () for one axis: labels of shape (1,) are refused here. So are integers of 64 bits without
    sign.
    """
    shape, found = rows_shape(input), tuple(target.shape)
    if found != shape:
        rule = f"have shape {shape}, that of `input` without its classes, or {tuple(input.shape)}"
        raise ShapeError(caller, "target", rule, got=str(found), hint=_reshaping(input, found))
    if target.dtype not in _INTEGERS:
        rule = f"be integers, or of shape {tuple(input.shape)}"
        hint = "Convert labels with `target.long()`; probabilities have the shape of `input`."
        raise DTypeError(caller, "target", rule, got=str(target.dtype), hint=hint)


def _reshaping(input: Tensor, found: tuple[int, ...]) -> str:
    """
    Hint for a target whose shape `found` is usual elsewhere: a last axis of 1, classes last, or rows
    flattened.

    "" for any other shape. `input` has at least one axis.
    """
    shape = tuple(input.shape)
    if found == (shape[0], 1) and len(shape) == 2:
        return "Drop the extra axis with `target[:, 0]`."
    if len(shape) > 2 and found == shape[:-1]:
        return "Classes lie on axis 1: move them there with `input.movedim(-1, 1)`."
    if len(shape) > 2 and math.prod(found) == math.prod(shape[:-1]):
        return "Classes lie on axis 1. Flatten both: `input.reshape(-1, C)`, `target.reshape(-1)`."
    return ""


def _check_probabilities(target: Tensor, options: SoftmaxOptions) -> None:
    """Raise `DTypeError` for a target that is not real floating, `DomainError` for an `ignore_index` >= 0."""
    caller = options.reduction.caller
    if not target.is_floating_point():
        hint = "A target of the shape of `input` holds probabilities; labels have no axis of classes."
        raise DTypeError(caller, "target", "be real floating", got=str(target.dtype), hint=hint)
    if options.ignore_index >= 0:
        rule = "be negative where the target holds probabilities"
        hint = "Probabilities have no label to ignore: drop those rows."
        raise DomainError(caller, "ignore_index", rule, got=str(options.ignore_index), hint=hint)


def _check_numbers(options: SoftmaxOptions) -> None:
    """
    Raise `DomainError` for an option out of range, `DTypeError` for one that is no number.

    `ignore_index` must be an integer of 64 bits, `label_smoothing` lie in [0, 1], and `z_loss` be >= 0.
    """
    try:
        _check_ranges(options)
    except (TypeError, RuntimeError, ValueError):
        for name in ("ignore_index", "label_smoothing", "z_loss"):
            check_number(options.reduction.caller, name, getattr(options, name))
        raise


def _check_ranges(options: SoftmaxOptions) -> None:
    """
    Raise `DomainError` for the first option out of the range that `_check_numbers` states for it.

    For an option that cannot be compared with numbers, the `TypeError`, `RuntimeError` or `ValueError` of the
    comparison passes.
    """
    # A label equals no other number, and the kernels take an int64.
    if isinstance(options.ignore_index, float) or not _INT64.min <= options.ignore_index <= _INT64.max:
        got = repr(options.ignore_index)
        raise DomainError(options.reduction.caller, "ignore_index", "be an integer of 64 bits", got=got)
    if not 0 <= options.label_smoothing <= 1:
        got = repr(options.label_smoothing)
        raise DomainError(options.reduction.caller, "label_smoothing", "lie in [0, 1]", got=got)
    if not options.z_loss >= 0:
        raise DomainError(options.reduction.caller, "z_loss", "be >= 0", got=repr(options.z_loss))


def check_policy(caller: str, nonfinite: str) -> None:
    """
    Raise if `nonfinite` is no rule for rows without a softmax.

    Raises
    ------
    DomainError
        If it is neither "propagate" nor "raise".
    """
    if nonfinite not in ("propagate", "raise"):
        raise DomainError(caller, "nonfinite", 'be "propagate" or "raise"', got=repr(nonfinite))


def check_rows(nonfinite: str, logits: Tensor, target: Tensor, options: SoftmaxOptions) -> None:
    """
    Raise for logits of a row that is not ignored and has no softmax, if `nonfinite` is "raise".

    The classes of `logits` are on axis 1, or on the only one. Traced logits are not looked at. A row of
    probabilities is never ignored.

    Raises
    ------
    DomainError
        With the first such row, in row order, whose largest logit is nan, ``+inf`` or ``-inf``; or if
        `nonfinite` is not "propagate" or "raise".
    """
    caller = options.reduction.caller
    check_policy(caller, nonfinite)
    if nonfinite == "propagate" or is_traced() or logits.numel() == 0:
        return
    rows = classes_last(logits.detach())
    largest = rows.amax(-1)
    wrong = ~largest.isfinite()
    if options.has_labels:
        wrong &= target != options.ignore_index
    if not bool(wrong.any()):
        return
    index = _first(wrong)
    number = float(largest[index])
    if number == -torch.inf:
        rule = "leave at least one class of each row unmasked"
        raise DomainError(caller, "input", rule, got="a row of -inf", index=index or None)
    raise DomainError(caller, "input", "be below +inf", got=str(number), index=index or None)


def check_targets(input: Tensor, target: Tensor, options: SoftmaxOptions) -> None:
    """
    Raise for targets that are no distributions, and for labels whose shape fits two class axes.

    Values of labels are not read. The call must not be traced.

    Raises
    ------
    DomainError
        If a probability is negative or nan, or else the sum of a row differs from 1 by more than the root of
        epsilon of the dtype of `target`; the first one in row order is named.
    ShapeError
        If there are labels, and axis 1 and another, last axis of `input` have the same length.
    """
    caller = options.reduction.caller
    if options.has_labels:
        if input.ndim > 2 and input.shape[1] == input.shape[-1]:
            rule = "have classes on axis 1 only, where the last axis is as long"
            hint = "If they are on axis 1, as they have to be, omit `validate_targets`."
            raise ShapeError(caller, "input", rule, got=str(tuple(input.shape)), hint=hint)
        return
    targets = classes_last(target.detach())
    negative = ~(targets >= 0)
    if bool(negative.any()):
        index = _first(negative)
        got = str(float(targets[index]))
        raise DomainError(caller, "target", "be >= 0", got=got, index=index)
    sums = targets.sum(-1, dtype=torch.float64 if target.device.type != "mps" else torch.float32)
    wrong = ~((sums - 1).abs() <= torch.finfo(target.dtype).eps ** 0.5)
    if bool(wrong.any()):
        index = _first(wrong)
        got, hint = str(float(sums[index])), "If they are counts, divide each row by its sum."
        raise DomainError(caller, "target", "sum to 1 over the classes", got=got, index=index, hint=hint)


def _first(mask: Tensor) -> tuple[int, ...]:
    """Index of the first True of `mask`, in row order; there must be one."""
    return tuple(int(place) for place in torch.nonzero(mask)[0])
