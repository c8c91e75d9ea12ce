"""
Checks of the values of array arguments at the public boundary.

Values are checked only if they are concrete and in the host's memory. A traced call (`jax.jit`,
`torch.compile`, `vmap`) has no values yet, and reading values from a device would wait for its queue;
`valid_values` makes invalid values nan there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xent.arrays.checks import is_known_to_hold, may_be_read, truth_value
from xent.arrays.constant import constant
from xent.arrays.namespace import Array, Namespace
from xent.errors import DomainError

__all__ = ["are_known_to_be_finite", "check_values", "nan_where", "valid_values"]


def check_values(
    array: Array,
    violates: Callable[[Array], Array],
    rule: str,
    *,
    caller: str,
    argument: str,
    xp: Namespace,
    hint: str | Callable[[Array], str] = "",
    show: Callable[[Array], Array] = lambda array: array,
    within: tuple[float, float] | None = None,
) -> None:
    """
    Raise `DomainError` if entries of `array` violate a rule; no check if it is traced or not on the CPU.

    Parameters
    ----------
    array : array
        Argument to check.
    violates : callable
        From `array` to a mask of the invalid entries; the mask may have fewer axes.
    rule : str
        Rule for the entries, which follows "must".
    caller, argument : str
        Names of the function and of its argument, for the message.
    xp : module
        Namespace of `array`.
    hint : str or callable, optional
        Advice, or a function from the mask of invalid entries to advice.
    show : callable, optional
        From `array` to an array of the mask's shape, whose first invalid number is printed.
    within : tuple of float, optional
        Closed interval whose numbers satisfy the rule: the mask of an array within it is not computed, which
        saves most of the time of the check.

    Examples
    --------
    >>> import numpy as np
    >>> check_values(np.asarray([0, 7]), lambda x: x > 2, "lie in 0..2", caller="f", argument="labels", xp=np)
    Traceback (most recent call last):
        ...
    xent.errors.DomainError: f: `labels` must lie in 0..2; got 7, first at index (1,).
    """
    if not may_be_read(array) or (within is not None and _lies_within(array, *within, xp=xp)):
        return
    wrong = violates(array)
    if is_known_to_hold(xp.any(wrong)):
        raise _error_of(array, wrong, rule, caller, argument, hint=hint, show=show, xp=xp)


def valid_values(
    array: Array,
    violates: Callable[[Array], Array],
    rule: str,
    *,
    caller: str,
    argument: str,
    xp: Namespace,
    hint: str | Callable[[Array], str] = "",
    show: Callable[[Array], Array] = lambda array: array,
    within: tuple[float, float] | None = None,
) -> Array:
    """
    `array`, real floating, if its entries satisfy a rule; entries that violate it and cannot be read are nan.

    Entries of a traced array, and of one that is not on the CPU, cannot be read. `violates` maps `array` to a
    mask of the invalid entries, which may have fewer axes: then all entries behind one are nan. Derivatives
    in these entries are nan too. Entries that can be read raise `DomainError`, "must `rule`", with the number
    at the first from `show` and the advice `hint`. An array that can be read and lies in the closed interval
    `within` is returned without a call of `violates`.

    Examples
    --------
    >>> import numpy as np
    >>> valid_values(np.asarray([0.5]), lambda x: x < 0, "be >= 0", caller="f", argument="targets", xp=np)
    array([0.5])
    """
    if may_be_read(array) and within is not None and _lies_within(array, *within, xp=xp):
        return array
    wrong = violates(array)
    is_wrong = truth_value(xp.any(wrong))
    if is_wrong:
        raise _error_of(array, wrong, rule, caller, argument, hint=hint, show=show, xp=xp)
    if is_wrong is not None:
        return array
    return nan_where(wrong, array, xp=xp)


def are_known_to_be_finite(array: Array, *, xp: Namespace) -> bool:
    """
    True if all entries can be read and are finite, as in an empty array.

    A sum of finite entries that overflows gives False. Nothing is warned of.
    """
    # torch.compile cannot trace the guard of NumPy's warnings below.
    if not may_be_read(array):
        return False
    # One pass, where a maximum and a minimum take two. NumPy warns of infinities of both signs.
    with np.errstate(all="ignore"):
        return is_known_to_hold(xp.isfinite(xp.sum(constant(array))))


def nan_where(wrong: Array, array: Array, *, xp: Namespace) -> Array:
    """
    `array`, real floating, nan where the mask `wrong` is True, and with derivatives of nan there.

    The mask may have fewer axes: an entry of it is for all entries of `array` behind it.

    Examples
    --------
    >>> import numpy as np
    >>> nan_where(np.asarray([True, False]), np.ones((2, 1)), xp=np)
    array([[nan],
           [ 1.]])
    """
    wrong = wrong[(..., *(None,) * (array.ndim - wrong.ndim))]
    # A factor, not a selection, whose derivative in the entries would be 0.
    return array * xp.where(wrong, xp.nan, xp.ones_like(wrong, dtype=array.dtype))


def _error_of(
    array: Array,
    wrong: Array,
    rule: str,
    caller: str,
    argument: str,
    *,
    hint: str | Callable[[Array], str],
    show: Callable[[Array], Array],
    xp: Namespace,
) -> DomainError:
    """
    Error, not raised, that names the first entry in row order that is True in the mask `wrong`.

    `show` maps `array` to an array of the mask's shape, whose number there is printed; `hint` is advice, or a
    function from the mask to advice. A mask of shape () gives no index.
    """
    # The standard defines argmax for numbers only, so the mask becomes numbers.
    flat = xp.astype(xp.reshape(wrong, (-1,)), xp.int8)
    index = _unravel(int(xp.argmax(flat)), tuple(wrong.shape))
    number = float(constant(show(array)[index]))
    advice = hint if isinstance(hint, str) else hint(wrong)
    return DomainError(caller, argument, rule, got=f"{number:.9g}", index=index or None, hint=advice)


def _lies_within(array: Array, low: float, high: float, *, xp: Namespace) -> bool:
    """
    True if the array has entries, which can be read, and none is nan or lies outside of
    ``low .. high``.
    """
    if 0 in array.shape or not is_known_to_hold(xp.min(array) >= low):
        return False
    return high == math.inf or is_known_to_hold(xp.max(array) <= high)


def _unravel(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Index of the entry at `position`, counted from 0 in row order, one integer for each axis of `shape`."""
    index = []
    for axis in range(len(shape)):
        below = math.prod(shape[axis + 1 :])
        index.append(position // below)
        position %= below
    return tuple(index)
