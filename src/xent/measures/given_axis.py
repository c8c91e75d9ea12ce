"""Which variable of a joint table is known."""

from __future__ import annotations

from xent.arrays import Array
from xent.errors import DomainError
from xent.measures.distributions import Distributions

__all__ = ["given_first"]


def given_first(found: Distributions, given_axis: int, *, variables: int) -> Array:
    """The table with the known variable, one of the last `variables` axes, before the others."""
    table = found.probs[0]
    axis = given_axis - table.ndim if given_axis >= 0 else given_axis
    if not -variables <= axis < 0:
        rule = f"be one of the last {variables} axes, {-variables} to -1"
        raise DomainError(found.where, "given_axis", rule, got=str(given_axis))
    return found.xp.moveaxis(table, axis, -variables)
