"""A function of a formula with its logits held fast, as one of some of its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xent.arrays.namespace import Array, Namespace

if TYPE_CHECKING:
    from xent.arrays.formula import Formula

__all__ = ["steps_in_data", "sum_beyond"]


def sum_beyond(products: Array, axes: int, *, xp: Namespace) -> Array:
    """Sum over the axes that logits have beyond the `axes` of the value."""
    beyond = tuple(range(axes, products.ndim))
    return xp.sum(products, axis=beyond) if beyond else products


def steps_in_data(
    formula: Formula,
    name: str,
    logits: Array,
    data: Sequence[Array],
    wanted: Sequence[bool],
    *,
    xp: Namespace,
) -> tuple[Callable[..., Array], tuple[Array, ...], list[int]]:
    """The steps of a function of a formula as one of the `wanted` data alone; these; and their places."""
    places = [place for place, moves in enumerate(wanted) if moves]

    def steps(*moving: Array) -> Array:
        now = list(data)
        for place, array in zip(places, moving, strict=True):
            now[place] = array
        return getattr(formula, name)(logits, *now, xp=xp)

    return steps, tuple(data[place] for place in places), places
