"""
Tiles of rows, inside a Triton kernel: offsets of 64 bits, logits with their mask, labels.

A pointer and three steps say where a row lies, so that logits of shape (N, C, d1, ..., dK) are read in place:
the row's offset is ``row // inner * outer_step + row % inner * inner_step``, that of a class its multiple
of a third step.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["labels_of", "logit_tile", "offsets", "picked"]


@triton.jit
def offsets(rows: tl.tensor, inner: tl.tensor, outer_step: tl.tensor, inner_step: tl.tensor) -> tl.tensor:
    """Offset of each row in entries and 64 bits: ``row // inner * outer_step + row % inner * inner_step``."""
    return rows // inner * outer_step + rows % inner * inner_step


@triton.jit
def labels_of(
    targets: tl.tensor, rows: tl.tensor, N: tl.tensor, K: tl.tensor, ignored: tl.tensor, LABELS: tl.constexpr
) -> tuple[tl.tensor, tl.tensor, tl.tensor]:
    """
    Three numbers of each of `rows`: its label, True if the row is read, True if the label lies in 0 .. K-1.

    `targets` are N labels with `LABELS`. A row is read if it is below N and its label, in range or not, is
    not `ignored`; beyond N the label is 0. Without `LABELS` nothing is loaded, the label is -1, and both
    flags are True below N.
    """
    is_row = rows < N
    if LABELS:
        labels = tl.load(targets + rows, mask=is_row, other=0).to(tl.int64)
        return labels, is_row & (labels != ignored), (labels >= 0) & (labels < K)
    return rows * 0 - 1, is_row, is_row


@triton.jit
def logit_tile(source: tl.tuple, columns: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """
    Two arrays of a tile, (rows, columns): logits in float32, and True for participating classes of rows read.

    Elsewhere logits are ``-inf`` and memory is not read. `columns` are the tile's classes. `source` holds
    logits, mask (None excludes no class), offsets of rows and step of the logits, both of the mask, a flag
    for rows that are read, and K.
    """
    logits, mask, places, step, mask_places, mask_step, reads, K = source
    participates = reads[:, None] & (columns[None, :] < K)
    wide = columns[None, :].to(tl.int64)
    if mask is not None:
        of_class = tl.load(mask + mask_places[:, None] + wide * mask_step, mask=participates, other=0)
        participates = participates & (of_class != 0)
    z = tl.load(logits + places[:, None] + wide * step, mask=participates, other=float("-inf"))
    return z.to(tl.float32), participates


@triton.jit
def picked(z: tl.tensor, columns: tl.tensor, labels: tl.tensor) -> tl.tensor:
    """
    Logit of each row's label, from the tile `z` whose classes are `columns`; 0 if the label is not among
    them.
    """
    return tl.sum(tl.where(columns[None, :] == labels[:, None], z, 0.0), 1)
