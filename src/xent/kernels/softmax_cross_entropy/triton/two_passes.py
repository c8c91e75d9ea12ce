"""
One tile in each of the two passes over a row, inside a Triton kernel.

The first pass finds the softmax, the label's logit and the largest target; the second, with these, the
distances to the peak weighted by targets or probabilities, and the gradient. Tuples hold what belongs
together:

- ``source``: logits, mask, offsets of rows and step of the logits, both of the mask, rows read, K;
- ``truth``: targets, class weights, labels, offsets of rows and step of the targets, kept, share,
  rows read, K;
- ``state``: peak, its class, reference, sum (high, low), label's logit, largest target, its class, sum of
  the others;
- ``row``: peak, its class, rest, largest target, its class, sum of others, pull, factor, and for labels the
  multiplier of the exponentials and the entry at the label.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.softmax_cross_entropy.triton.running_softmax import joined
from xent.kernels.softmax_cross_entropy.triton.targets import counted, target_tile, targets_entry
from xent.kernels.softmax_cross_entropy.triton.tiles import picked
from xent.kernels.triton.exponential import REDUCTION
from xent.kernels.triton.rounding import rounded_to_bfloat16

__all__ = ["first_state", "in_first_pass", "in_second_pass", "write_gradient"]


@triton.jit
def first_state(ROWS: tl.constexpr) -> tl.tuple:
    """
    The nine numbers of `state` for `ROWS` rows of which nothing has been read.

    Logits and the largest target are ``-inf``, classes -1, sums and the label's logit 0.
    """
    low = tl.full([ROWS], float("-inf"), tl.float32)
    zero = tl.zeros([ROWS], tl.float32)
    nowhere = tl.full([ROWS], -1, tl.int32)
    return low, nowhere, low, zero, zero, zero, low, nowhere, zero


@triton.jit
def in_first_pass(
    state: tl.tuple,
    truth: tl.tuple,
    z: tl.tensor,
    participates: tl.tensor,
    columns: tl.tensor,
    start: tl.tensor,
    LABELS: tl.constexpr,
    DENSE: tl.constexpr,
) -> tl.tuple:
    """
    Pair of the `state` of rows after the tile `z` and the tile's exponentials relative to the new reference.

    `state` holds peak, its class, reference (a logit at most 8 below), sum of all exponentials but the peak's
    (high, low), the label's logit, the largest target, its class, and the sum of the others. Exponentials are
    times 2^64. `columns` are the tile's classes, `start` the first of them; where `participates` is False, as
    at masked classes and beyond the row, `z` is ``-inf``. The label's logit is looked for with `LABELS`,
    targets are counted with `DENSE`, with both those of a smoothed label; else these entries stay. The head
    of the module lists `truth`.
    """
    peak, top, reference, total, lost, label_logit, largest, place, others = state
    peak, top, reference, total, lost, powers = joined(z, columns, start, peak, top, reference, total, lost)
    if LABELS:
        label_logit += picked(z, columns, truth[2])
    if DENSE:
        t = target_tile(truth, columns, participates, LABELS)
        largest, place, others = counted(t, columns, start, largest, place, others)
    return (peak, top, reference, total, lost, label_logit, largest, place, others), powers


@triton.jit
def in_second_pass(
    sums: tl.tuple,
    row: tl.tuple,
    truth: tl.tuple,
    z: tl.tensor,
    powers: tl.tensor,
    participates: tl.tensor,
    columns: tl.tensor,
    LABELS: tl.constexpr,
    DENSE: tl.constexpr,
    ENTROPY: tl.constexpr,
) -> tl.tuple:
    """
    Pair of `sums` after the tile `z` and its gradient with z-loss, (rows, columns), times each row's factor.

    `sums` are the distances of the logits below the peak, weighted by targets if `DENSE`, and by `powers` if
    `ENTROPY`; else a sum stays as it is. `powers`, the exponentials relative to the peak, are times 2^64,
    which the second sum keeps; nothing in `row` is. `row` holds peak, its class, rest, largest target, its
    class, sum of the others, derivative of the z-loss, factor, and two that have the factor and alone make
    the gradient without `DENSE`: multiplier of the exponentials and entry at the label. With `DENSE`,
    `LABELS` stands for targets of a smoothed label. `participates` is as in the first pass, `truth` as for
    `target_tile`.
    """
    distance, spread = sums
    peak, top, rest, largest, place, others, pull, factor, scale, at_label = row
    below = peak[:, None] - z
    if ENTROPY:
        # A class of probability 0 adds 0 even at a logit of -inf.
        spread += tl.sum(tl.where(powers == 0.0, 0.0, powers * below), 1)
    if not DENSE:
        entry = tl.where(
            columns[None, :] == truth[2][:, None], at_label[:, None], powers * REDUCTION * scale[:, None]
        )
        return (distance, spread), entry
    t = target_tile(truth, columns, participates, LABELS)
    # A class of target 0 costs 0 even at a logit of -inf; `0 * inf` would be nan.
    distance += tl.sum(tl.where(t == 0.0, 0.0, t * below), 1)
    inverse = tl.div_rn(rest * 0.0 + 1.0, rest + 1.0)[:, None]
    prob = powers * REDUCTION * inverse
    complement = tl.where(columns[None, :] == top[:, None], rest[:, None] * inverse, 1.0 - prob)
    without = (largest + others)[:, None] - t
    without = tl.where(columns[None, :] == place[:, None], others[:, None], without)
    return (distance, spread), factor[:, None] * targets_entry(prob, complement, t, without, pull[:, None])


@triton.jit
def write_gradient(
    gradient: tl.tensor,
    places: tl.tensor,
    columns: tl.tensor,
    step: tl.tensor,
    entries: tl.tensor,
    participates: tl.tensor,
    is_row: tl.tensor,
    K: tl.tensor,
    ROUNDED: tl.constexpr,
) -> None:
    """
    Store `entries` of a tile in the gradient, and 0 where `participates` is False; none beyond N rows or K.

    It is False in ignored rows and at masked classes. `places` are the offsets of the rows, `step` is that
    between classes, `columns` are the tile's classes, and `is_row` is True below N. With `ROUNDED` entries
    are rounded to bfloat16 first, which the interpreter would else truncate.
    """
    if ROUNDED:
        entries = rounded_to_bfloat16(entries)
    at = gradient + places[:, None] + columns[None, :].to(tl.int64) * step
    inside = is_row[:, None] & (columns[None, :] < K)
    tl.store(at, tl.where(participates, entries, 0.0), mask=inside)
