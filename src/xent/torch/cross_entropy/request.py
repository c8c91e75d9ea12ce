"""What a cross-entropy of logits is asked: shapes, dtypes and devices checked as PyTorch has them."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.memory import FORMATS
from xent.torch.reduction import Reduction

__all__ = ["SoftmaxProblem", "check_problem", "n_classes", "rows_shape", "widened_labels"]

_FORMATS = "be float64, float32, float16 or bfloat16"
# Of uint64 only a part fits into int64, in which labels are compared: a label might come out as another.
_INTEGERS = frozenset(
    {torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32}
)
_INT64 = torch.iinfo(torch.int64)


class SoftmaxProblem(NamedTuple):
    """
    How cross-entropy is to be computed.

    Parameters
    ----------
    reduction : Reduction
        How rows are put together.
    dtype : torch.dtype
        Of the result.
    has_labels : bool
        Whether the target holds classes, not probabilities of classes.
    ignore_index : int
        Label of rows that are left out.
    label_smoothing : float
        Share of the target that is spread over all classes.
    z_loss : float
        Factor of the squared log-normaliser.
    class_mask : Tensor or None
        Which classes smoothing may give a share to, classes last; default all.
    """

    reduction: Reduction
    dtype: torch.dtype
    has_labels: bool
    ignore_index: int
    label_smoothing: float = 0.0
    z_loss: float = 0.0
    class_mask: Tensor | None = None

    @property
    def where(self) -> str:
        """Function that was called."""
        return self.reduction.where


def widened_labels(target: Tensor, *, has_labels: bool) -> Tensor:
    """
    Labels in 64 bits; probabilities as they are.

    PyTorch compares a tensor of 8 bits with the number -100 in 8 bits, where it is 156.
    """
    return target.long() if has_labels else target


def check_problem(input: Tensor, target: Tensor, weight: Tensor | None, problem: SoftmaxProblem) -> None:
    """
    Refuse what PyTorch refuses, before a value is read.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the arguments do not fit together.
    """
    where = problem.where
    if input.dtype not in FORMATS:
        raise DTypeError(where, "input", _FORMATS, got=str(input.dtype))
    if problem.dtype not in FORMATS:
        raise DTypeError(where, "out_dtype", _FORMATS, got=str(problem.dtype))
    if input.ndim == 0:
        raise ShapeError(where, "input", "have an axis of classes", got="shape ()")
    _check_devices(input, target, weight, where=where)
    if problem.has_labels:
        _check_labels(input, target, where=where)
    else:
        _check_probabilities(target, problem)
    if weight is not None and tuple(weight.shape) != (n_classes(input),):
        rule = f"have shape ({n_classes(input)},), one factor for each class"
        raise ShapeError(where, "weight", rule, got=str(tuple(weight.shape)))
    _check_numbers(problem)


def n_classes(input: Tensor) -> int:
    """Number of classes: on axis 1, or on axis 0 where there is no other."""
    return int(input.shape[1 if input.ndim > 1 else 0])


def rows_shape(input: Tensor) -> tuple[int, ...]:
    """Shape of the input without its classes."""
    return () if input.ndim == 1 else (input.shape[0], *input.shape[2:])


def _check_devices(input: Tensor, target: Tensor, weight: Tensor | None, *, where: str) -> None:
    for name, tensor in (("target", target), ("weight", weight)):
        if tensor is not None and tensor.device != input.device:
            rule = f"be on the device of `input`, {input.device}"
            hint = f"Move it with `{name}.to({str(input.device)!r})`."
            raise DomainError(where, name, rule, got=str(tensor.device), hint=hint)


def _check_labels(input: Tensor, target: Tensor, *, where: str) -> None:
    shape, found = rows_shape(input), tuple(target.shape)
    if found != shape:
        rule = f"have shape {shape}, that of `input` without its classes, or {tuple(input.shape)}"
        raise ShapeError(where, "target", rule, got=str(found), hint=_reshaping(input, found))
    if target.dtype not in _INTEGERS:
        rule = f"be integers, or of shape {tuple(input.shape)}"
        hint = "Convert labels with `target.long()`; probabilities have the shape of `input`."
        raise DTypeError(where, "target", rule, got=str(target.dtype), hint=hint)


def _reshaping(input: Tensor, found: tuple[int, ...]) -> str:
    shape = tuple(input.shape)
    if found == (shape[0], 1) and len(shape) == 2:
        return "Drop the extra axis with `target[:, 0]`."
    if len(shape) > 2 and found == shape[:-1]:
        return "Classes lie on axis 1: move them there with `input.movedim(-1, 1)`."
    if len(shape) > 2 and math.prod(found) == math.prod(shape[:-1]):
        return "Classes lie on axis 1. Flatten both: `input.reshape(-1, C)`, `target.reshape(-1)`."
    return ""


def _check_probabilities(target: Tensor, problem: SoftmaxProblem) -> None:
    where = problem.where
    if not target.is_floating_point():
        hint = "A target of the shape of `input` holds probabilities; labels have no axis of classes."
        raise DTypeError(where, "target", "be real floating", got=str(target.dtype), hint=hint)
    if problem.ignore_index >= 0:
        rule = "be negative where the target holds probabilities"
        hint = "Probabilities have no label to leave out: drop those rows."
        raise DomainError(where, "ignore_index", rule, got=str(problem.ignore_index), hint=hint)


def _check_numbers(problem: SoftmaxProblem) -> None:
    # No label is equal to another number, and the kernels cannot be told one.
    if isinstance(problem.ignore_index, float) or not _INT64.min <= problem.ignore_index <= _INT64.max:
        got = repr(problem.ignore_index)
        raise DomainError(problem.where, "ignore_index", "be an integer of 64 bits", got=got)
    if not 0 <= problem.label_smoothing <= 1:
        got = repr(problem.label_smoothing)
        raise DomainError(problem.where, "label_smoothing", "lie in [0, 1]", got=got)
    if not problem.z_loss >= 0:
        raise DomainError(problem.where, "z_loss", "be >= 0", got=repr(problem.z_loss))
