"""
Targets of rows, a tile at a time, inside a Triton kernel: smoothed labels, or probabilities read from memory.

A target is ``(kept * t + share) * weight`` with t the probability, or 1 at the label. The gradient needs, for
each class, the sum of all other targets; ``total - target`` cancels at the largest target alone, so that one
is kept apart: its class, its value, and the sum of the others.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["counted", "target_tile", "targets_entry"]


@triton.jit
def target_tile(
    truth: tl.tuple, columns: tl.tensor, participates: tl.tensor, LABELS: tl.constexpr
) -> tl.tensor:
    """
    Targets of a tile, (rows, columns) in float32, ``(kept * t + share) * weight``; 0 beyond the row.

    t is the probability, or with `LABELS` 1 at the label and else 0; the share is for classes where
    `participates` is True, t for all. In rows that are not read t and share are 0, but with `LABELS` t is 1
    at an ignored label that is a class, and at class 0 beyond the last row. `columns` are the tile's classes.
    `truth` is the tuple of nine at the head of `two_passes.py`: targets, class weights (None for 1), labels,
    offsets of the rows, step of the targets, kept, share of each row, rows read, K.
    """
    targets, weights, labels, places, step, kept, share, reads, K = truth
    inside = columns < K
    if LABELS:
        given = tl.where(columns[None, :] == labels[:, None], kept, 0.0)
    else:
        at = targets + places[:, None] + columns[None, :].to(tl.int64) * step
        given = kept * tl.load(at, mask=reads[:, None] & inside[None, :], other=0.0).to(tl.float32)
    t = given + tl.where(participates, share[:, None], 0.0)
    if weights is not None:
        t = t * tl.load(weights + columns, mask=inside, other=0.0)[None, :]
    return tl.where(inside[None, :], t, 0.0)


@triton.jit
def counted(
    t: tl.tensor,
    columns: tl.tensor,
    start: tl.tensor,
    largest: tl.tensor,
    place: tl.tensor,
    others: tl.tensor,
) -> tuple[tl.tensor, tl.tensor, tl.tensor]:
    """
    Largest target of each row, its class, and the sum of all other targets, after a tile `t` of targets.

    `largest`, `place` and `others` are these three before the tile: ``-inf``, -1 and 0 at first. `columns`
    are the tile's classes, `start` the first of them. The first of equal targets leads. Nan makes the sum
    nan, and is never the largest.
    """
    known = tl.where(t == t, t, float("-inf"))  # noqa: PLR0124 - the test for nan
    tile_largest, tile_place = tl.max(known, 1, return_indices=True)
    leads = tile_largest > largest
    tile_place = start + tile_place
    without = tl.where(leads[:, None] & (columns[None, :] == tile_place[:, None]), 0.0, t)
    # At the first tile `largest` is -inf, and no target joins.
    joins = tl.where(leads & (largest > float("-inf")), largest, 0.0)
    return (
        tl.where(leads, tile_largest, largest),
        tl.where(leads, tile_place, place),
        others + (tl.sum(without, 1) + joins),
    )


@triton.jit
def targets_entry(
    prob: tl.tensor,
    complement: tl.tensor,
    t: tl.tensor,
    others: tl.tensor,
    pull: tl.tensor,
) -> tl.tensor:
    """
    Gradient at each class of a tile, ``others * prob - t * complement + pull * prob``.

    `t` is the target of the class, `others` the sum of the targets of all other classes, `complement` is 1
    less `prob`, and `pull` the derivative of the z-loss in the log-normaliser.
    """
    return others * prob - t * complement + pull * prob
