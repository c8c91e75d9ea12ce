"""
Softmax of one row within a kernel: its peak, its exponentials, and their sum without that of the peak.

The kernels' twin of `xent.formulas.softmax`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xent.kernels.cpu.blocks import Blocks, Place
from xent.kernels.cpu.exact_difference import exact_difference
from xent.kernels.cpu.exponential import magnified_exponential, reduced
from xent.kernels.vector_code import Array, Value

__all__ = ["RowSoftmax", "largest_logit", "row_softmax", "scaled"]


@dataclass(frozen=True)
class RowSoftmax:
    """
    Parts of the softmax of a row; `rest` is nan if the row has none.

    Parameters
    ----------
    peak : Value
        Largest logit.
    top : Value
        Argmax, the first of tied classes.
    rest : Value
        Sum of ``exp(logit - peak)`` over all other classes.
    """

    peak: Value
    top: Value
    rest: Value


def largest_logit(blocks: Blocks, logits: Array) -> tuple[Value, Place]:
    """
    Largest logit of a row without nan, and its first place; with nan, both may be any, or outside the
    row.
    """
    return blocks.largest(lambda index, where: logits.load(index, blocks.format.lanes, where=where))


def row_softmax(
    blocks: Blocks,
    logits: Array,
    largest: tuple[Value, Place],
    exponentials: Array | None,
    ahead: Callable[[Value], None],
) -> RowSoftmax:
    """
    Peak, argmax, and sum of all other exponentials of a row of `logits`: the parts of its softmax.

    The exponentials are ``exp(logits - peak)``, written to `exponentials` unless that is None; this may be
    the logits, as each vector is read before it is written. `largest` is the largest logit and its `Place`,
    from `largest_logit`. `ahead` is called with the index of each vector, to write the prefetch of the next
    row. The sum is nan if the peak is infinite or a logit nan.
    """
    peak, place = largest

    def term(index: Value, where: Any) -> Value:
        logit = logits.load(index, blocks.format.lanes, where=where)
        ahead(index)
        power = magnified_exponential(*exact_difference(logit, peak))
        if exponentials is not None:
            exponentials.store(index, reduced(power), where=where)
        return power

    rest = reduced(blocks.sum_without(place, term))
    # If the peak is infinite, make `rest` nan: `peak - peak` is nan there and 0 otherwise.
    return RowSoftmax(peak, place.index, rest + (peak - peak))


def scaled(blocks: Blocks, source: Array, factor: Value, target: Array) -> None:
    """Write the code that stores `factor` times the row `source` in `target`, which may be the same row."""

    def act(index: Value, where: Any) -> None:
        vector = source.load(index, blocks.format.lanes, where=where)
        target.store(index, vector * factor, where=where)

    blocks.each(act)
