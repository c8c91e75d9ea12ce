"""
Differentiable formulas: PyTorch and JAX use a formula's own closed gradient and Hessian.

Without a rule both frameworks differentiate the steps by which a value was computed. Steps that avoid
cancellation in the value may cancel in a derivative, and more so in a second derivative. Here the derivative
of `formula.value` is `formula.gradient`, and the derivative of `formula.gradient` is
`formula.hessian_vector_product`.

One rule per framework serves every `Formula`. Logits may have more axes than the value; the gradient has the
axes of the logits. Derivatives in the data (targets, say) are those of the steps.
"""

from __future__ import annotations

from xent.arrays.formula import Formula
from xent.arrays.library import is_jax, is_torch
from xent.arrays.namespace import Array, Namespace
from xent.arrays.row_blocks import in_row_blocks

__all__ = ["differentiable_gradient", "differentiable_value"]


def differentiable_value(formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """``formula.value``, whose derivative in the logits is ``formula.gradient``."""
    return _differentiable("value", formula, logits, *data, xp=xp)


def differentiable_gradient(formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """``formula.gradient``, whose derivative along a vector is ``formula.hessian_vector_product``."""
    return _differentiable("gradient", formula, logits, *data, xp=xp)


def _differentiable(name: str, formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    if is_torch(logits):
        from xent.arrays import torch_derivatives

        return torch_derivatives.differentiable(name, formula, logits, *data)
    if is_jax(logits):
        from xent.arrays import jax_derivatives

        return jax_derivatives.differentiable(name, formula, logits, *data, xp=xp)
    result: Array = in_row_blocks(getattr(formula, name), logits, *data, xp=xp)
    return result
