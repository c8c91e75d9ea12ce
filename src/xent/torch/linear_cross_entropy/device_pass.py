"""
One pass over hidden states in chunks of rows on a GPU; the twin of `chunked_pass.py`.

The products are PyTorch's, one kernel a chunk turns its logits into their gradient in place, and the host
reads nothing, so it never waits: ignored rows stay in their chunk, with gradient 0, unless the caller knows
the number of the others, which are then gathered first. With all gradients the
pass takes 6 N D C FLOP. A chunk reads the weight twice, so with few rows the products wait for memory: they
need about 600 rows to be bound by arithmetic on an H100.

All rows are one chunk if their logits take at most 1 GiB; the gradient of the weight is then one product,
rounded once. Otherwise chunks take 512 MiB, or `chunk_bytes`, and the gradient of a 16-bit weight is summed
in float32, in memory of 4 bytes for each of its numbers, by products with a result of 32 bits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.adjustment import (
    adjust_in_place,
    adjustment_bytes_per_class,
    pull_back,
)
from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.label_logits import LabelLogits
from xent.torch.linear_cross_entropy.request import LinearRequest, SparseTargets, target_bytes_per_class

__all__ = ["DeviceSums", "losses_and_gradients", "rows_on_device"]

_MOST_AT_ONCE = 1 << 30
_CHUNK = 1 << 29
_LEAST_ROWS = 600


def rows_on_device(rows: int, row_bytes: int, chunk_bytes: int | None) -> int:
    """
    Number of rows of a chunk, of `row_bytes` each; chunks are of equal length, but for the last.

    They are as few as the limit of a chunk allows: `chunk_bytes`, or one row if that is more. For None all
    rows up to 1 GiB are one chunk; else the limit is 512 MiB, or 600 rows if that is more. There must be a
    row.
    """
    if chunk_bytes is not None:
        count = max(1, chunk_bytes // row_bytes)
    elif rows * row_bytes <= _MOST_AT_ONCE:
        return rows
    else:
        count = max(_LEAST_ROWS, _CHUNK // row_bytes)
    # Chunks of equal length: a short last chunk would cost as much as the others.
    return -(-rows // -(-rows // count))


def losses_and_gradients(
    request: LinearRequest, factor: Tensor | None, wanted: tuple[bool, ...]
) -> tuple[Tensor, Gradients]:
    """
    Loss of each row in float32, (N,), and the `wanted` gradients of their sum times `factor`, None for
    others.

    `factor` is one number or one for each row; None stands for 1. `wanted` has a flag for input, weight and
    bias. Losses have class weights, smoothing and z-loss. They are 0 in ignored rows, and nan for a label out
    of range and in a row without a softmax; for a wrong `count_read` all are nan, and so is the gradient of
    the input, but not those of weight and bias. Raises `LaunchError` if the kernel cannot run here.
    """
    if request.options.count_read is not None and request.options.softmax.has_labels:
        return _of_rows_read(request, factor, wanted, request.options.count_read)
    hidden, weight, _ = request[:3]
    options = request.options
    row_bytes = weight.shape[0] * (
        hidden.dtype.itemsize
        + target_bytes_per_class(request)
        + (adjustment_bytes_per_class(options, hidden.dtype) if options.adjusts else 0)
    )
    count = rows_on_device(hidden.shape[0], row_bytes, options.chunk_bytes)
    memory = hidden.new_empty((count, weight.shape[0]))
    losses = hidden.new_empty(hidden.shape[0], dtype=torch.float32)
    sums = DeviceSums(request, wanted, is_one=count == hidden.shape[0])
    at_labels = _label_logits(request)
    for first in range(0, hidden.shape[0], count):
        rows = slice(first, min(first + count, hidden.shape[0]))
        given = _logits(request, rows, memory)
        if at_labels is not None:
            # Read before the kernel overwrites them.
            at_labels.read(rows, given)
        _chunk(request, rows, given, losses[rows], factor, has_gradient=any(wanted))
        sums.add(rows, given, _read_hidden(request, rows))
    return losses if at_labels is None else at_labels.corrected(losses), sums.gradients()


def _of_rows_read(
    request: LinearRequest, factor: Tensor | None, wanted: tuple[bool, ...], count: int
) -> tuple[Tensor, Gradients]:
    """
    Losses, (N,), and gradients of the operands from the `count` rows that are not ignored; other rows have 0.

    `factor` multiplies the gradients: one number, one for each of the N rows, or None for 1. `wanted` has a
    flag for input, weight and bias. If another number of rows is not ignored, losses and the gradient of the
    input are nan, those of weight and bias are wrong. Raises `LaunchError` if the kernel cannot run here.
    """
    hidden, target = request.input, request.target
    is_read = target != request.options.softmax.ignore_index
    # The size is given, so no host waits for it.
    places = torch.nonzero_static(is_read, size=max(1, min(count, target.shape[0])), fill_value=0)[:, 0]
    part = request._replace(
        input=hidden[places], target=target[places], options=request.options._replace(count_read=None)
    )
    of_rows = factor[places] if factor is not None and factor.ndim else factor
    found, gradients = losses_and_gradients(part, of_rows, wanted)
    # A factor, not a selection: gradients of rows that were not read would be 0 without a sign.
    poison = torch.where(is_read.sum() == count, 0.0, torch.nan)
    losses = found.new_zeros(hidden.shape[0]).index_copy_(0, places, found) + poison
    of_input = gradients.input
    if of_input is not None:
        of_input = torch.zeros_like(hidden).index_copy_(0, places, of_input) + poison.to(hidden.dtype)
    return losses, gradients._replace(input=of_input)


def _read_hidden(request: LinearRequest, rows: slice) -> Tensor:
    """Hidden states of `rows`, 0 in ignored ones, whose gradient of 0 times nan would be nan."""
    hidden, softmax = request.input[rows], request.options.softmax
    if not softmax.has_labels:
        return hidden
    return hidden.masked_fill((request.target[rows] == softmax.ignore_index)[:, None], 0.0)


def _label_logits(request: LinearRequest) -> LabelLogits | None:
    """
    Correction of the label's logit for its rounding to 16 bits; None for a request that is not corrected.

    It is made for operands of 16 bits and labels alone: without class weights, smoothing, z-loss, cap, scale
    and mask.
    """
    softmax, hidden = request.options.softmax, request.input
    is_plain = (
        softmax.has_labels and request.weight is None and not (softmax.label_smoothing or softmax.z_loss)
    )
    if hidden.dtype.itemsize > 2 or not is_plain or request.options.adjusts:
        return None
    return LabelLogits(hidden, request.linear_weight, request.linear_bias, request.target)


def _logits(request: LinearRequest, rows: slice, memory: Tensor) -> Tensor:
    """
    Logits of `rows` with the bias, without cap, scale and mask, written to the first rows of `memory`.

    The result is a view of these. `memory` has the dtype of the operands.
    """
    hidden, weight, bias = request[:3]
    given = memory[: rows.stop - rows.start]
    if bias is None:
        return torch.mm(hidden[rows], weight.T, out=given)
    return torch.addmm(bias, hidden[rows], weight.T, out=given)


def _chunk(
    request: LinearRequest,
    rows: slice,
    given: Tensor,
    losses: Tensor,
    factor: Tensor | None,
    *,
    has_gradient: bool,
) -> None:
    """
    Write the losses of a chunk to `losses`, and with `has_gradient` the gradient over `given`, its logits.

    `losses`, (rows,), are those of this chunk alone, with class weights, smoothing and z-loss. `given`,
    (rows, C), are not yet capped, scaled and masked, and the gradient is that in them; without `has_gradient`
    cap, scale and mask may overwrite them. `factor` multiplies the gradient alone: one number, or one for
    each row of all chunks; None stands for 1. Raises `LaunchError` if the kernel cannot run here.
    """
    # Not at the head of the file: Triton is imported when the first kernel is launched.
    from xent.kernels.softmax_cross_entropy.triton.launch import Outputs, Truth, softmax_of_rows

    options, softmax = request.options, request.options.softmax
    logits, derivative = given, None
    if options.adjusts:
        logits, derivative = adjust_in_place(given, options, keeps_derivative=has_gradient)
    target, mask = request.target[rows], options.class_mask
    if request.probs is not None:
        target = SparseTargets(target, request.probs[rows].float()).dense(given.shape[1])
    truth = Truth(
        target,
        softmax.has_labels,
        None if request.weight is None else request.weight.detach().float().contiguous(),
        softmax.ignore_index,
        softmax.label_smoothing,
        # Masked logits are -inf already; here the mask limits smoothing.
        None if mask is None or softmax.label_smoothing == 0 else mask.expand(given.shape),
    )
    softmax_of_rows(
        logits,
        truth,
        Outputs(losses),
        gradient=logits if has_gradient else None,
        factor=factor[rows] if factor is not None and factor.ndim else factor,
        z_weight=softmax.z_loss,
    )
    if has_gradient and options.adjusts:
        pull_back(logits, derivative, options, into=given)


class DeviceSums:
    """
    Gradients, summed over chunks.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    wanted : tuple of bool
        True for each of the three gradients that is computed.
    is_one : bool
        True if all rows are one chunk.
    """

    def __init__(self, request: LinearRequest, wanted: tuple[bool, ...], *, is_one: bool) -> None:
        hidden, weight, _ = request[:3]
        self._request = request
        # The first chunk, of whichever rows, overwrites the sum for the weight.
        self._is_empty = True
        narrow = is_one or request.options.wide_sums is False
        dtype = weight.dtype if narrow else torch.float32
        self.of_input = torch.empty_like(hidden) if wanted[0] else None
        self.of_weight = weight.new_empty(weight.shape, dtype=dtype) if wanted[1] else None
        # In 16 bits a sum over all rows would stop growing.
        self.of_bias = weight.new_zeros(weight.shape[0], dtype=torch.float32) if wanted[2] else None

    def add(self, rows: slice, gradient: Tensor, hidden: Tensor) -> None:
        """
        Add the contributions of the chunk `rows` to the gradients of weight and bias, and write those of the
        input.

        `hidden`, (rows, D), are its hidden states, 0 in ignored rows, and `gradient`, (rows, C), that in its
        logits, both in the dtype of the weight. Each chunk is added once, in any order.
        """
        weight = self._request.linear_weight
        if self.of_input is not None:
            torch.mm(gradient, weight, out=self.of_input[rows])
        if self.of_weight is not None:
            _add_product(self.of_weight, gradient.T, hidden, is_first=self._is_empty)
            self._is_empty = False
        if self.of_bias is not None:
            self.of_bias += gradient.sum(0, dtype=torch.float32)

    def gradients(self) -> Gradients:
        """Sums over all chunks in the dtype of the operands; None for a gradient that is not computed."""
        dtype = self._request.linear_weight.dtype
        return Gradients(
            self.of_input,
            None if self.of_weight is None else self.of_weight.to(dtype),
            None if self.of_bias is None else self.of_bias.to(dtype),
        )


def _add_product(sums: Tensor, a: Tensor, b: Tensor, *, is_first: bool) -> None:
    """
    Add ``a @ b`` to `sums`, which may have a wider dtype than both; with `is_first` overwrite it
    instead.
    """
    wide = sums.dtype
    if wide is a.dtype:
        _ = torch.mm(a, b, out=sums) if is_first else sums.addmm_(a, b)
    elif a.is_cuda and torch.version.hip is None:
        if is_first:
            torch.mm(a, b, out_dtype=wide, out=sums)
        else:
            torch.addmm(sums, a, b, out_dtype=wide, out=sums)
    else:
        # No product with a wider result: it is rounded to 16 bits once a chunk.
        product = torch.mm(a, b)
        _ = sums.copy_(product) if is_first else sums.add_(product)
