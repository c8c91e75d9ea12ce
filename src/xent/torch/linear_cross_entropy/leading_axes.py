"""Hidden states of shape (..., D) as rows, labels shifted along a sequence, and results shaped back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.errors import DomainError, LinearArgumentError, LinearShapeError
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.request import SparseTargets

__all__ = ["detached", "flat_rows", "shaped_back", "shifted_labels"]

_CALLER = "linear_cross_entropy"
_MATRIX = 2


def flat_rows(
    input: Tensor, linear_weight: Tensor, target: Tensor | SparseTargets
) -> tuple[Tensor, Tensor | SparseTargets, torch.Size | None]:
    """
    Hidden states, (N, D), and target as rows, and the leading axes of the hidden states, (..., D).

    The target becomes labels, (N,), or probabilities, (N, C), or two tensors of (N, k) if it is sparse. With
    at most one leading axis both are unchanged, and None stands for the axes. Raises `LinearShapeError` if
    the target does not have these axes, or, beside more than one, the weight has more than 2.
    """
    if input.ndim <= _MATRIX:
        return input, target, None
    leading = input.shape[:-1]
    parts = target if isinstance(target, SparseTargets) else (target,)
    if linear_weight.ndim != _MATRIX:
        got = f"shape {tuple(linear_weight.shape)}"
        rule = "have 2 axes where `input` has more than 2"
        raise LinearShapeError(_CALLER, "linear_weight", rule, got=got)
    for part in parts:
        is_labels = part.shape == leading
        if not is_labels and part.shape[:-1] != leading:
            rule = f"have shape {tuple(leading)}, that of `input` without its features, or one axis more"
            hint = f"In PyTorch's words: expected input with dimensionality 1 or 2, got {input.ndim}."
            raise LinearShapeError(_CALLER, "target", rule, got=f"shape {tuple(part.shape)}", hint=hint)
    flat = [part.reshape(-1, *part.shape[len(leading) :]) for part in parts]
    rows = input.reshape(-1, input.shape[-1])
    return rows, SparseTargets(*flat) if isinstance(target, SparseTargets) else flat[0], leading


def shifted_labels(
    input: Tensor, target: Tensor | SparseTargets, shift: Any, ignore_index: int | None
) -> Tensor | SparseTargets:
    """
    Labels of the positions `shift` further on along the last axis, in int64; the last positions are ignored.

    They have no label and get `ignore_index`, -100 for None. `target` has the shape of `input` without its
    features. A shift of 0 returns `target` itself. Raises `DomainError` for a shift that is no integer >= 0,
    and `LinearArgumentError` for one of probabilities or of a single row.
    """
    if isinstance(shift, bool) or not isinstance(shift, int) or shift < 0:
        raise DomainError(_CALLER, "shift", "be an integer >= 0", got=repr(shift))
    if shift == 0:
        return target
    if isinstance(target, SparseTargets) or target.shape != input.shape[:-1] or target.ndim == 0:
        rule = "be 0 unless the target holds labels of a sequence"
        hint = "Shift probabilities with `input[..., :-1, :]` and `target[..., 1:, :]`."
        raise LinearArgumentError(_CALLER, "shift", rule, got=str(shift), hint=hint)
    ignored = -100 if ignore_index is None else ignore_index
    # In int64, which holds the ignored label.
    labels = target.long()
    last = labels.new_full((*labels.shape[:-1], min(shift, labels.shape[-1])), ignored)
    return torch.cat([labels[..., shift:], last], -1)


def detached(statistics: SoftmaxStatistics) -> SoftmaxStatistics:
    """Statistics of the same values without a derivative."""
    parts: list[Any] = [None if one is None else one.detach() for one in statistics]
    return SoftmaxStatistics(*parts)


def shaped_back(result: Any, leading: torch.Size | None, *, has_rows: bool) -> Any:
    """
    Loss, or loss and statistics, with `leading` in place of the axis of rows.

    The loss has an axis of rows only if `has_rows`. For a `leading` of None the result is unchanged, and so
    is an `Explanation`.
    """
    if leading is None:
        return result
    if isinstance(result, tuple):
        loss, statistics = result
        shaped: list[Any] = [
            None if part is None else _with_axes(part, leading, has_rows=has_rows or place < _OF_ROWS)
            for place, part in enumerate(statistics)
        ]
        return _with_axes(loss, leading, has_rows=has_rows), SoftmaxStatistics(*shaped)
    return _with_axes(result, leading, has_rows=has_rows) if isinstance(result, Tensor) else result


# Statistics before this place have an axis of rows.
_OF_ROWS = SoftmaxStatistics._fields.index("z_loss")


def _with_axes(tensor: Tensor, leading: torch.Size, *, has_rows: bool) -> Tensor:
    """`tensor` with `leading` in place of its first axis; unchanged for shape (), and unless `has_rows`."""
    if not has_rows or tensor.ndim == 0:
        return tensor
    return tensor.reshape(*leading, *tensor.shape[1:])
