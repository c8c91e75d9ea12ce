"""
Rules by which JAX differentiates a formula, in every mode and any number of times.

Imported when a formula first gets an array of JAX.
"""

from __future__ import annotations

import functools
from typing import Any

import jax

from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, Namespace
from xent.arrays.steps_in_data import steps_in_data, sum_beyond

__all__ = ["differentiable"]


def differentiable(name: str, formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """The function `name` of `formula`, ``"value"`` or ``"gradient"``, with its rule of differentiation."""
    return _RULES[name](formula, xp, logits, *data)


def _jax_rule(name: str, following: Any) -> Any:
    """
    JAX function with a `custom_jvp` that calls the method `name` of a formula.

    `following` is the same kind of function for the gradient in the logits; None means that the derivative
    is `hessian_vector_product`.
    """

    # Formula and namespace are no arrays, so JAX must not trace them.
    @functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
    def rule(formula: Formula, xp: Namespace, *arrays: Array) -> Array:
        return getattr(formula, name)(*arrays, xp=xp)

    def along(formula: Formula, xp: Namespace, arrays: Any, tangents: Any) -> tuple[Array, Array]:
        (logits, *data), (along_logits, *along_data) = arrays, tangents
        result = rule(formula, xp, *arrays)
        change = xp.zeros_like(result)
        moves = [not _is_still(tangent) for tangent in tangents]
        if moves[0] and following is None:
            change += formula.hessian_vector_product(logits, *data, along_logits, xp=xp)
        elif moves[0]:
            gradient = following(formula, xp, logits, *data)
            change += sum_beyond(along_logits * gradient, result.ndim, xp=xp)
        if any(moves[1:]):
            steps, moving, places = steps_in_data(formula, name, logits, data, moves[1:], xp=xp)
            change += jax.jvp(steps, moving, tuple(along_data[place] for place in places))[1]
        return result, change

    # Symbolic zeros tell which arguments move; without them products with arrays of zeros would be computed.
    rule.defjvp(along, symbolic_zeros=True)
    return rule


def _is_still(tangent: Any) -> bool:
    """True for the tangent of an argument that does not move."""
    return isinstance(tangent, jax.custom_derivatives.SymbolicZero)


_GRADIENT = _jax_rule("gradient", None)
_RULES = {"value": _jax_rule("value", _GRADIENT), "gradient": _GRADIENT}
