"""
Launch of the Triton kernel of softmax cross-entropy on tensors: shapes, steps, sizes of tiles.

Nothing is checked, and the host reads nothing: a launch waits for no result, so a CUDA graph can hold it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.kernels.softmax_cross_entropy.triton.rows_kernel import softmax_rows
from xent.kernels.triton.launches import IS_INTERPRETED, launched

__all__ = ["Outputs", "Truth", "softmax_of_rows"]

# Up to this many classes a tile holds the row, with at most 32 logits for each thread; with a target for each
# class, 16 of both. More would spill.
_MOST_IN_REGISTERS = 16384
_MOST_WITH_TARGETS = 8192
_TILE = 4096
_ROWS_BY_TILES = 1
_NO_STEPS = (0, 0, 0)


class Truth(NamedTuple):
    """
    Target of each row with its options.

    Parameters
    ----------
    targets : Tensor
        Labels, int64 or int32, of N entries; or probabilities of the shape of the logits.
    has_labels : bool
        True for labels.
    weights : Tensor of float32 of shape (K,), or None
        Class weights.
    ignored : int
        Label of ignored rows.
    smoothing : float
        Share of a target that is spread over the participating classes.
    mask : Tensor of bool of the shape of the logits, or None
        True for participating classes.
    """

    targets: Tensor
    has_labels: bool
    weights: Tensor | None = None
    ignored: int = -100
    smoothing: float = 0.0
    mask: Tensor | None = None


class Outputs(NamedTuple):
    """
    Tensors to be written, None for those not requested: one number a row, in float32, `tops` in int64.

    In an ignored row losses and log-probabilities are 0, `tops` is -1 and all else nan; in a row without a
    softmax, or with a label out of range, `tops` is -1 and all else nan. Log-probabilities are those of
    labels only.

    Parameters
    ----------
    values, log_probs, normalisers, entropies, tops : Tensor or None
        Losses; log-probabilities of the labels; log-normalisers; entropies; argmax, -1 in a row without one.
    rests, mean_distances : Tensor or None
        Sum of the exponentials of all classes but the argmax, relative to it; mean distance of the logits
        below the largest, under the softmax.
    """

    values: Tensor | None = None
    log_probs: Tensor | None = None
    normalisers: Tensor | None = None
    entropies: Tensor | None = None
    tops: Tensor | None = None
    rests: Tensor | None = None
    mean_distances: Tensor | None = None


def softmax_of_rows(
    logits: Tensor,
    truth: Truth,
    outputs: Outputs,
    *,
    gradient: Tensor | None = None,
    factor: Tensor | None = None,
    upstream: Tensor | None = None,
    z_weight: float = 0.0,
) -> None:
    """
    Write the requested outputs of all rows, and the gradient of their losses, by one launch.

    Parameters
    ----------
    logits : Tensor of shape (N, K) or (N, K, d)
        Float32, bfloat16 or float16, of any strides, not checked. With d there are N d rows, in the
        order (N, d); labels, factors and outputs have an entry for each, the latter two contiguous.
    truth : Truth
        Labels or probabilities, with class weights, ignored label, smoothing and mask.
    outputs : Outputs
        Tensors to write, None for those not requested. Losses are in nats, with class weights and z-loss.
    gradient : Tensor of the shape of the logits, optional
        Output for the gradient of the losses, 0 in ignored rows and at masked classes, in one of the dtypes
        of logits; it may be the logits themselves.
    factor : Tensor of float32, of shape () or with an entry for each row, optional
        Factor of the gradient alone.
    upstream : Tensor of float32 of one number, optional
        Further factor of the gradient; if it is 1 the launch writes nothing, no output either.
    z_weight : float
        Factor of the squared log-normaliser in the losses.

    Raises
    ------
    LaunchError
        If Triton cannot compile or launch the kernel here.
    """
    shaped = logits if logits.ndim == 3 else logits[..., None]
    count, classes, inner = shaped.shape[0] * shaped.shape[2], shaped.shape[1], shaped.shape[2]
    is_dense = not truth.has_labels or truth.smoothing > 0
    is_whole = classes <= (_MOST_WITH_TARGETS if is_dense else _MOST_IN_REGISTERS)
    block = 1 << max(0, classes - 1).bit_length() if is_whole else _TILE
    rows = max(1, _TILE // block) if is_whole else _ROWS_BY_TILES
    steps = [_steps(tensor) for tensor in (logits, gradient, None if truth.has_labels else truth.targets)]
    labels = truth.targets.reshape(-1) if truth.has_labels else truth.targets
    shares = _shares(truth, shaped)
    launched(
        softmax_rows,
        (-(-count // rows),),
        logits, gradient, labels, truth.weights, truth.mask, shares, factor, upstream,
        *outputs, count, classes, inner, *steps[0], *steps[1], *steps[2], *_steps(truth.mask),
        0 if factor is None or factor.ndim == 0 else 1, 0 if shares is None or shares.ndim == 0 else 1,
        truth.ignored, z_weight, 1.0 - truth.smoothing,
        LABELS=truth.has_labels, DENSE=is_dense, WHOLE=is_whole,
        ROWS=rows, BLOCK=block,
        ROUNDED=IS_INTERPRETED and logits.dtype is torch.bfloat16,
        num_warps=max(4, min(16, rows * block // 512)),
    )  # fmt: skip


def _steps(tensor: Tensor | None) -> tuple[int, int, int]:
    """
    Steps of a tensor of shape (N, K) or (N, K, d), in entries: between outer rows, inner rows and classes.

    Without inner rows their step is 0; for None all three are.
    """
    if tensor is None:
        return _NO_STEPS
    outer, classes, *inner = tensor.stride()
    return outer, (inner[0] if inner else 0), classes


def _shares(truth: Truth, shaped: Tensor) -> Tensor | None:
    """
    Share of the smoothing of each participating class in float32, without class weights.

    `shaped` are the logits, (N, K, d), of which the number of classes and the device are read. The result has
    the shape () without a mask, else (N d,), ``inf`` where no class participates; None without smoothing.
    """
    if truth.smoothing == 0:
        return None
    if truth.mask is None:
        return torch.full((), truth.smoothing / shaped.shape[1], dtype=torch.float32, device=shaped.device)
    count = truth.mask.sum(1, dtype=torch.float64)
    return (truth.smoothing / count).to(torch.float32).reshape(-1)
