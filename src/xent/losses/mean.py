"""Sums of losses, and means over named denominators."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from xent.arrays import (
    Array,
    Namespace,
    as_arrays,
    check_dtype,
    check_shape,
    check_values,
    namespace_of,
    valid_values,
)
from xent.errors import DomainError
from xent.options.mean import EMPTY_RULE, check_on_empty, empty_hint, mean

__all__ = ["Total", "Weighted", "mean_of", "total_of"]


class Weighted(Protocol):
    """Examples or anchors with weights, and their weights in the denominator of a mean."""

    @property
    def xp(self) -> Namespace:
        """Namespace of the weights."""

    @property
    def weight(self) -> Array | None:
        """Factor of each value; None for 1."""

    @property
    def denominator_weight(self) -> Array | None:
        """Weight of each value in the denominator, before its sample weight; None for 1."""


class Total(NamedTuple):
    """
    Sum of losses, and the denominators of their mean.

    Parameters
    ----------
    sum : array of shape ()
        Sum of the weighted values, in 32 bits or more.
    weight : array of shape ()
        Sum of the weights, each a sample weight times the contribution of its value, such as a class weight.
    rows : array of shape ()
        Number of values of positive weight.
    """

    sum: Array
    weight: Array
    rows: Array


def total_of(values: Array, examples: Weighted) -> Total:
    """
    Sum of unweighted `values` times the weights of the `examples`, with the denominators of the mean, all of
    shape ().

    These are the sum of weight times denominator weight, and the number of positive weights; None stands for
    weights of 1. A value of weight 0 must be finite: ``0 * inf`` is nan.
    """
    xp = examples.xp
    weight = xp.ones_like(values) if examples.weight is None else examples.weight
    counted = weight if examples.denominator_weight is None else weight * examples.denominator_weight
    return Total(xp.sum(weight * values), xp.sum(counted), xp.sum(xp.astype(weight > 0, values.dtype)))


def mean_of(total: Total, *, denominator: str | float | Array, on_empty: str, caller: str) -> Array:
    """
    Sum of `total` over the `denominator`, with the rule `on_empty` for a denominator of 0; of shape ().

    The denominator is ``"weights"`` or ``"rows"`` of the total, or a number or array of shape () that the
    caller knows. Raises `DomainError` for an unknown name or rule, for a denominator that is negative or not
    finite, and for a denominator of 0 under ``"raise"``; `DTypeError` or `ShapeError` for one that is not
    real or has axes. A traced or off-host denominator that is invalid gives nan, and 0 under ``"raise"``
    gives 0. `caller` is the name of the function for the messages.
    """
    check_on_empty(on_empty, caller=caller)
    xp = namespace_of(total.sum)
    divisor = _divisor(total, denominator, caller=caller)
    if on_empty == "raise":
        check_values(
            divisor,
            lambda divisor: divisor == 0,
            EMPTY_RULE,
            caller=caller,
            argument="denominator",
            xp=xp,
            hint=empty_hint("`total`"),
        )
        # A traced denominator cannot be inspected.
        on_empty = "zero"
    return mean(total.sum, divisor, on_empty, xp=xp)


def _divisor(total: Total, denominator: str | float | Array, *, caller: str) -> Array:
    """
    `denominator` as an array of shape (), in the dtype of the sum; 0 passes.

    "weights" and "rows" name those of `total`: sum of weights, number of rows of positive weight; else it is
    a number or array. Raises `DomainError` for an unknown name, None, or a number that is negative or not
    finite, `DTypeError` or `ShapeError` for one that is not real or has axes; where values cannot be read, an
    invalid one becomes nan.
    """
    if denominator is None or isinstance(denominator, str):
        if denominator not in ("weights", "rows"):
            raise DomainError(
                caller, "denominator", 'be "weights", "rows" or a number', got=repr(denominator)
            )
        return total.weight if denominator == "weights" else total.rows
    xp, (_, divisor) = as_arrays(total.sum, denominator, caller=caller, names=("total", "denominator"))
    kinds = ("real floating", "integral", "bool")
    check_dtype(divisor, kinds, caller=caller, argument="denominator", xp=xp)
    check_shape(divisor, (), caller=caller, argument="denominator", because="one number")
    divisor = xp.astype(divisor, total.sum.dtype, copy=False)
    return valid_values(
        divisor,
        lambda divisor: ~(divisor >= 0) | (divisor == xp.inf),
        "be finite and >= 0",
        caller=caller,
        argument="denominator",
        xp=xp,
    )
