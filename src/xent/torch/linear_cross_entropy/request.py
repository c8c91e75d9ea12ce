"""What a linear cross-entropy is asked: shapes, dtypes and devices checked as PyTorch has them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.cross_entropy.request import SoftmaxProblem, check_problem
from xent.torch.errors import LabelError
from xent.torch.labels import check_labels
from xent.torch.linear_cross_entropy.adjustment import Adjustment
from xent.torch.linear_cross_entropy.chunked_pass import Operands
from xent.torch.linear_cross_entropy.chunks import Chunking
from xent.torch.linear_cross_entropy.targets import SparseTargets, Truth
from xent.torch.logit_adjustments import adjusted
from xent.torch.memory import is_traced

__all__ = [
    "LinearArgumentError",
    "LinearProblem",
    "LinearShapeError",
    "check_adjustment",
    "check_linear",
    "check_sparse",
    "shape_of_logits",
]

_WHERE = "linear_cross_entropy"


class LinearShapeError(ShapeError, RuntimeError):
    """Axes that do not fit: an error of shape here, a ``RuntimeError`` in PyTorch."""


class LinearArgumentError(DomainError, RuntimeError):
    """An argument that has no meaning beside the others: a ``RuntimeError`` in PyTorch."""


class LinearProblem(NamedTuple):
    """
    How linear cross-entropy is to be computed.

    Parameters
    ----------
    softmax : SoftmaxProblem
        What is asked of the logits.
    adjustment : Adjustment
        What happens to them first.
    chunking : Chunking
        How much of them may be in memory, and how sums over chunks are formed.
    classes : int
        How many there are.
    nonfinite : "propagate" or "raise"
        What is done about a row that has no softmax.
    """

    softmax: SoftmaxProblem
    adjustment: Adjustment
    chunking: Chunking
    classes: int
    nonfinite: str = "propagate"

    def truth(self, target: Tensor, probs: Tensor | None, weight: Tensor | None) -> Truth:
        """The truth as chunks of it are taken."""
        softmax = self.softmax
        return Truth(target, probs, weight, softmax.ignore_index, softmax.label_smoothing, softmax.z_loss)

    def check_labels(self, target: Tensor, *, classes: int) -> None:
        """
        Refuse labels that are no classes.

        Raises
        ------
        LabelError
            With the first of them.
        """
        like_logits = target.new_empty(1).expand(*target.shape, classes)
        check_labels(like_logits, target, self.softmax)

    def check_losses(self, losses: Tensor) -> None:
        """
        Refuse a row that has no softmax, where that is asked for.

        Raises
        ------
        DomainError
            With the first of them.
        """
        wrong = losses.isnan().nonzero()
        if self.nonfinite == "raise" and len(wrong):
            hint = "The logits of this row hold nan or +inf, or are all -inf; or its target holds nan."
            index = (int(wrong[0]),)
            raise DomainError(
                _WHERE, "input", "have a softmax in each row", got="nan", index=index, hint=hint
            )


def shape_of_logits(input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> tuple[int, ...]:
    """
    Shape of logits that nobody has made.

    Raises
    ------
    LinearShapeError
        If the arguments do not fit together.
    """
    if not 1 <= input.ndim <= 2:
        words = f"expected input with dimensionality 1 or 2, got {input.ndim}"
        hint = "Flatten it with `input.reshape(-1, input.shape[-1])`, and the target alike."
        raise _misfit("input", "have 1 or 2 axes", input, words, hint)
    if linear_weight.ndim < 2:
        words = f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}"
        raise _misfit(
            "linear_weight", "have at least 2 axes, classes first, features last", linear_weight, words
        )
    if input.shape[-1] != linear_weight.shape[-1]:
        words = (
            "expected equal input and linear_weight last dimensions (in_features), "
            f"got {input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
        rule = f"have {input.shape[-1]} features on its last axis, as `input` has"
        raise _misfit("linear_weight", rule, linear_weight, words)
    by_row = tuple(linear_weight.shape[:-1])
    if linear_bias is not None and tuple(linear_bias.shape) != by_row:
        words = f"expected linear_bias shape {by_row}, got {tuple(linear_bias.shape)}"
        raise _misfit("linear_bias", f"have shape {by_row}", linear_bias, words)
    if len(by_row) > 1 and input.ndim == 1:
        words = (
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires "
            f"batched input, (N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
        raise _misfit("input", "have an axis of rows where `linear_weight` has more than 2", input, words)
    return (*input.shape[:-1], *by_row)


def check_linear(
    given: Operands,
    target: Tensor,
    weight: Tensor | None,
    *,
    shape: tuple[int, ...],
    softmax: SoftmaxProblem,
) -> None:
    """
    Refuse what PyTorch refuses, before a value is read.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the arguments do not fit together.
    """
    hidden = given.input
    check_problem(hidden.detach().new_empty(1).expand(shape), target, weight, softmax)
    for name, tensor in given._asdict().items():
        if tensor is not None and tensor.dtype is not hidden.dtype:
            rule, hint = (
                f"have the dtype of `input`, {hidden.dtype}",
                f"Convert it with `{name}.to(input.dtype)`.",
            )
            raise DTypeError(_WHERE, name, rule, got=str(tensor.dtype), hint=hint)
        if tensor is not None and tensor.device != hidden.device:
            rule = f"be on the device of `input`, {hidden.device}"
            raise DomainError(_WHERE, name, rule, got=str(tensor.device))


def check_sparse(targets: SparseTargets, input: Tensor, linear_weight: Tensor) -> None:
    """
    Refuse a few probabilities of each row that do not fit the rows, or the classes.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If they do not.
    """
    indices, probs = targets
    if linear_weight.ndim != 2:
        raise ShapeError(
            _WHERE, "linear_weight", "have 2 axes beside `SparseTargets`", got=str(linear_weight.ndim)
        )
    if indices.dtype is not torch.int64:
        raise DTypeError(_WHERE, "target.indices", "be int64", got=str(indices.dtype))
    if not probs.is_floating_point():
        raise DTypeError(_WHERE, "target.probs", "be real floating", got=str(probs.dtype))
    rows = tuple(input.shape[:-1])
    if indices.ndim != len(rows) + 1 or tuple(indices.shape[:-1]) != rows:
        got = str(tuple(indices.shape))
        raise ShapeError(_WHERE, "target.indices", f"have shape {(*rows, 'k')}", got=got)
    if probs.shape != indices.shape:
        rule, got = f"have shape {tuple(indices.shape)}, that of the indices", str(tuple(probs.shape))
        raise ShapeError(_WHERE, "target.probs", rule, got=got)
    if indices.is_cpu and not is_traced():
        _check_classes(indices, linear_weight.shape[0])


def check_adjustment(adjustment: Adjustment, linear_weight: Tensor) -> None:
    """
    Refuse a cap, a scale or a mask that is none.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If it is.
    """
    if not adjustment.is_nothing:
        no_rows = linear_weight.new_empty(0, linear_weight.shape[0])
        adjusted(no_rows, **adjustment._asdict(), where=_WHERE)


def _check_classes(indices: Tensor, count: int) -> None:
    wrong = (indices < 0) | (indices >= count)
    if bool(wrong.any()):
        place = tuple(int(axis) for axis in torch.nonzero(wrong)[0])
        rule, hint = f"lie in 0..{count - 1}", "Give places that are not used any class and probability 0."
        raise LabelError(_WHERE, "target.indices", rule, got=str(int(indices[place])), index=place, hint=hint)


def _misfit(argument: str, rule: str, tensor: Tensor, words: str, hint: str = "") -> LinearShapeError:
    told = f"{hint} In PyTorch's words: {words}.".strip()
    return LinearShapeError(_WHERE, argument, rule, got=f"shape {tuple(tensor.shape)}", hint=told)
