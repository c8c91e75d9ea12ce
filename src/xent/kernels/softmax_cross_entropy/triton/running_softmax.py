"""
Softmax of rows, a tile at a time: its peak, and the sum of all other exponentials, inside a Triton kernel.

The sum is kept relative to a *reference*, not to the largest logit so far: the reference moves only where a
logit leads it by more than `_LEAD`. So each move shrinks the old sum, with its rounding errors, to a few
ten-thousandths, and a row that rises from tile to tile is as exact as any other. The exponential of the peak
itself stays out of the sum; if a later tile has a larger logit, the old peak's joins it. Between tiles the
sum is kept as high + low.

Source: Milakov, M., Gimelshein, N. (2018). Online normalizer calculation for softmax. arXiv:1805.02867.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.triton.exact_difference import exact_sum
from xent.kernels.triton.exponential import (
    MAGNIFICATION,
    REDUCTION,
    exponential,
    magnified_exponential,
)

__all__ = ["exponentials", "joined", "rest_of"]

_LEAD = tl.constexpr(8.0)


@triton.jit
def joined(
    z: tl.tensor,
    columns: tl.tensor,
    start: tl.tensor,
    peak: tl.tensor,
    top: tl.tensor,
    reference: tl.tensor,
    total: tl.tensor,
    lost: tl.tensor,
) -> tuple[tl.tensor, ...]:
    """
    State of rows after one more tile `z` of their logits, and the magnified exponentials of the tile.

    In order: the largest logit, its class, the reference, the sum of all other exponentials relative to the
    reference, as high and low, and the exponentials of the tile relative to it, (rows, columns); all
    exponentials are times 2^64. The reference is a logit, at most 8 below the largest so far. `columns` are
    the tile's classes, `start` the first of them; before the first tile peak and reference are ``-inf``, the
    class -1, and both sums 0. A tile, or a row so far, may be all ``-inf``; nan makes the sum nan, and is
    never the peak.
    """
    # Reductions of devices and of the interpreter treat nan in different ways: none sees one.
    tile_peak, place = tl.max(tl.where(z == z, z, float("-inf")), 1, return_indices=True)  # noqa: PLR0124
    leads = tile_peak > peak
    tile_top = start + place
    highest = tl.where(leads, tile_peak, peak)
    moved = tl.where(highest > reference + _LEAD, highest, reference)
    powers = exponentials(z, moved)
    without = tl.where(leads[:, None] & (columns[None, :] == tile_top[:, None]), 0.0, powers)
    # Magnified instead of the old sum: alone it may be subnormal.
    factor = magnified_exponential(tl.where(reference > float("-inf"), reference, moved), moved)
    factor = tl.where(moved > reference, factor, MAGNIFICATION)
    of_peak = tl.where(leads, magnified_exponential(peak, _finite(moved)), 0.0)
    total, error = exact_sum(total * REDUCTION * factor, tl.sum(without, 1) + of_peak)
    lost = lost * REDUCTION * factor + error
    return highest, tl.where(leads, tile_top, top), moved, total, lost, powers


@triton.jit
def exponentials(z: tl.tensor, reference: tl.tensor) -> tl.tensor:
    """
    Magnified ``exp(z - reference)`` of a tile, (rows, columns), with a reference for each row.

    It is 0 where a logit is ``-inf``, also if the reference is, and nan at nan.
    """
    return magnified_exponential(z, _finite(reference)[:, None])


@triton.jit
def rest_of(peak: tl.tensor, reference: tl.tensor, total: tl.tensor, lost: tl.tensor) -> tl.tensor:
    """
    Sum of ``exp(z - peak)`` over all classes but the peak's; nan if the peak is infinite or a logit is nan.

    `reference`, `total` and `lost` are the reference and the sum, high and low, that `joined` returns.
    """
    moved = exponential(reference, peak)
    rest = ((total + lost) * moved) * REDUCTION
    return tl.where(tl.abs(peak) < float("inf"), rest, float("nan"))


@triton.jit
def _finite(reference: tl.tensor) -> tl.tensor:
    """`reference` with 0 in place of ``-inf``: ``-inf - -inf`` is nan."""
    return tl.where(reference > float("-inf"), reference, 0.0)
