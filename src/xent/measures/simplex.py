"""Checks that arrays hold probabilities: no negative entry, no nan, a sum of 1 along the last axis."""

from __future__ import annotations

import numpy as np

from xent.arrays import Array, Namespace, check_values

__all__ = ["check_log_simplex", "check_simplex"]

_NORMALIZE = "Pass `normalize=True` to divide by the sum."


def check_simplex(
    probs: Array,
    tolerance: float,
    *,
    axis: str,
    normalize: bool,
    caller: str,
    argument: str,
    xp: Namespace,
    hint: str = "",
) -> None:
    """
    Raise `DomainError` if `probs` are not distributions or, with `normalize`, cannot be normalised.

    Parameters
    ----------
    probs : array of shape (..., K)
        Numbers to check; traced or off-host values are not inspected.
    tolerance : float
        Largest difference of a sum from 1.
    axis : str
        Name of the axis, for error messages.
    normalize : bool
        True if any positive finite sum is valid, False if the sum must be 1.
    caller, argument : str
        Names of the calling function and of its argument, for error messages.
    xp : module
        Namespace of `probs`.
    hint : str, optional
        Cure that the error message names for a negative entry.
    """
    if isinstance(probs, np.ndarray) and not normalize and _at_a_glance(probs, tolerance):
        return
    names = {"caller": caller, "argument": argument, "xp": xp}
    check_values(probs, lambda probs: ~(probs >= 0), "be >= 0", hint=hint, **names)
    _check_sum(probs, tolerance, f"sum to {{}} along {axis}", normalize=normalize, **names)


def check_log_simplex(
    logs: Array, probs: Array, tolerance: float, *, axis: str, caller: str, argument: str, xp: Namespace
) -> None:
    """
    Raise `DomainError` if `logs` are not the natural logarithms of distributions.

    `probs` are the exponentials of `logs`. A nan, or a sum of `probs` that differs from 1 by more than
    `tolerance`, raises; the other arguments are those of `check_simplex`.
    """
    names = {"caller": caller, "argument": argument, "xp": xp}
    check_values(logs, xp.isnan, "be logarithms of probabilities", **names)
    _check_sum(probs, tolerance, f"have exponentials that sum to {{}} along {axis}", normalize=False, **names)


def _at_a_glance(probs: Array, tolerance: float) -> bool:
    """
    True if all entries are >= 0 and all sums are 1 within `tolerance`; False for nan and infinity.

    Two passes over the array, without the search for the first wrong entry that an error message needs.
    """
    if not probs.size:
        return True
    with np.errstate(all="ignore"):
        is_1 = abs(np.add.reduce(probs, axis=-1) - 1) <= tolerance
        return bool(is_1.all() and np.minimum.reduce(probs, axis=None) >= 0)


def _check_sum(
    probs: Array, tolerance: float, rule: str, *, normalize: bool, caller: str, argument: str, xp: Namespace
) -> None:
    """
    Raise `DomainError` if a sum over the last axis differs from 1 by more than `tolerance`, or is nan.

    With `normalize` the sum has to be positive and finite instead. `rule` is a text with a place, ``{}``, for
    what is required. Traced or off-host values are not inspected.
    """

    def is_wrong(probs: Array) -> Array:
        """Mask of (...), True for each distribution of (..., K) with an invalid sum."""
        total = xp.sum(probs, axis=-1)
        return ~((total > 0) & (total < xp.inf)) if normalize else ~(xp.abs(total - 1) <= tolerance)

    check_values(
        probs,
        is_wrong,
        rule.format("a positive finite number" if normalize else "1"),
        caller=caller,
        argument=argument,
        xp=xp,
        hint="" if normalize else _NORMALIZE,
        show=lambda probs: xp.sum(probs, axis=-1),
    )
