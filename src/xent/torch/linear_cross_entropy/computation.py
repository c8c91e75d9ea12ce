"""One call of linear cross-entropy: its arguments checked, made a request, and computed by the first way."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions

from xent.errors import LinearArgumentError
from xent.torch.cross_entropy.checks import check_policy, check_request, check_targets
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.linear_cross_entropy.autocast import as_autocast
from xent.torch.linear_cross_entropy.checks import (
    check_adjustment,
    check_classes,
    check_count_read,
    check_operands,
    check_return_stats,
    check_sparse,
    shape_of_logits,
)
from xent.torch.linear_cross_entropy.chunks import chunking
from xent.torch.linear_cross_entropy.leading_axes import detached, flat_rows, shaped_back, shifted_labels
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest, SparseTargets
from xent.torch.linear_cross_entropy.ways import WAYS
from xent.torch.logit_adjustments import mask_like
from xent.torch.memory import is_traced
from xent.torch.ranks import Ranks
from xent.torch.reduction import Reduction, reduction_of, result_dtype
from xent.torch.ways import run

__all__ = ["computed"]

_CALLER = "linear_cross_entropy"


def computed(
    *,
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor | SparseTargets,
    linear_bias: Tensor | None,
    weight: Tensor | None,
    reduction: str,
    ignore_index: int | None,
    label_smoothing: float,
    options: LinearCrossEntropyOptions | None,
    z_loss: float,
    softcap: float | None,
    logit_scale: float | Tensor | None,
    class_mask: Tensor | None,
    denominator: float | Tensor | None,
    on_empty: str,
    nonfinite: str,
    validate_targets: bool,
    return_stats: bool | str,
    top_k: int,
    out_dtype: torch.dtype | None,
    shift: int,
    chunk_bytes: int | None,
    count_read: int | None,
    way: str | None,
    ranks: Ranks | None = None,
) -> Any:
    """
    Loss in nats, a pair of it and statistics under `return_stats`, or an `Explanation`.

    The arguments are those of `linear_cross_entropy`, not yet checked, and the errors its own. Tensors are
    plain, no DTensors. With `ranks`, all tensors with an axis of classes hold the classes of one of these
    ranks. An `Inquiry` as `way` gets the `Explanation`, without a loss.
    """
    reduced = reduction_of(_CALLER, reduction, None, None, denominator=denominator, on_empty=on_empty)
    target = shifted_labels(input, target, shift, ignore_index)
    input, target, leading = flat_rows(input, linear_weight, target)
    hidden, matrix, bias = as_autocast(input, linear_weight, linear_bias)
    check_policy(_CALLER, nonfinite)
    check_count_read(count_read)
    check_return_stats(return_stats)
    softmax = _softmax_options(
        (hidden, matrix, bias), target, weight, reduced, ignore_index, label_smoothing, z_loss, out_dtype
    )._replace(ranks=ranks)
    truth, probs = target if isinstance(target, SparseTargets) else (target, None)
    # In int64: PyTorch compares labels of 8 bits with -100 in 8 bits, where it is 156.
    truth = truth.long() if softmax.has_labels else truth
    if probs is not None and ranks is None and truth.is_cpu and not is_traced():
        check_classes(truth, matrix.shape[0])
    # Sparse targets are the same on all ranks; of others each rank has its own classes only.
    is_whole = ranks is None or probs is not None
    if validate_targets and is_whole and not (softmax.has_labels or is_traced()):
        check_targets(hidden, truth if probs is None else probs, softmax)
    settings = LinearOptions(
        softmax, softcap, logit_scale, _mask_of_rows(class_mask, leading, (hidden, matrix, bias)),
        *chunking(chunk_bytes, matrix, options), nonfinite, validate_targets, return_stats, top_k, count_read,
        chunk_rows=None if options is None or chunk_bytes is not None else options.batch_chunk_size,
    )  # fmt: skip
    check_adjustment(settings, matrix)
    request = LinearRequest(hidden, matrix, bias, truth, probs, weight, settings)
    result = run(_CALLER, WAYS, request, way)
    if return_stats == "detached" and isinstance(result, tuple):
        result = result[0], detached(result[1])
    return shaped_back(result, leading, has_rows=reduction == "none")


def _mask_of_rows(
    class_mask: Tensor | None, leading: torch.Size | None, operands: tuple[Tensor, Tensor, Tensor | None]
) -> Tensor | None:
    """
    Checked `class_mask` with the axes `leading` of its rows flattened, as those of the hidden states in
    `operands` are.

    For a `leading` of None they had one axis of rows, or none, and nothing is flattened; a mask of classes
    alone, or None, stays as it is. Raises `DTypeError` for one that is not bool, `ShapeError` for one that
    has neither the shape (C,) nor that of the logits, `DomainError` for one on another device.
    """
    if class_mask is None:
        return None
    if leading is not None and class_mask.shape[:-1] == leading:
        class_mask = class_mask.reshape(-1, class_mask.shape[-1])
    # A view of one number has the shape of the logits, which are not materialised.
    logits = operands[0].detach().new_empty(1).expand(shape_of_logits(*operands))
    shape = None if leading is None else (*leading, logits.shape[-1])
    mask_like(logits, class_mask, caller=_CALLER, shape=shape)
    return class_mask


def _softmax_options(
    operands: tuple[Tensor, Tensor, Tensor | None],
    target: Tensor | SparseTargets,
    weight: Tensor | None,
    reduction: Reduction,
    ignore_index: int | None,
    label_smoothing: float,
    z_loss: float,
    out_dtype: torch.dtype | None,
) -> SoftmaxOptions:
    """
    Options of the cross-entropy of the logits, checked together with the tensors.

    `operands` are hidden states, weight and bias. None stands for no class weights, for -100 as label of
    ignored rows, and for the dtype that PyTorch returns. Raises `LinearArgumentError` for an `ignore_index`
    beside probabilities, and `DTypeError`, `ShapeError` or `DomainError` for tensors that do not fit together
    and options out of range.
    """
    shape = shape_of_logits(*operands)
    hidden = operands[0]
    has_labels = not isinstance(target, SparseTargets) and target.shape != shape
    if ignore_index is not None and not has_labels:
        hint = "In PyTorch's words: ignore_index cannot be specified when target contains probabilities."
        rule = "be omitted where the target holds probabilities"
        raise LinearArgumentError(_CALLER, "ignore_index", rule, got=str(ignore_index), hint=hint)
    ignored = -100 if ignore_index is None else ignore_index
    dense: Tensor
    if isinstance(target, SparseTargets):
        check_sparse(target, hidden, operands[1])
        dense = target.probs[..., :1].expand(shape)
    else:
        dense = target
    others = () if has_labels else (dense, weight)
    dtype = out_dtype or result_dtype(hidden, *others)
    options = SoftmaxOptions(reduction, dtype, has_labels, ignored, label_smoothing, z_loss)
    # A view of one number has the shape of the logits, which are not materialised.
    check_request(hidden.detach().new_empty(1).expand(shape), dense, weight, options)
    check_operands(dict(zip(("input", "linear_weight", "linear_bias"), operands, strict=True)), hidden)
    return options
