"""
The softmax of one row inside a kernel: its peak, its exponentials and the sum of all but one of them.

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
    Parts of the softmax of a row; `rest` is nan in a row without one.

    Parameters
    ----------
    peak : Value
        One largest logit.
    top : Value
        Its class, the first of tied ones.
    rest : Value
        Sum of the exponentials of all other classes.
    """

    peak: Value
    top: Value
    rest: Value


def largest_logit(blocks: Blocks, logits: Array) -> tuple[Value, Place]:
    """One largest logit of a row, and where the first of them is."""
    return blocks.largest(lambda index, where: logits.load(index, blocks.format.lanes, where=where))


def row_softmax(
    blocks: Blocks,
    logits: Array,
    largest: tuple[Value, Place],
    exponentials: Array | None,
    ahead: Callable[[Value], None],
) -> RowSoftmax:
    """
    Softmax of a row of logits; ``exp(logits - peak)`` are written if there is an array for them.

    That may be the logits themselves: a vector is read before it is written. `ahead` is told of each vector
    that is in work.
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
    # An infinite peak is nobody's exponential in this sum.
    return RowSoftmax(peak, place.index, rest + (peak - peak))


def scaled(blocks: Blocks, source: Array, factor: Value, target: Array) -> None:
    """Write `factor` times `source` to `target`."""

    def act(index: Value, where: Any) -> None:
        vector = source.load(index, blocks.format.lanes, where=where)
        target.store(index, vector * factor, where=where)

    blocks.each(act)
