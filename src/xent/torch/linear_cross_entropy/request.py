"""
Linear cross-entropy as one frozen request: its tensors, and options that hold none of the graph.

Targets are labels, probabilities of all classes, or the probabilities of a few classes of each row; the
functions below read those of one chunk of rows, as the kernels take them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.options.label_smoothing import kept_and_share
from xent.options.mean import total_weight
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.memory import in_memory, is_traced

__all__ = [
    "LinearOptions",
    "LinearRequest",
    "SparseTargets",
    "dense_shape",
    "dense_target",
    "reason_not_pass",
    "rows_read",
    "target_bytes_per_class",
    "target_of_rows",
    "total_weight_of",
]

_FIXED = ("target", "probs", "weight")


class SparseTargets(NamedTuple):
    """
    Probabilities of a few classes of each row, such as the largest ones of a teacher.

    A class that is not named has probability 0; one that is named twice has the sum.

    Parameters
    ----------
    indices : Tensor of int64 of shape (..., k)
        Classes.
    probs : Tensor of shape (..., k)
        Their probabilities, real floating; they need not sum to 1.
    """

    indices: Tensor
    probs: Tensor

    def dense(self, classes: int) -> Tensor:
        """
        Probabilities of all `classes`, of shape (..., C); those of a class that is named twice are added.

        A class out of range raises a ``RuntimeError`` of PyTorch.
        """
        zeros = self.probs.new_zeros((*self.probs.shape[:-1], classes))
        return zeros.scatter_add(-1, self.indices, self.probs)


class LinearOptions(NamedTuple):
    """
    Options of a linear cross-entropy.

    Parameters
    ----------
    softmax : SoftmaxOptions
        Options of the cross-entropy of the logits.
    softcap, logit_scale, class_mask : optional
        Cap, factor and mask of the logits, applied in this order.
    chunk_bytes : int or None
        Limit of a chunk of logits in bytes; None for the default of `chunks.py`.
    wide_sums : bool or None
        True to sum the gradient of a 16-bit weight in 32 bits; None if only where that is little memory.
    nonfinite : "propagate" or "raise"
        Rule for a row without a softmax.
    validate_targets, return_stats, top_k
        Rules for values, and results beside the loss.
    count_read : int or None
        Number of rows that are not ignored; None if only the labels tell.
    chunk_rows : int or None
        Limit of a chunk in rows, if it was given so, for ranks of unequal numbers of classes.
    """

    softmax: SoftmaxOptions
    softcap: float | None = None
    logit_scale: float | Tensor | None = None
    class_mask: Tensor | None = None
    chunk_bytes: int | None = None
    wide_sums: bool | None = None
    nonfinite: str = "propagate"
    validate_targets: bool = False
    return_stats: bool | str = False
    top_k: int = 0
    count_read: int | None = None
    chunk_rows: int | None = None

    @property
    def adjusts(self) -> bool:
        """True if logits are capped, scaled or masked."""
        return not (self.softcap is None and self.logit_scale is None and self.class_mask is None)

    @property
    def adjustment(self) -> dict[str, Any]:
        """Cap, scale and mask as the keywords of `adjusted`."""
        return {"softcap": self.softcap, "logit_scale": self.logit_scale, "class_mask": self.class_mask}


class LinearRequest(NamedTuple):
    """
    Linear cross-entropy to be computed, checked.

    Parameters
    ----------
    input : Tensor of shape (D,) or (N, D)
        Hidden states.
    linear_weight : Tensor of shape (C, D) or (C, d1, ..., dK, D)
        Weight of the layer.
    linear_bias : Tensor of shape (C,) or (C, d1, ..., dK), or None
        Bias of the layer.
    target : Tensor
        Labels in int64, or probabilities of all classes; or, with `probs`, classes of shape (N, k).
    probs : Tensor of shape (N, k), or None
        Probabilities of these classes.
    weight : Tensor of shape (C,), or None
        Class weights.
    options : LinearOptions
        All that is not a tensor of the graph.
    """

    input: Tensor
    linear_weight: Tensor
    linear_bias: Tensor | None
    target: Tensor
    probs: Tensor | None
    weight: Tensor | None
    options: LinearOptions

    def as_matrix(self) -> LinearRequest:
        """Request with a leading axis of one row; the request itself if its hidden states have two axes."""
        if self.input.ndim == 2:
            return self
        probs = None if self.probs is None else self.probs[None]
        return self._replace(input=self.input[None], target=self.target[None], probs=probs)

    @property
    def needs_gradients(self) -> tuple[bool, bool, bool]:
        """True for input, weight and bias, in this order, if backward will need its gradient."""
        if not torch.is_grad_enabled():
            return False, False, False
        bias = self.linear_bias
        return (
            self.input.requires_grad,
            self.linear_weight.requires_grad,
            bias is not None and bias.requires_grad,
        )


def reason_not_pass(request: LinearRequest) -> str | None:
    """
    Reason why a pass over chunks cannot compute this request, as the end of a sentence; None if it can.

    It is that hidden states or weight are empty, that the weight has more than 2 axes, that target,
    probabilities or class weights require grad, that a mask limits smoothing or differs by row, or that a
    scale requires grad or is a tensor whose value cannot be read, on a device or while traced. Other devices,
    memory and tracing are not looked at.
    """
    options = request.options
    if request.input.numel() == 0 or request.linear_weight.numel() == 0:
        return "`input` or `linear_weight` is empty"
    if request.linear_weight.ndim > 2:
        return "`linear_weight` has more than 2 axes"
    for name, tensor in zip(_FIXED, request[3:6], strict=True):
        if tensor is not None and tensor.requires_grad:
            return f"`{name}` requires grad, and the pass differentiates in the operands of the product alone"
    return _reason_not_adjusted(request) if options.adjusts else None


def _reason_not_adjusted(request: LinearRequest) -> str | None:
    """
    Reason why the pass cannot apply the mask or scale of `request`; None if it can.

    It cannot if a mask limits smoothing or differs by row, or if a scale requires grad or its value cannot be
    read, on a device or while traced.
    """
    options = request.options
    mask, scale = options.class_mask, options.logit_scale
    if mask is not None and options.softmax.label_smoothing > 0:
        return "`class_mask` limits `label_smoothing`, and the kernels smooth over all classes"
    if mask is not None and mask.ndim != 1:
        return "`class_mask` differs by row"
    if isinstance(scale, Tensor):
        if scale.requires_grad:
            return "`logit_scale` requires grad"
        if not scale.is_cpu or is_traced():
            return "`logit_scale` is a tensor whose value cannot be read here"
    return None


def dense_target(request: LinearRequest) -> Tensor:
    """Labels, or probabilities of all classes, into which sparse targets are expanded."""
    if request.probs is None:
        return request.target
    return SparseTargets(request.target, request.probs).dense(request.linear_weight.shape[0])


def dense_shape(request: LinearRequest) -> Tensor:
    """
    Labels, or a tensor of shape (..., C) as of the probabilities of all classes, whose values are not
    read.
    """
    if request.probs is None:
        return request.target
    return request.probs[..., :1].expand(*request.input.shape[:-1], request.linear_weight.shape[0])


def rows_read(request: LinearRequest) -> Tensor | None:
    """
    Indices of the rows whose label is not ignored, in int64; None if no row is ignored.

    None for probabilities too. The labels are read.
    """
    softmax = request.options.softmax
    if not softmax.has_labels:
        return None
    read = request.target != softmax.ignore_index
    return None if bool(read.all()) else read.nonzero()[:, 0]


def total_weight_of(request: LinearRequest) -> float:
    """
    Sum of the class weights of the labels, 0 for ignored rows; the number of rows of probabilities.

    A label out of range weighs 0 beside class weights, and else 1.
    """
    softmax = request.options.softmax
    if not softmax.has_labels:
        return request.target.shape[0]
    weights = None if request.weight is None else in_memory(request.weight.detach().double())
    return total_weight(in_memory(request.target), weights, ignored=softmax.ignore_index)


def target_bytes_per_class(request: LinearRequest) -> int:
    """Bytes that the target of a row in a chunk allocates for each class; 0 for one that is read in place."""
    softmax = request.options.softmax
    if softmax.has_labels or (request.probs is None and softmax.label_smoothing == 0):
        return 0
    return 4 if request.target.dtype is not torch.float64 else 8


def target_of_rows(
    request: LinearRequest, rows: slice | Tensor, logits: Tensor
) -> kernels.Labels | kernels.Targets:
    """
    Labels with their smoothing, or smoothed targets of all classes, of `rows` as the kernels read them.

    Class weights, None for 1, stand beside them, not multiplied yet, in float64 if `logits` are, else in
    float32. Targets are converted to this dtype; only dense ones that have the dtype of `logits`, without
    smoothing, are read in place. The number of classes is that of `logits`.
    """
    softmax = request.options.softmax
    wide = torch.float64 if logits.dtype is torch.float64 else torch.float32
    weights = None if request.weight is None else in_memory(request.weight.detach().to(wide))
    target = request.target[rows]
    if softmax.has_labels:
        return kernels.Labels(in_memory(target), weights, softmax.ignore_index, softmax.label_smoothing)
    if request.probs is not None:
        target = SparseTargets(target, request.probs[rows].to(wide)).dense(logits.shape[1])
    if softmax.label_smoothing > 0:
        kept, share = kept_and_share(softmax.label_smoothing, logits.shape[1])
        # In place: a chunk of targets is as large as one of logits.
        target = (kept * target.to(wide)).add_(share)
    if target.dtype is not logits.dtype:
        target = target.to(wide)
    return kernels.Targets(in_memory(target), weights)
