"""
Checked arguments of a measure: the steps of every measure before and after its formula.

Before the formula, distributions that were given as probabilities, logarithms or logits become arrays of one
library and one precision with the outcomes on the last axis. After the formula, `Distributions.result`
converts the value to the unit of the base, to the requested axes and to the dtype of the arguments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from xent.arrays import Array, Namespace, as_arrays, checked_integer
from xent.errors import DomainError, ShapeError
from xent.formulas.softmax import softmax
from xent.measures.blocks import summed_by_blocks
from xent.measures.given_spaces import in_one_space_each
from xent.measures.precisions import has_64_bits, precisions
from xent.measures.simplex import check_log_simplex, check_simplex
from xent.measures.units import in_base

__all__ = ["Distributions", "distributions", "joint_table"]

# Default of `log_probs` and `logits` in functions that take probabilities only.
_NOT_TAKEN = object()
_NOT_PROBS = "Pass logits as `logits=`, logarithms as `log_probs=`."


class Distributions(NamedTuple):
    """
    Arguments of a measure, ready for its formula.

    Parameters
    ----------
    xp : module
        Namespace of the arrays.
    probs : tuple of array
        Probabilities of each distribution, in the precision of the computation. The outcomes are on the last
        axis; the variables of a joint table are on the last axes.
    given_logs : tuple of array or None
        Natural logarithms of each distribution that was given as logarithms or logits; None for a
        distribution that was given as probabilities.
    dtype : object
        Common dtype of the arguments; dtype of the result.
    axes : int or tuple of int
        Axis of the outcomes in the argument; a tuple with the axes of the variables of a joint table.
    caller : str
        Name of the calling function, for error messages.
    """

    xp: Namespace
    probs: tuple[Array, ...]
    given_logs: tuple[Array | None, ...]
    dtype: Any
    axes: int | tuple[int, ...]
    caller: str

    @property
    def in_log_space(self) -> bool:
        """True if all distributions were given as logarithms or logits."""
        return all(logs is not None for logs in self.given_logs)

    @property
    def logs(self) -> tuple[Array, ...]:
        """Natural logarithms of the probabilities; ``-inf`` at a probability of 0."""
        both = zip(self.probs, self.given_logs, strict=True)
        return tuple(_log(probs, xp=self.xp) if logs is None else logs for probs, logs in both)

    def sum(
        self, value: Callable[..., Array], *arrays: Array, quick: Callable[..., Array] | None = None
    ) -> Array:
        """
        Value of a formula that is a sum over the last axis, computed in blocks.

        The arguments of the formula are `arrays`, or `probs` if none are given; `quick` is that of
        `summed_by_blocks`, None for none.
        """
        return summed_by_blocks(value, *(arrays or self.probs), quick=quick, xp=self.xp)

    def root_of_sum(self, value: Callable[..., Array], *, base: float = math.e) -> Array:
        """
        Square root of a formula that is a sum over the last axis and is proportional to the probabilities.

        The sum is converted to the unit of `base` before the root is taken, and is computed of probabilities
        times ``eps ** -4``, a power of 4: so it does not underflow where its root is a normal number. Raises
        `DomainError` for an invalid base, also one below 1, in whose unit the sum is negative.
        """
        eps = float(self.xp.finfo(self.probs[0].dtype).eps)
        raised = self.sum(value, *(probs * eps**-4 for probs in self.probs))
        converted = in_base(raised, base, caller=self.caller)
        if base < 1:
            raise DomainError(self.caller, "base", "be > 1 for a square root", got=f"{base:g}")
        return self.xp.sqrt(converted) * eps**2

    def of(self, value: Callable[..., Array], *arrays: Array, **parameters: Any) -> Array:
        """
        Value of any formula, without NumPy's floating-point warnings.

        The formula is called with `arrays`, or `probs` if none are given, and with the keywords `parameters`
        and `xp`, the namespace, which it must take; its value is returned as it is (see `result`).
        """
        with np.errstate(all="ignore"):
            return value(*(arrays or self.probs), **parameters, xp=self.xp)

    def result(self, nats: Array, *, base: float = math.e, keepdims: bool = False) -> Array:
        """
        Convert one quantity in nats per distribution to the unit of `base` and the dtype of the arguments.

        With `keepdims` the axes of the outcomes or variables are kept, with length 1. Raises `DomainError` if
        `base` is not > 0, finite and not 1.
        """
        quantity = in_base(nats, base, caller=self.caller)
        if keepdims and isinstance(self.axes, tuple):
            quantity = self.xp.reshape(quantity, (*quantity.shape, *(1,) * len(self.axes)))
        elif keepdims:
            quantity = self.xp.expand_dims(self.xp.asarray(quantity), axis=self.axes)
        return quantity if quantity.dtype == self.dtype else self.xp.astype(quantity, self.dtype)


def distributions(
    *probs: object,
    names: Sequence[str] = ("probs",),
    log_probs: object = _NOT_TAKEN,
    logits: object = _NOT_TAKEN,
    axis: int = -1,
    normalize: bool = False,
    validate: bool = True,
    caller: str,
) -> Distributions:
    """
    Check distributions over the outcomes along `axis` and bring them to one library and precision.

    Parameters
    ----------
    *probs : array or None
        Probabilities of each distribution; None for a distribution that is given by `log_probs` or `logits`.
    names : sequence of str
        Name of each argument, for error messages.
    log_probs, logits : array or tuple of arrays, optional
        Values of the distributions that are None in `probs`: one array if one is None, a tuple of as many
        arrays if several are. At most one of the two is given. By default the caller takes probabilities
        only.
    axis : int
        Axis of the outcomes.
    normalize : bool
        True divides probabilities by their sum; False requires sums of 1. Logits are always normalised, and
        never checked; so are logarithms with True.
    validate : bool
        False skips the checks of values.
    caller : str
        Name of the calling function, for error messages.

    Returns
    -------
    Distributions
        Probabilities, broadcast to one shape with the outcomes last, in 32 bits or more; with `normalize` in
        64 bits if the library has them. Logarithms of those given as `log_probs` or `logits`, else None.

    Raises
    ------
    DTypeError
        If an array is not real floating or integral, or `axis` is no integer.
    ShapeError
        If `axis` does not exist or has length 0, numbers of outcomes differ, leading axes do not broadcast,
        or `log_probs` or `logits` is not a tuple of the necessary length.
    DomainError
        If an entry is masked, a probability negative or nan, a logarithm nan, a sum differs from 1 by more
        than the square root of the dtype's epsilon (with `normalize`: is not positive and finite), or a
        distribution is given in no space or in several.
    """
    hint = "" if logits is _NOT_TAKEN else _NOT_PROBS
    log_probs, logits = (None if value is _NOT_TAKEN else value for value in (log_probs, logits))
    given = in_one_space_each(probs, names, log_probs, logits, caller=caller)
    xp, arrays = as_arrays(*(one[2] for one in given), caller=caller, names=[one[0] for one in given])
    dtype, wide, tolerance = precisions(arrays, [name for name, _, _ in given], caller=caller, xp=xp)
    if normalize and has_64_bits(arrays[0], xp):
        # Rounding the quotients to 32 bits would change the distance of close probabilities.
        wide = xp.float64
    axis_name = "the last axis" if axis == -1 else f"axis {axis}"
    pairs: list[tuple[Array, Array | None]] = []
    for (name, space, _), array in zip(given, arrays, strict=True):
        last = _outcomes_last(array, axis, caller=caller, argument=name, xp=xp)
        last = last if last.dtype == wide else xp.astype(last, wide)
        if space == "logits" or (space == "log_probs" and normalize):
            pairs.append(_softmax(last, xp=xp))
            continue
        in_logs = space == "log_probs"
        checked = xp.exp(last) if in_logs else last
        if validate and in_logs:
            check_log_simplex(last, checked, tolerance, axis=axis_name, caller=caller, argument=name, xp=xp)
        elif validate:
            named: dict[str, Any] = {"axis": axis_name, "caller": caller, "argument": name, "xp": xp}
            check_simplex(last, tolerance, normalize=normalize, hint=hint, **named)
        if normalize:
            checked = checked / xp.sum(checked, axis=-1, keepdims=True)
        pairs.append((checked, last if in_logs else None))
    both = _of_one_shape(pairs, [name for name, _, _ in given], caller=caller, xp=xp)
    return Distributions(xp, *both, dtype, axis, caller)


def joint_table(
    joint: object, *, variables: int = 2, normalize: bool = False, validate: bool = True, caller: str
) -> Distributions:
    """
    Checked joint table of probabilities whose last `variables` axes are the variables, with its shape kept.

    `normalize` divides each table by its sum; `validate` False skips the checks of values. Raises
    `DTypeError` for other than real numbers and `variables` that are no integer, `ShapeError` if `joint` has
    fewer axes than variables or a table has no entry, and `DomainError` for `variables` below 1, or a table
    with an entry that is negative, nan or masked, or whose sum differs from 1 by more than the square root of
    the dtype's epsilon (with `normalize`: is not positive and finite).
    """
    checked_integer(variables, "variables", least=1, caller=caller)
    xp, arrays = as_arrays(joint, caller=caller, names=["joint"])
    table: Array = arrays[0]
    if table.ndim < variables:
        rule = f"have at least {variables} axes, one for each variable"
        raise ShapeError(caller, "joint", rule, got=f"shape {tuple(table.shape)}")
    shape = tuple(table.shape)
    outcomes = math.prod(shape[len(shape) - variables :])
    flat = xp.reshape(table, (*shape[: len(shape) - variables], outcomes))
    checked = distributions(flat, names=("joint",), normalize=normalize, validate=validate, caller=caller)
    axes = tuple(range(-variables, 0))
    return Distributions(xp, (xp.reshape(checked.probs[0], shape),), (None,), checked.dtype, axes, caller)


def _outcomes_last(array: Array, axis: int, *, caller: str, argument: str, xp: Namespace) -> Array:
    """
    Array with `axis` moved last.

    Raises `ShapeError` if `axis` does not exist or has length 0, and `DTypeError` if it is no integer.
    """
    checked_integer(axis, "axis", caller=caller)
    if not -array.ndim <= axis < array.ndim:
        raise ShapeError(caller, "axis", f"name an axis of `{argument}`", got=f"{axis} for {array.ndim} axes")
    if array.shape[axis] == 0:
        raise ShapeError(caller, argument, "have at least one outcome", got=f"shape {tuple(array.shape)}")
    return array if axis in (-1, array.ndim - 1) else xp.moveaxis(array, axis, -1)


def _of_one_shape(
    pairs: Sequence[tuple[Array, Array | None]], names: Sequence[str], *, caller: str, xp: Namespace
) -> tuple[tuple[Array, ...], tuple[Array | None, ...]]:
    """
    Probabilities of the distributions in `pairs`, and their logarithms, each broadcast to one shape.

    A pair has the probabilities, with the outcomes on the last axis, and their logarithms; None in place of
    logarithms that were not given stays None. Raises `ShapeError` for an unequal number of outcomes or for
    leading axes that do not broadcast.
    """
    if len(pairs) == 1:
        return (pairs[0][0],), (pairs[0][1],)
    shapes = [tuple(probs.shape) for probs, _ in pairs]
    for shape, name in zip(shapes, names, strict=True):
        if shape[-1] != shapes[0][-1]:
            rule = f"have as many outcomes as `{names[0]}`, {shapes[0][-1]}"
            raise ShapeError(caller, name, rule, got=str(shape[-1]))
    if any(shape != shapes[0] for shape in shapes):
        try:
            common = np.broadcast_shapes(*shapes)
        except ValueError:
            rule = f"have leading axes that broadcast with {shapes[0][:-1]}, those of `{names[0]}`"
            raise ShapeError(caller, names[-1], rule, got=str(shapes[-1][:-1])) from None
        pairs = [
            (xp.broadcast_to(probs, common), None if logs is None else xp.broadcast_to(logs, common))
            for probs, logs in pairs
        ]
    return tuple(probs for probs, _ in pairs), tuple(logs for _, logs in pairs)


def _softmax(logits: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """Softmax of `logits` over the last axis and its natural logarithm, both to full relative accuracy."""
    with np.errstate(all="ignore"):
        parts = softmax(logits, xp=xp)
        distance = xp.where(parts.is_top == 1, xp.zeros_like(logits), logits - parts.peak[..., None])
        return parts.probs, distance - xp.log1p(parts.rest)[..., None]


def _log(probs: Array, *, xp: Namespace) -> Array:
    """Natural logarithm of `probs`, ``-inf`` at 0, without NumPy's warning of a division by 0."""
    return xp.where(probs == 0, -xp.inf, xp.log(xp.where(probs == 0, 1.0, probs)))
