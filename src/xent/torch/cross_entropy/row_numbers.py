"""
Numbers of the softmax of each row of logits, its statistics, and their gradient written over the logits.

`numbers_of` reads the logits once; `Statistics.of` and the entries of single classes are computed from a few
numbers a row; `write_gradient` reads the logits once more. On a processor both are a kernel of
`xent.kernels.softmax_statistics`, elsewhere operations of PyTorch on a piece of rows at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.kernels import softmax_statistics as kernels
from xent.kernels.triton.launches import reason_not_triton
from xent.precision.exact_difference import exact_difference
from xent.torch.memory import KERNELS_RUN, in_memory

__all__ = [
    "Pulls",
    "RowNumbers",
    "entries_of_columns",
    "has_no_gradient",
    "largest_logits",
    "numbers_of",
    "pieces_of",
    "suits_kernels",
    "surprisals",
    "write_gradient",
]

# Logits that operations of PyTorch read at a time, so that their temporaries stay small.
_PIECE, _PIECE_ON_DEVICE = 1 << 20, 1 << 25
# Classes in a group whose maximum is found first.
_GROUP = 32


class RowNumbers(NamedTuple):
    """
    Numbers of the softmax of N rows, in the dtype of the logits.

    Parameters
    ----------
    tops : Tensor of int64
        Argmax; -1 in a row without a softmax.
    peaks : Tensor
        Largest logit.
    rests : Tensor
        Sum of the exponentials of all other classes, relative to the largest; nan without a softmax.
    mean_distances : Tensor
        Mean distance of the logits below the largest, under the softmax.
    columns : Tensor of int64 of shape (N, k)
        Classes with a gradient of their own: the label, then the largest ones.
    column_logits : Tensor of shape (N, k)
        Their logits; nan for a label out of range.
    """

    tops: Tensor
    peaks: Tensor
    rests: Tensor
    mean_distances: Tensor
    columns: Tensor
    column_logits: Tensor


class Pulls(NamedTuple):
    """
    Gradients in the statistics of N rows.

    Parameters
    ----------
    normaliser, entropy : Tensor
        Gradient in the log-normaliser and in the entropy.
    columns : Tensor of shape (N, k)
        Gradient in the log-probability of each of the `columns`.
    """

    normaliser: Tensor
    entropy: Tensor
    columns: Tensor

    def at(self, rows: slice) -> Pulls:
        """Gradients of `rows` alone, in views."""
        return Pulls(*(pull[rows] for pull in self))


def numbers_of(logits: Tensor, labels: Tensor, top_k: int, *, on_device: bool | None = None) -> RowNumbers:
    """
    Numbers of logits of shape (N, C), C >= 1, in 32 or 64 bits, which are not changed.

    They are, for each row, the argmax, the largest logit, the sum of the exponentials of all others relative
    to it, the mean distance of the logits below it under the softmax, and some columns with their logits;
    without a softmax they are -1, any logit, nan and nan. The first column is the label; for one out of range
    it is 0, with logit nan. With `top_k` the largest classes follow in falling order, of tied ones any first.
    With `on_device`, or for None off processors, Triton's kernel computes if it runs here and logits are in
    float32, else operations do; if its launch fails it raises `LaunchError`.
    """
    is_there = not logits.is_cpu if on_device is None else on_device
    if not is_there and suits_kernels(logits):
        found = kernels.row_numbers(in_memory(logits))
        tops, rests, distances = (torch.from_numpy(array) for array in found)
    elif is_there and reason_not_triton(logits, "logits") is None and logits.dtype is torch.float32:
        tops, rests, distances = _on_device(logits)
    else:
        pieces = [_by_operations(logits[piece]) for piece in pieces_of(logits)]
        tops, rests, distances = (torch.cat(parts) for parts in zip(*pieces, strict=True))
    in_range = (labels >= 0) & (labels < logits.shape[1])
    columns = torch.where(in_range, labels, 0)[:, None]
    found_logits = torch.where(in_range[:, None], logits.gather(1, columns), torch.nan)
    if top_k:
        largest, classes = largest_logits(logits, top_k)
        columns = torch.cat([columns, classes], 1)
        found_logits = torch.cat([found_logits, largest], 1)
    peaks = logits.gather(1, tops.clamp(min=0)[:, None])[:, 0]
    return RowNumbers(tops, peaks, rests, distances, columns, found_logits)


def _on_device(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """
    Argmax, rests and mean distances of rows of logits, (N,) each, by the kernel of Triton.

    The rest is the sum of the exponentials of all classes but the argmax, relative to it; the mean distance
    is that below the largest logit, under the softmax. In a row without a softmax the argmax is -1, the
    others nan. Raises `LaunchError` if the kernel cannot run here.
    """
    # Not at the head of the file: Triton is imported when the first kernel is launched.
    from xent.kernels.softmax_cross_entropy.triton.launch import Outputs, Truth, softmax_of_rows

    tops = logits.new_empty(logits.shape[0], dtype=torch.int64)
    rests, distances = (logits.new_empty(logits.shape[0]) for _ in range(2))
    # Any label in range: the numbers do not depend on it.
    labels = torch.zeros_like(tops)
    softmax_of_rows(
        logits, Truth(labels, has_labels=True, ignored=-1),
        Outputs(tops=tops, rests=rests, mean_distances=distances),
    )  # fmt: skip
    return tops, rests, distances


def largest_logits(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """
    The `count` largest logits of each row, in falling order with nan first, and their classes.

    Both have the shape (N, `count`), `count` at most the number of classes. Of equal logits any may be
    chosen.
    """
    # The largest are in the `count` groups with the largest maxima, or among the last classes, fewer than
    # 32, which belong to no group. Group g has the classes g, g + groups, g + 2 groups, ..., so that one
    # operation on whole vectors takes the maxima of all groups.
    rows, classes = logits.shape
    groups = classes // _GROUP
    if count * _GROUP * 2 > classes:
        return logits.topk(count, 1)
    whole = groups * _GROUP
    maxima = logits[:, :whole].reshape(rows, _GROUP, groups).amax(1)
    # A nan is the largest: its group is among the chosen, as `topk` has it.
    chosen = maxima.topk(count, 1).indices
    steps = groups * torch.arange(_GROUP, device=logits.device)
    tail = torch.arange(whole, classes, device=logits.device).expand(rows, -1)
    candidates = torch.cat([(chosen[:, :, None] + steps).flatten(1), tail], 1)
    largest, places = logits.gather(1, candidates).topk(count, 1)
    return largest, candidates.gather(1, places)


def surprisals(numbers: RowNumbers) -> Tensor:
    """
    Minus the log-probability of each of the `columns`, classes of each row, of shape (N, k), in nats.

    No term of it cancels. It is nan for a label out of range and in a row without a softmax.
    """
    peaks, logits = numbers.peaks[:, None], numbers.column_logits
    gap = peaks - logits
    # An infinite gap has no rounding error: inf - inf is nan.
    _, low = exact_difference(peaks.expand_as(logits), torch.where(gap < torch.inf, logits, peaks))
    total: Tensor = gap + (low + torch.log1p(numbers.rests)[:, None])
    return total


def entries_of_columns(numbers: RowNumbers, pulls: Pulls) -> Tensor:
    """
    Gradient in the logits of the `columns`, of shape (N, k); equal where two of them are the same class.

    `pulls` are the gradients in log-normaliser, entropy and the log-probability of each column, from which it
    is summed. A row in which all of these are 0 has entries of 0. In any other the entry of a label out of
    range is nan, and all are without a softmax. A probability near 1 is not subtracted from 1: the complement
    is that of all other classes.
    """
    _, _, rests, mean_distances, columns, logits = numbers
    total = (1 + rests)[:, None]
    probs = torch.exp(-surprisals(numbers))
    is_top = columns == numbers.tops[:, None]
    complements = torch.where(is_top, rests[:, None] / total, 1 - probs)
    is_same = columns[:, :, None] == columns[:, None, :]
    own = (is_same * pulls.columns[:, None, :]).sum(2)
    others = (~is_same * pulls.columns[:, None, :]).sum(2)
    distances = torch.where(probs == 0, 0.0, numbers.peaks[:, None] - logits - mean_distances[:, None])
    shared = pulls.normaliser[:, None] + pulls.entropy[:, None] * distances - others
    entries = own * complements + probs * shared
    return torch.where(has_no_gradient(pulls)[:, None], 0.0, entries)


def write_gradient(logits: Tensor, numbers: RowNumbers, pulls: Pulls, entries: Tensor | None) -> None:
    """
    Overwrite the logits (N, C) by the gradient of their statistics, from the gradients `pulls` in these.

    The statistics are log-normaliser, entropy and the log-probabilities of the `columns` of `numbers`. At
    these it is `entries`, (N, k), as `entries_of_columns` returns them; None gives these classes the entries
    of all others, and demands `pulls` that are 0 in the log-probabilities. A row in whose statistics all
    gradients are 0 has gradient 0, whatever its logits; any other without a softmax has nan.
    """
    pull = pulls.normaliser - pulls.columns.sum(1)
    if suits_kernels(logits):
        found = kernels.RowNumbers(*(in_memory(numbers[place]) for place in (0, 2, 3)))
        kernels.gradient_in_place(in_memory(logits), found, in_memory(pull), in_memory(pulls.entropy))
    else:
        for piece in pieces_of(logits):
            of_rows = RowNumbers(*(part[piece] for part in numbers))
            _gradient_by_operations(logits[piece], of_rows, pull[piece], pulls.entropy[piece])
    if entries is not None:
        logits.scatter_(1, numbers.columns, entries)


def has_no_gradient(pulls: Pulls) -> Tensor:
    """True for rows, (N,), in whose statistics all gradients are 0."""
    return (pulls.normaliser == 0) & (pulls.entropy == 0) & (pulls.columns == 0).all(1)


def suits_kernels(logits: Tensor) -> bool:
    """
    True if the kernels of processors run here and can read these logits in place; False without
    classes.
    """
    return KERNELS_RUN and logits.is_cpu and logits.is_contiguous() and logits.shape[1] > 0


def pieces_of(logits: Tensor) -> list[slice]:
    """
    Slices of rows (N, C) whose temporaries stay small: of one row or more, and one slice if there are
    none.
    """
    numbers = _PIECE if logits.is_cpu else _PIECE_ON_DEVICE
    step = max(1, numbers // max(1, logits.shape[1]))
    return [slice(first, first + step) for first in range(0, max(1, logits.shape[0]), step)]


def _exponentials(logits: Tensor, peaks: Tensor) -> tuple[Tensor, Tensor]:
    """
    Exponentials of logits relative to the peaks, (N,), and distances below these, both (N, C).

    The distance is 0 where the exponential is 0. A row whose peak is nan is nan in both; peaks must not be
    infinite.
    """
    high, low = exact_difference(logits, peaks[:, None].expand_as(logits))
    powers = torch.exp(high)
    is_zero = powers == 0
    powers = torch.where(is_zero, 0.0, powers * (1 + low))
    return powers, torch.where(is_zero, 0.0, -high)


def _by_operations(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """
    Argmax, rests and mean distances of rows of logits, (N,) each, by operations of PyTorch.

    The rest is the sum of the exponentials of all classes but the argmax, relative to it; the mean distance
    is that below the largest logit, under the softmax. In a row without a softmax the argmax is -1, the
    others nan.
    """
    tops = logits.argmax(1)
    peaks = logits.gather(1, tops[:, None])[:, 0]
    powers, distances = _exponentials(logits, torch.where(peaks.isfinite(), peaks, torch.nan))
    moments = (powers * distances).sum(1)
    rests = powers.scatter_(1, tops[:, None], 0.0).sum(1) + (peaks - peaks)
    return torch.where(rests.isnan(), -1, tops), rests, moments / (1 + rests)


def _gradient_by_operations(logits: Tensor, numbers: RowNumbers, pull: Tensor, spread: Tensor) -> None:
    """
    Overwrite rows (N, C) by `pull` times the gradient of the log-normaliser plus `spread` times that of the
    entropy.

    Both factors are (N,). A row in which both are 0 has gradient 0, whatever its logits; any other without a
    softmax has nan.
    """
    peaks = torch.where(numbers.tops < 0, torch.nan, numbers.peaks)
    powers, distances = _exponentials(logits, peaks)
    probs = powers / (1 + numbers.rests)[:, None]
    factors = pull[:, None] + spread[:, None] * (distances - numbers.mean_distances[:, None])
    has_none = (pull == 0) & (spread == 0)
    logits.copy_(torch.where(has_none[:, None] | (probs == 0), 0.0, probs * factors))
