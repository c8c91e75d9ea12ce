"""Checks of a linear cross-entropy: shapes, dtypes and devices as PyTorch has them; values where readable."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.errors import DomainError, DTypeError, LabelError, LinearShapeError, ShapeError
from xent.options.top_k import checked_top_k
from xent.torch.labels import check_labels
from xent.torch.linear_cross_entropy.request import LinearOptions, SparseTargets
from xent.torch.logit_adjustments import adjusted

__all__ = [
    "check_adjustment",
    "check_classes",
    "check_count_of_rows",
    "check_count_read",
    "check_losses",
    "check_operands",
    "check_request_labels",
    "check_return_stats",
    "check_sparse",
    "shape_of_logits",
]

_CALLER = "linear_cross_entropy"


def shape_of_logits(input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> tuple[int, ...]:
    """
    Shape of the logits, which are never materialised: that of the rows, then that of `linear_weight` but its
    last.

    `input` is of shape (D,) or (N, D), which gives rows of shape () or (N,). A bias of None passes.

    Raises
    ------
    LinearShapeError
        If the number of axes, of features or the shape of the bias does not fit, or `input` has one axis
        beside a weight of more than 2.
    """
    if not 1 <= input.ndim <= 2:
        words = f"expected input with dimensionality 1 or 2, got {input.ndim}"
        raise _shape_error("input", "have at least 1 axis, features last", input, words)
    if linear_weight.ndim < 2:
        words = f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}"
        raise _shape_error(
            "linear_weight", "have at least 2 axes, classes first, features last", linear_weight, words
        )
    if input.shape[-1] != linear_weight.shape[-1]:
        words = (
            "expected equal input and linear_weight last dimensions (in_features), "
            f"got {input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
        rule = f"have {input.shape[-1]} features on its last axis, as `input` has"
        raise _shape_error("linear_weight", rule, linear_weight, words)
    by_row = tuple(linear_weight.shape[:-1])
    if linear_bias is not None and tuple(linear_bias.shape) != by_row:
        words = f"expected linear_bias shape {by_row}, got {tuple(linear_bias.shape)}"
        raise _shape_error("linear_bias", f"have shape {by_row}", linear_bias, words)
    if len(by_row) > 1 and input.ndim == 1:
        words = (
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires "
            f"batched input, (N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
        raise _shape_error(
            "input", "have an axis of rows where `linear_weight` has more than 2", input, words
        )
    return (*input.shape[:-1], *by_row)


def check_operands(operands: dict[str, Tensor | None], hidden: Tensor) -> None:
    """
    Raise if an operand of the product, by its name, differs from `hidden` in dtype or device; None passes.

    Raises
    ------
    DTypeError, DomainError
        With the first operand whose dtype, or device, differs.
    """
    for name, tensor in operands.items():
        if tensor is not None and tensor.dtype is not hidden.dtype:
            rule = f"have the dtype of `input`, {hidden.dtype}"
            hint = f"Convert it with `{name}.to(input.dtype)`."
            raise DTypeError(_CALLER, name, rule, got=str(tensor.dtype), hint=hint)
        if tensor is not None and tensor.device != hidden.device:
            rule = f"be on the device of `input`, {hidden.device}"
            raise DomainError(_CALLER, name, rule, got=str(tensor.device))


def check_sparse(targets: SparseTargets, input: Tensor, linear_weight: Tensor) -> None:
    """
    Raise if sparse targets do not fit the rows or the weight; classes are checked by `check_classes`.

    Raises
    ------
    DTypeError
        If the indices are not int64, or the probabilities not real floating.
    ShapeError
        If the weight has more than 2 axes, the indices are not of the shape of the rows and one axis more, or
        the probabilities have another shape than the indices.
    """
    indices, probs = targets
    if linear_weight.ndim != 2:
        raise ShapeError(
            _CALLER, "linear_weight", "have 2 axes beside `SparseTargets`", got=str(linear_weight.ndim)
        )
    if indices.dtype is not torch.int64:
        raise DTypeError(_CALLER, "target.indices", "be int64", got=str(indices.dtype))
    if not probs.is_floating_point():
        raise DTypeError(_CALLER, "target.probs", "be real floating", got=str(probs.dtype))
    rows = tuple(input.shape[:-1])
    if indices.ndim != len(rows) + 1 or tuple(indices.shape[:-1]) != rows:
        got = str(tuple(indices.shape))
        raise ShapeError(_CALLER, "target.indices", f"have shape {(*rows, 'k')}", got=got)
    if probs.shape != indices.shape:
        rule, got = f"have shape {tuple(indices.shape)}, that of the indices", str(tuple(probs.shape))
        raise ShapeError(_CALLER, "target.probs", rule, got=got)


def check_adjustment(options: LinearOptions, linear_weight: Tensor) -> None:
    """
    Raise if `top_k`, softcap, scale or a mask of shape (C,) is invalid; C are the classes of `linear_weight`.

    Beside a mask with an entry for each logit only `top_k` is checked, as the rows are not known. With ranks,
    C are the classes of this one, and `top_k` is not checked at all.

    Raises
    ------
    DTypeError
        If `top_k` is no integer, or the mask not bool.
    ShapeError
        If the mask does not have C entries, or the scale not one.
    DomainError
        If `top_k` is not in 0 .. C, the cap not positive and finite in the dtype of the logits, the mask not
        on the device of the weight, or a scale neither there nor on the CPU.
    """
    if options.softmax.ranks is None:
        checked_top_k(options.top_k, linear_weight.shape[0], caller=_CALLER)
    if options.adjusts and (options.class_mask is None or options.class_mask.ndim == 1):
        no_rows = linear_weight.new_empty(0, linear_weight.shape[0])
        adjusted(no_rows, **options.adjustment, caller=_CALLER)


def check_count_read(count: object) -> None:
    """Raise `DomainError` for a `count` of rows that is neither None nor an integer >= 0."""
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise DomainError(_CALLER, "count_read", "be an integer >= 0", got=repr(count))


def check_count_of_rows(target: Tensor, options: LinearOptions) -> None:
    """
    Raise `DomainError` for a given `count_read` other than the number of labels that are not ignored.

    Labels are read. None passes, and beside probabilities any number does.
    """
    given = options.count_read
    if given is None or not options.softmax.has_labels:
        return
    count = int((target != options.softmax.ignore_index).sum())
    if given != count:
        rule = f"be {count}, the number of rows that are not ignored"
        raise DomainError(_CALLER, "count_read", rule, got=str(given))


def check_return_stats(asked: object) -> None:
    """Raise `DomainError` for an option `return_stats` that is neither a bool nor "detached"."""
    if not isinstance(asked, bool) and asked != "detached":
        raise DomainError(_CALLER, "return_stats", 'be True, False or "detached"', got=repr(asked))


def check_losses(losses: Tensor, target: Tensor, n_classes: int, options: LinearOptions) -> None:
    """
    Raise for labels out of range, and for rows without a softmax if `nonfinite` is "raise".

    It is called if a loss is nan, of which labels out of range and rows without a softmax are the causes.
    `losses` are those of the rows, (N,). Of probabilities only the losses are looked at.

    Raises
    ------
    LabelError
        For a label outside ``0 .. n_classes - 1`` that is not ignored, with the first one.
    DomainError
        With the first row of nan, if `nonfinite` is "raise".
    """
    check_request_labels(target, n_classes, options)
    wrong = losses.isnan().nonzero()
    if options.nonfinite == "raise" and len(wrong):
        hint = "The logits of this row hold nan or +inf, or are all -inf; or its target holds nan."
        index = (int(wrong[0]),)
        raise DomainError(_CALLER, "input", "have a softmax in each row", got="nan", index=index, hint=hint)


def check_request_labels(target: Tensor, n_classes: int, options: LinearOptions) -> None:
    """Raise `LabelError` for a label outside ``0 .. n_classes - 1`` and not ignored; probabilities pass."""
    softmax = options.softmax
    if softmax.has_labels:
        check_labels(target, n_classes, ignored=softmax.ignore_index, caller=_CALLER)


def check_classes(indices: Tensor, count: int) -> None:
    """Raise `LabelError` with the first of `indices` outside ``0 .. count - 1``."""
    wrong = (indices < 0) | (indices >= count)
    if bool(wrong.any()):
        place = tuple(int(axis) for axis in torch.nonzero(wrong)[0])
        rule = f"lie in 0..{count - 1}" if count else "be empty, as there are no classes"
        hint = "Give unused places any class and probability 0." if count else ""
        raise LabelError(
            _CALLER, "target.indices", rule, got=str(int(indices[place])), index=place, hint=hint
        )


def _shape_error(argument: str, rule: str, tensor: Tensor, words: str, hint: str = "") -> LinearShapeError:
    """Error for the shape of a tensor, with PyTorch's `words` after the hint."""
    told = f"{hint} In PyTorch's words: {words}.".strip()
    return LinearShapeError(_CALLER, argument, rule, got=f"shape {tuple(tensor.shape)}", hint=told)
