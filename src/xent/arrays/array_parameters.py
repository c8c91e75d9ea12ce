"""
Formulas whose parameters are arrays of JAX, traced ones above all, as formulas of plain parameters and data.

JAX keeps a formula as a constant of its rules, which must be comparable and hold no traced number. So arrays
among the parameters are replaced by their numbers, and handed in as data.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, Namespace, is_jax

__all__ = ["plain_number", "without_arrays"]


class _Place(NamedTuple):
    """Mark of a parameter that was taken out; `number` is its place, from 0, among the arrays taken out."""

    number: int


@dataclass(frozen=True)
class _OfParameters:
    """
    Formula that takes some of its parameters as its first data.

    Parameters
    ----------
    template : Formula
        Formula with a place for each of these parameters.
    count : int
        Number of these parameters.
    """

    template: Formula
    count: int

    def value(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """Value for each row; `data` begin with the arrays of the parameters, as for the other methods."""
        return self._with(data).value(logits, *data[self.count :], xp=xp)

    def gradient(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of the value in the logits."""
        return self._with(data).gradient(logits, *data[self.count :], xp=xp)

    def value_and_gradient(self, logits: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
        """Both of `value` and `gradient`, as a pair, by the formula's own method for both."""
        return self._with(data).value_and_gradient(logits, *data[self.count :], xp=xp)

    def hessian_vector_product(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """Product of each row's Hessian with a vector, the last of `data`, of the shape of the logits."""
        return self._with(data).hessian_vector_product(logits, *data[self.count :], xp=xp)

    def hessian(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """Hessian of the value in the logits."""
        return self._with(data).hessian(logits, *data[self.count :], xp=xp)

    def _with(self, data: tuple[Array, ...]) -> Formula:
        """
        The formula with its parameters, the first `count` of `data`, in their places; the template
        stays.
        """
        filled: Formula = _changed(
            self.template, lambda value: data[value.number] if isinstance(value, _Place) else value
        )
        return filled


def plain_number(value: Any) -> Any:
    """A parameter as a float; an array of JAX, concrete or traced, is returned as it is."""
    return value if is_jax(value) else float(value)


def without_arrays(formula: Formula, dtype: Any, *, xp: Namespace) -> tuple[Formula, list[Array]]:
    """
    Formula of plain parameters, and the arrays of JAX that it takes as first data, before its own.

    They are those in the fields of `formula` at any depth, in that order; one of shape () is converted to
    `dtype`, another stays as it is. An array of another library is not taken out. If there is none, the
    result is `formula` itself and an empty list. The returned formula can be compared and hashed, and holds
    no traced number.
    """
    found: list[Array] = []

    def taken(value: Any) -> Any:
        if not is_jax(value):
            return value
        found.append(xp.astype(value, dtype, copy=False) if value.ndim == 0 else value)
        return _Place(len(found) - 1)

    template = _changed(formula, taken)
    return (_OfParameters(template, len(found)), found) if found else (formula, found)


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """
    `value` with `change` applied to each field of dataclasses and entry of tuples, at any depth.

    Anything else than these, and a `_Place`, which marks a parameter taken out, is passed to `change`. A
    tuple is always made anew, so that a dataclass with one is always copied; any other dataclass stays itself
    if each of its fields does. A copy is made without running the checks of its class.
    """
    if isinstance(value, _Place) or not (isinstance(value, tuple) or is_dataclass(value)):
        return change(value)
    if isinstance(value, tuple):
        entries = [_changed(entry, change) for entry in value]
        return type(value)._make(entries) if hasattr(value, "_make") else tuple(entries)
    old = {field.name: getattr(value, field.name) for field in fields(value)}
    new = {name: _changed(entry, change) for name, entry in old.items()}
    if all(new[name] is old[name] for name in old):
        return value
    # Not `replace`: the checks of a class would read numbers that are not there.
    filled = copy.copy(value)
    for name, entry in new.items():
        object.__setattr__(filled, name, entry)
    return filled
