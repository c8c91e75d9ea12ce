"""Checks that numbers are probabilities: none negative, none nan, a sum of 1 along their axis."""

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
    where: str,
    argument: str,
    xp: Namespace,
    hint: str = "",
) -> None:
    """
    Refuse `probs` of shape (..., K) that are no distributions, or no weights that can be normalised.

    Parameters
    ----------
    probs : array of shape (..., K)
        Numbers to check, where they may be looked at.
    tolerance : float
        How far a sum may be from 1.
    axis : str
        What the axis is called in messages.
    normalize : bool
        Whether any positive finite sum will do.
    where, argument : str
        Names of the function and of its argument, for the message.
    xp : module
        Namespace of `probs`.
    hint : str, optional
        What to do with numbers below 0.
    """
    if isinstance(probs, np.ndarray) and not normalize and _at_a_glance(probs, tolerance):
        return
    names = {"where": where, "argument": argument, "xp": xp}
    check_values(probs, lambda probs: ~(probs >= 0), "be >= 0", hint=hint, **names)
    _check_sum(probs, tolerance, f"sum to {{}} along {axis}", normalize=normalize, **names)


def check_log_simplex(
    logs: Array, probs: Array, tolerance: float, *, axis: str, where: str, argument: str, xp: Namespace
) -> None:
    """Refuse `logs` that are no logarithms of distributions; `probs` are their exponentials."""
    names = {"where": where, "argument": argument, "xp": xp}
    check_values(logs, xp.isnan, "be logarithms of probabilities", **names)
    _check_sum(probs, tolerance, f"have exponentials that sum to {{}} along {axis}", normalize=False, **names)


def _at_a_glance(probs: Array, tolerance: float) -> bool:
    """Whether all is well, in two passes; nan and infinity are not."""
    if not probs.size:
        return True
    with np.errstate(all="ignore"):
        is_1 = abs(np.add.reduce(probs, axis=-1) - 1) <= tolerance
        return bool(is_1.all() and np.minimum.reduce(probs, axis=None) >= 0)


def _check_sum(
    probs: Array, tolerance: float, rule: str, *, normalize: bool, where: str, argument: str, xp: Namespace
) -> None:
    def is_wrong(probs: Array) -> Array:
        total = xp.sum(probs, axis=-1)
        return ~((total > 0) & (total < xp.inf)) if normalize else ~(xp.abs(total - 1) <= tolerance)

    check_values(
        probs,
        is_wrong,
        rule.format("a positive finite number" if normalize else "1"),
        where=where,
        argument=argument,
        xp=xp,
        hint="" if normalize else _NORMALIZE,
        show=lambda probs: xp.sum(probs, axis=-1),
    )
