"""
Rules by which JAX differentiates a formula, in every mode and any number of times.

Imported when a formula first gets an array of JAX.
"""

from __future__ import annotations

import functools
from typing import Any

import jax

from xent.arrays.array_parameters import without_arrays
from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, Namespace
from xent.arrays.steps_in_data import steps_in_data, sum_beyond

__all__ = ["differentiable", "differentiable_pair"]


def differentiable(name: str, formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """
    The function `name` of `formula`, ``"value"`` or ``"gradient"``, with its rule of differentiation.

    The derivative of a value in the logits is the formula's gradient, that of a gradient its Hessian-vector
    product. Parameters of the formula that are arrays become data (`without_arrays`): their derivatives, and
    those of `data`, are those of the function's steps.
    """
    plain, parameters = without_arrays(formula, logits.dtype, xp=xp)
    rule = _value if name == "value" else _gradient
    return rule(plain, xp, logits, *parameters, *data)


def differentiable_pair(formula: Formula, logits: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
    """
    Value and gradient of `formula` in one pass; each has the derivatives that `differentiable` gives
    it.
    """
    plain, parameters = without_arrays(formula, logits.dtype, xp=xp)
    value, gradient = _pair(plain, xp, logits, *parameters, *data)
    return value, gradient


# Formula and namespace are no arrays, so JAX must not trace them.
@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _value(formula: Formula, xp: Namespace, *arrays: Array) -> Array:
    """
    Value of a formula at `arrays`, the logits and then the data; `_along_value` is its rule of
    differentiation.
    """
    return formula.value(*arrays, xp=xp)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _gradient(formula: Formula, xp: Namespace, *arrays: Array) -> Array:
    """Gradient of a formula at `arrays`, logits first; `_along_gradient` is its rule of differentiation."""
    return formula.gradient(*arrays, xp=xp)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _pair(formula: Formula, xp: Namespace, *arrays: Array) -> tuple[Array, Array]:
    """Value and gradient of a formula in one pass, at `arrays`, logits first; `_along_pair` is its rule."""
    return formula.value_and_gradient(*arrays, xp=xp)


def _along_value(formula: Formula, xp: Namespace, arrays: Any, tangents: Any) -> tuple[Array, Array]:
    """
    Value of `formula`, and its change along the `tangents` of the `arrays`: the logits, then the data.

    The change is gradient times tangent of the logits, summed over the axes that the value lacks, plus that
    by the data, of the formula's steps. An array whose tangent is a symbolic zero does not move.
    """
    if _is_still(tangents[0]):
        result = _value(formula, xp, *arrays)
        return result, _change_by_data("value", formula, arrays, tangents, result, xp=xp)
    result, gradient = _pair(formula, xp, *arrays)
    change = sum_beyond(tangents[0] * gradient, result.ndim, xp=xp)
    return result, change + _change_by_data("value", formula, arrays, tangents, result, xp=xp)


def _along_gradient(formula: Formula, xp: Namespace, arrays: Any, tangents: Any) -> tuple[Array, Array]:
    """
    Gradient of `formula`, and its change along the `tangents` of the `arrays`: the logits, then the data.

    The change is the Hessian times the tangent of the logits, plus that by the data, of the formula's steps.
    An array whose tangent is a symbolic zero does not move.
    """
    result = _gradient(formula, xp, *arrays)
    change = _change_by_data("gradient", formula, arrays, tangents, result, xp=xp)
    if not _is_still(tangents[0]):
        change = change + formula.hessian_vector_product(*arrays, tangents[0], xp=xp)
    return result, change


def _along_pair(formula: Formula, xp: Namespace, arrays: Any, tangents: Any) -> tuple[Any, Any]:
    """
    The pair of value and gradient, and the pair of their changes along the `tangents` of the `arrays`, logits
    first.
    """
    results = _pair(formula, xp, *arrays)
    _, of_value = _along_value(formula, xp, arrays, tangents)
    _, of_gradient = _along_gradient(formula, xp, arrays, tangents)
    return results, (of_value, of_gradient)


def _change_by_data(
    name: str, formula: Formula, arrays: Any, tangents: Any, result: Array, *, xp: Namespace
) -> Array:
    """
    Change of the method `name`, "value" or "gradient", along the tangents of the data, by its steps.

    `arrays` and `tangents` have the logits first, whose move does not count here; a symbolic zero stands for
    data that do not move. If none move, the change is zeros. `result` is that of the method, and gives shape
    and dtype.
    """
    (logits, *data), (_, *along) = arrays, tangents
    moves = [not _is_still(tangent) for tangent in along]
    if not any(moves):
        return xp.zeros_like(result)
    steps, moving, places = steps_in_data(formula, name, logits, data, moves, xp=xp)
    return jax.jvp(steps, moving, tuple(along[place] for place in places))[1]


def _is_still(tangent: Any) -> bool:
    """True for the tangent of an argument that does not move: a symbolic zero of JAX."""
    return isinstance(tangent, jax.custom_derivatives.SymbolicZero)


# Symbolic zeros tell which arguments move; without them products with arrays of zeros would be computed.
_value.defjvp(_along_value, symbolic_zeros=True)
_gradient.defjvp(_along_gradient, symbolic_zeros=True)
_pair.defjvp(_along_pair, symbolic_zeros=True)
