"""Axis of the conditioning variable of a joint table."""

from __future__ import annotations

from xent.arrays import Array, checked_integer
from xent.errors import DomainError
from xent.measures.distributions import Distributions

__all__ = ["given_first"]


def given_first(checked: Distributions, given_axis: int, *, variables: int) -> Array:
    """
    Joint table with the axis of the conditioning variable moved before those of the other variables.

    `checked` holds the table alone, (..., and one axis for each of `variables`); the leading axes stay in
    front. `given_axis` is one of the last `variables` axes, as a number from the back (-1) or from the front.
    Raises `DomainError` for any other axis, and `DTypeError` for no integer.
    """
    table = checked.probs[0]
    checked_integer(given_axis, "given_axis", caller=checked.caller)
    axis = given_axis - table.ndim if given_axis >= 0 else given_axis
    if not -variables <= axis < 0:
        rule = f"be one of the last {variables} axes, {-variables} to -1"
        raise DomainError(checked.caller, "given_axis", rule, got=str(given_axis))
    return checked.xp.moveaxis(table, axis, -variables)
