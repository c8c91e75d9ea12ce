"""A method of a formula as a function of some of its data, with the logits fixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xent.arrays.namespace import Array, Namespace

if TYPE_CHECKING:
    from xent.arrays.formula import Formula

__all__ = ["steps_in_data", "sum_beyond"]


def sum_beyond(products: Array, axes: int, *, xp: Namespace) -> Array:
    """
    Sum of `products` over the axes after the first `axes`, which logits have and the value does not.

    Without further axes it is `products` itself.
    """
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
    """
    Function of the `wanted` data alone, the arrays of these data, and their places in `data`.

    `wanted` has one truth value for each of `data`. The function calls the method `name` of `formula` with
    the logits and all other data fixed, for a framework to differentiate its steps. For a formula that a
    kernel evaluates, the method is that of the formula behind it, `with_steps`, which has steps.
    """
    formula = getattr(formula, "with_steps", formula)
    places = [place for place, moves in enumerate(wanted) if moves]

    def steps(*moving: Array) -> Array:
        now = list(data)
        for place, array in zip(places, moving, strict=True):
            now[place] = array
        return getattr(formula, name)(logits, *now, xp=xp)

    return steps, tuple(data[place] for place in places), places
