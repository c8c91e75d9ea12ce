r"""
Cross-entropy of rows of logits in Triton: value, gradient and statistics of each row in one launch.

A program computes `ROWS` rows. A row of up to `BLOCK` classes stays in registers and is read once; a longer
one is read a tile at a time, twice: for the peak and the sum of the exponentials, then for the gradient. The
gradient may overwrite the logits: a program alone reads its rows, a tile is read before it is written, and
the label's logit is taken from the tile of the first pass. No entry is written twice, so that none of 16 bits
is rounded twice. Offsets have 64 bits.

Cost of N rows of K logits of b bytes, above N labels and values:

=================  ========================  ====================
pass               bytes, row in registers   bytes, longer row
=================  ========================  ====================
value              N K b                     N K b
value, gradient    2 N K b                   3 N K b
with targets       + N K b of targets        + 2 N K b of targets
=================  ========================  ====================

The second read of a longer row follows at once, and mostly meets the L2 cache: 256 KiB for 128,256 classes in
16 bits. An exponential takes about 25 FLOP; a logit takes about 40 for the value and 75 with the gradient of
a longer row, 20 FLOP for a byte in 16 bits: an H200 has 14 FLOP in float32 for each byte of its memory, so
the arithmetic is not free, and is to be timed. Registers: `BLOCK * ROWS / threads` logits and as many
exponentials for each thread, at most 32 of each.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.softmax_cross_entropy.triton.label_terms import label_gradient, label_value
from xent.kernels.softmax_cross_entropy.triton.running_softmax import exponentials, rest_of
from xent.kernels.softmax_cross_entropy.triton.tiles import labels_of, logit_tile, offsets
from xent.kernels.softmax_cross_entropy.triton.two_passes import (
    first_state,
    in_first_pass,
    in_second_pass,
    write_gradient,
)
from xent.kernels.triton.exponential import REDUCTION
from xent.kernels.triton.logarithm import log1p

__all__ = ["softmax_rows"]


@triton.jit
def softmax_rows(
    logits: tl.tensor,
    gradient: tl.tensor,
    targets: tl.tensor,
    weights: tl.tensor,
    mask: tl.tensor,
    shares: tl.tensor,
    factors: tl.tensor,
    upstream: tl.tensor,
    values: tl.tensor,
    log_probs: tl.tensor,
    normalisers: tl.tensor,
    entropies: tl.tensor,
    tops: tl.tensor,
    rests: tl.tensor,
    mean_distances: tl.tensor,
    N: tl.tensor,
    K: tl.tensor,
    inner: tl.tensor,
    logit_outer: tl.tensor,
    logit_inner: tl.tensor,
    logit_step: tl.tensor,
    gradient_outer: tl.tensor,
    gradient_inner: tl.tensor,
    gradient_step: tl.tensor,
    target_outer: tl.tensor,
    target_inner: tl.tensor,
    target_step: tl.tensor,
    mask_outer: tl.tensor,
    mask_inner: tl.tensor,
    mask_step: tl.tensor,
    factor_step: tl.tensor,
    share_step: tl.tensor,
    ignored: tl.tensor,
    z_weight: tl.tensor,
    kept: tl.tensor,
    LABELS: tl.constexpr,
    DENSE: tl.constexpr,
    WHOLE: tl.constexpr,
    ROWS: tl.constexpr,
    BLOCK: tl.constexpr,
    ROUNDED: tl.constexpr,
) -> None:
    """
    Write what is requested of each row; an output of None is not computed.

    Parameters
    ----------
    logits, gradient, targets, mask : pointer
        Offsets of a row are ``row // inner * outer + row % inner * inner_step``, of a class its `step`. With
        `LABELS` the targets are N integers. The gradient, which may be None or the logits, is that of the
        losses times both factors, 0 in ignored rows and at masked classes.
    weights, mask, shares, factors, upstream : pointer or None
        Class weights; 1 for participating classes; each row's share of smoothing for each of its classes;
        factor of the gradient, and a further one: if it is 1, the gradient is there already and nothing is
        done. None stands for 1, for shares for 0.
    values, log_probs, normalisers, entropies, tops, rests, mean_distances : pointer or None
        Outputs of N numbers each: loss with class weights, smoothing and z-loss; log-probability, with
        `LABELS` alone; log-normaliser, entropy, argmax, sum of all exponentials but the largest, relative to
        it, and mean distance of the logits below the largest under the softmax. In an ignored row the first
        two are 0, the argmax -1 and the rest nan; in a row without a softmax, or with a label out of range,
        the argmax is -1 and all else nan.
    N, K, inner : int
        Numbers of rows and classes, and of rows that share an outer offset.
    logit_outer, ..., mask_step : int
        Steps of logits, gradient, targets and mask in entries: between outer rows, inner rows and classes.
    factor_step, share_step : int
        1 if there is a factor, or a share, for each row; 0 if it is one number.
    ignored, z_weight, kept : int, float, float
        Label of ignored rows; factor of the squared log-normaliser; factor that smoothing leaves of a target.
    LABELS : bool
        True if targets are labels, False for probabilities.
    DENSE : bool
        True if every class has a target, also where it is that of a smoothed label.
    WHOLE : bool
        True if a tile holds the row.
    ROWS, BLOCK : int
        Rows of a program, and classes of a tile; powers of 2.
    ROUNDED : bool
        True if the gradient is rounded to bfloat16 before it is converted, as the interpreter needs.
    """
    if upstream is not None:
        if tl.load(upstream) == 1.0:
            return
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    labels, reads, is_class = labels_of(targets, rows, N, K, ignored, LABELS)
    share = tl.zeros([ROWS], tl.float32)
    if shares is not None:
        share = tl.load(shares + rows * share_step, mask=reads, other=0.0)
    at = offsets(rows, inner, target_outer, target_inner)
    truth = (targets, weights, labels, at, target_step, kept, share, reads, K)
    at = offsets(rows, inner, logit_outer, logit_inner)
    of_mask = offsets(rows, inner, mask_outer, mask_inner)
    source = (logits, mask, at, logit_step, of_mask, mask_step, reads, K)
    state = first_state(ROWS)
    if WHOLE:
        columns = tl.arange(0, BLOCK)
        z, participates = logit_tile(source, columns)
        state, powers = in_first_pass(state, truth, z, participates, columns, 0, LABELS, DENSE)
    else:
        for start in range(0, K, BLOCK):
            columns = start + tl.arange(0, BLOCK)
            z, participates = logit_tile(source, columns)
            state, powers = in_first_pass(state, truth, z, participates, columns, start, LABELS, DENSE)
    peak, top, reference, total, lost, label_logit, largest, place, others = state
    rest = tl.where(is_class, rest_of(peak, reference, total, lost), float("nan"))
    log_total = log1p(rest)
    normaliser = peak + log_total
    pull = z_weight * 2.0 * normaliser
    factor = _factor(factors, upstream, rows, reads, factor_step)
    weight = tl.full([ROWS], 1.0, tl.float32)
    if weights is not None and not DENSE:
        weight = tl.load(weights + labels, mask=reads & is_class, other=0.0)
    scale, at_label = factor, factor
    if not DENSE:
        scale, at_label = label_gradient(label_logit, peak, rest, labels == top, weight, pull)
    row = (peak, top, rest, largest, place, others, pull, factor, factor * scale, factor * at_label)
    sums = (share * 0.0, share * 0.0)
    at = offsets(rows, inner, gradient_outer, gradient_inner)
    ENTROPY: tl.constexpr = (entropies is not None) or (mean_distances is not None)
    if WHOLE:
        sums, entry = in_second_pass(
            sums, row, truth, z, powers, participates, columns, LABELS, DENSE, ENTROPY
        )
        if gradient is not None:
            write_gradient(gradient, at, columns, gradient_step, entry, participates, rows < N, K, ROUNDED)
    elif DENSE or ENTROPY or gradient is not None:
        for start in range(0, K, BLOCK):
            columns = start + tl.arange(0, BLOCK)
            z, participates = logit_tile(source, columns)
            sums, entry = in_second_pass(
                sums, row, truth, z, exponentials(z, peak), participates, columns, LABELS, DENSE, ENTROPY
            )
            if gradient is not None:
                write_gradient(
                    gradient, at, columns, gradient_step, entry, participates, rows < N, K, ROUNDED
                )
    distance, spread = sums
    if DENSE:
        value = ((largest + others) * log_total + distance) + z_weight * normaliser * normaliser
    else:
        value = label_value(peak - label_logit, log_total, normaliser, weight, z_weight)
    log_prob = 0.0 - ((peak - label_logit) + log_total)
    mean_distance = tl.div_rn(spread * REDUCTION, rest + 1.0)
    entropy = log_total + mean_distance
    _write(values, rows, tl.where(reads, value, 0.0), N)
    _write(log_probs, rows, tl.where(reads, log_prob, 0.0), N)
    _write(normalisers, rows, tl.where(reads, normaliser, float("nan")), N)
    _write(entropies, rows, tl.where(reads, entropy, float("nan")), N)
    is_top = reads & (rest == rest)  # noqa: PLR0124 - the test for nan
    _write(tops, rows, tl.where(is_top, top, -1), N)
    _write(rests, rows, tl.where(reads, rest, float("nan")), N)
    _write(mean_distances, rows, tl.where(reads, mean_distance, float("nan")), N)


@triton.jit
def _write(output: tl.tensor, rows: tl.tensor, numbers: tl.tensor, N: tl.tensor) -> None:
    """
    Store `numbers`, one for each of `rows`, in `output`; none from row N on, and nothing if `output`
    is None.
    """
    if output is not None:
        tl.store(output + rows, numbers, mask=rows < N)


@triton.jit
def _factor(
    factors: tl.tensor, upstream: tl.tensor, rows: tl.tensor, reads: tl.tensor, step: tl.tensor
) -> tl.tensor:
    """
    Factor of the gradient of each row: that in `factors` times the number at `upstream`; 0 in rows not read.

    None stands for 1. `reads` is False for ignored rows and those beyond N. `step` is 1 if `factors` has an
    entry for each row, 0 if it is one number.
    """
    factor = tl.where(reads, 1.0, 0.0)
    if factors is not None:
        factor = factor * tl.load(factors + rows * step, mask=reads, other=0.0)
    if upstream is not None:
        factor = factor * tl.load(upstream)
    return factor
