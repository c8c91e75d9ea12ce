"""
Chunks of rows: their number of rows, their logits, and the dtype in which sums over chunks are formed.

The logits are computed by the faster of PyTorch's two libraries of matrix products. In 32 bits `torch.mm`
calls MKL, which is slower than oneDNN for few rows and many classes. PyTorch exposes the product of oneDNN
only as the operator that its compiler calls; if that is missing or switched off, `torch.mm` is used. In 16
bits `torch.mm` chooses oneDNN itself, and in 64 bits oneDNN has no product. The products of the gradient stay
with MKL, about as fast there and rounding less: `python -m benchmarks kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions

from xent.arrays import checked_integer
from xent.errors import DTypeError
from xent.torch.memory import new_memory

__all__ = ["Logits", "chunking", "rows_at_once", "sums_are_wide"]

# A ninth of the logits and the scratch memory of a product stay below an eighth.
_PARTS = 9
# Each chunk reads the weight twice, and reads and writes its gradient; this many rows outweigh that traffic.
_LEAST_ROWS = 64
_LEAST_BYTES = 1 << 20
_MOST_BYTES = 128 << 20
# From this many rows per feature, a gradient in 32 bits takes a sixteenth of the logits in 16 bits.
_ROWS_PER_FEATURE = 48
# Called with input, weight, bias and a pointwise operation on the result, here none.
_ONEDNN: Callable[..., Tensor] | None = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
_NO_MORE: tuple[Any, ...] = ("none", [], "")
# oneDNN returns new memory, and large pieces are slow to allocate and to free: so the product goes by blocks
# of classes, which are copied into the chunk while they are in the cache.
_BLOCK_BYTES = 1 << 21
# With fewer features the copy takes longer than oneDNN saves.
_LEAST_FEATURES = 128


def chunking(chunk_bytes: int | None, linear_weight: Tensor, options: Any) -> tuple[int | None, bool | None]:
    """
    Limit of a chunk in bytes, and True if the gradient of a 16-bit weight is summed in 32 bits, False if in
    16.

    Each is None for its default, and an `options` of None means all defaults. A `chunk_bytes` comes before
    the number of rows in `options`, which becomes the bytes of so many rows of logits. Raises `DomainError`
    for a `chunk_bytes` below 1, `DTypeError` for one that is no integer and for other `options`.
    """
    if chunk_bytes is not None:
        chunk_bytes = checked_integer(chunk_bytes, "chunk_bytes", least=1, caller="linear_cross_entropy")
    if options is None:
        return chunk_bytes, None
    if not isinstance(options, LinearCrossEntropyOptions):
        rule, got = "be a `torch.nn.LinearCrossEntropyOptions`", type(options).__name__
        raise DTypeError("linear_cross_entropy", "options", rule, got=got)
    if chunk_bytes is None and options.batch_chunk_size is not None:
        chunk_bytes = options.batch_chunk_size * linear_weight.shape[0] * linear_weight.dtype.itemsize
    sums = options.acc_dtype
    return chunk_bytes, None if sums is None else sums.itemsize > 2


def rows_at_once(
    rows: int,
    features: int,
    dtype: torch.dtype,
    row_bytes: int,
    *,
    chunk_bytes: int | None = None,
    wide_sums: bool | None = None,
) -> int:
    """
    Number of rows of a chunk.

    Parameters
    ----------
    rows, features : int
        Shape of the input, of one row at least.
    dtype : torch.dtype
        Dtype of the input.
    row_bytes : int
        Bytes of a row of logits with all that is computed from it.
    chunk_bytes : int, optional
        Limit of a chunk; default a ninth of the rows, at most 128 MiB, in 16 bits a ninth without that limit
        or, if sums are wide, an 18th with it; in every dtype 64 rows and 1 MiB at least. Default chunks are
        of equal length, but for the last.
    wide_sums : bool, optional
        True if the gradient of a 16-bit weight is summed in 32 bits; None if only from 48 rows per feature.

    Returns
    -------
    int
        At least 1, at most `rows`.
    """
    if chunk_bytes is not None:
        return max(1, min(rows, chunk_bytes // row_bytes))
    count = -(-rows // _PARTS)
    if dtype.itemsize > 2:
        count = min(count, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    elif sums_are_wide(rows, features, dtype, wide_sums):
        # Wide sums are not rounded to 16 bits after each chunk, so chunks may be smaller.
        count = min(count // 2, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    count = min(rows, max(count, _LEAST_ROWS, _LEAST_BYTES // row_bytes))
    # Chunks of equal length: a short last chunk would cost as much as the others.
    chunks = -(-rows // max(1, count))
    return -(-rows // max(1, chunks))


def sums_are_wide(rows: int, features: int, dtype: torch.dtype, asked: bool | None = None) -> bool:
    """
    True if a 16-bit weight's gradient is summed in 32 bits; always False for other weights.

    `asked` decides; for None it is True from 48 rows per feature on, where the sums take little memory.
    """
    if dtype.itemsize != 2:
        return False
    return rows >= _ROWS_PER_FEATURE * features if asked is None else asked


class Logits:
    """
    ``input @ weight.T + bias`` of one chunk of rows after the other, in memory that all chunks share.

    Parameters
    ----------
    weight : Tensor of shape (C, D)
        Weight of a linear layer.
    bias : Tensor of shape (C,), or None
        Bias of the layer.
    rows : int
        Largest number of rows of a chunk.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, rows: int) -> None:
        # oneDNN ignores the strides of a bias and reads it as contiguous.
        self._weight, self._bias = weight, None if bias is None else bias.contiguous()
        self._onednn = _ONEDNN if _suits_onednn(weight) else None
        self._memory = new_memory((rows, weight.shape[0]), weight.dtype)
        self._block = max(1, _BLOCK_BYTES // max(1, rows * weight.dtype.itemsize))

    def of(self, input: Tensor, into: Tensor | None = None) -> Tensor:
        """
        Logits (rows, C) of a chunk of hidden states (rows, D), written to `into`, and returned.

        For None they are written to memory that the next call overwrites, of at most the `rows` of the
        object.
        """
        logits = self._memory[: input.shape[0]] if into is None else into
        if self._onednn is not None:
            for first in range(0, logits.shape[1], self._block):
                part = slice(first, first + self._block)
                bias = None if self._bias is None else self._bias[part]
                logits[:, part] = self._onednn(input, self._weight[part], bias, *_NO_MORE)
        elif self._bias is None:
            torch.mm(input, self._weight.T, out=logits)
        else:
            torch.addmm(self._bias, input, self._weight.T, out=logits)
        return logits


def _suits_onednn(weight: Tensor) -> bool:
    """
    True if oneDNN is there and switched on, and `weight` is contiguous, in float32 and of 128 features or
    more.

    For any other weight oneDNN is not the faster library, or has no product.
    """
    # A weight that is not contiguous is read number by number, a thousand times slower.
    is_quick = weight.shape[1] >= _LEAST_FEATURES and weight.is_contiguous()
    is_there = torch.backends.mkldnn.is_available() and bool(torch.backends.mkldnn.enabled)  # type: ignore[no-untyped-call]
    return is_quick and weight.dtype is torch.float32 and is_there
