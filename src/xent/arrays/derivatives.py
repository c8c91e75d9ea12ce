"""
Evaluation of formulas: in PyTorch, JAX and TensorFlow with closed derivatives, in NumPy in blocks of rows.

Without a rule these libraries differentiate the steps by which a value was computed. Steps that avoid
cancellation in the value may cancel in a derivative, and more so in a second derivative. Here the derivative
of `formula.value` is `formula.gradient`, and the derivative of `formula.gradient` is
`formula.hessian_vector_product`. One rule per framework serves every `Formula`. Logits may have more axes
than the value; the gradient has the axes of the logits. Derivatives in the data (targets, say) are those of
the steps.

A formula is some twenty steps of NumPy, each of which reads and writes whole arrays: on large arrays the
steps wait for main memory. Each row is computed independently, so blocks of rows that fit a processor's
cache give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, Namespace, is_jax, is_tensorflow, is_torch

__all__ = ["differentiable", "differentiable_pair", "in_row_blocks"]

# Entries of a block: with the temporary arrays of a formula, a few hundred kilobytes.
_ENTRIES = 2**14


def differentiable(name: str, formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """
    ``formula.value`` or ``formula.gradient``, as `name` says, with the formula's own derivative.

    The method gets `logits`, (..., K), `data`, whose axes begin with (...), and `xp`, their namespace; the
    result has the shape that it gives. The derivative of ``"value"`` in the logits is ``formula.gradient``;
    that of ``"gradient"`` along a vector is ``formula.hessian_vector_product``; derivatives in the data are
    those of the method's steps. A contiguous NumPy array of more than 32,768 entries in two or more rows is
    computed in blocks of rows, with the same result.
    """
    if is_torch(logits):
        # Imported here, because this room must not load a framework that the caller has not loaded.
        from xent.arrays import torch_derivatives

        return torch_derivatives.differentiable(name, formula, logits, *data)
    if is_jax(logits):
        from xent.arrays import jax_derivatives

        return jax_derivatives.differentiable(name, formula, logits, *data, xp=xp)
    if is_tensorflow(logits):
        from xent.arrays import tensorflow_derivatives

        return tensorflow_derivatives.differentiable(name, formula, logits, *data, xp=xp)
    function = getattr(formula, name)
    result: Array = (
        _by_blocks(function, logits, *data, xp=xp) if _is_large(logits) else function(logits, *data, xp=xp)
    )
    return result


def differentiable_pair(formula: Formula, logits: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
    """
    ``formula.value_and_gradient``, a pair; each has a derivative of its own, as `differentiable` gives it.

    That of the value in the logits is the gradient, that of the gradient the Hessian-vector product. While
    PyTorch traces or transforms the call, their derivatives are those of the steps instead. The pair is
    computed in one pass, except where PyTorch records the call and in TensorFlow: their rules have one
    result.
    """
    if is_jax(logits):
        from xent.arrays import jax_derivatives

        return jax_derivatives.differentiable_pair(formula, logits, *data, xp=xp)
    if is_tensorflow(logits) or (is_torch(logits) and _is_recorded(logits, *data)):
        value = differentiable("value", formula, logits, *data, xp=xp)
        return value, differentiable("gradient", formula, logits, *data, xp=xp)
    value, gradient = in_row_blocks(formula.value_and_gradient, logits, *data, xp=xp)
    return value, gradient


def _is_recorded(*tensors: Array) -> bool:
    """
    True if PyTorch records an eager call with these tensors for a backward pass
    (`torch_tracing.is_recorded`).
    """
    from xent.arrays import torch_tracing

    return torch_tracing.is_recorded(*tensors)


def in_row_blocks(function: Callable[..., Any], logits: Array, *data: Array, xp: Namespace) -> Any:
    """
    ``function(logits, *data, xp=xp)``, in blocks of rows if `logits` is a large contiguous NumPy array.

    Large is an array of more than 32,768 entries in two or more rows. A block has about 16,384 entries, at
    least one row, in which the leading axes are merged to one.

    Parameters
    ----------
    function : callable
        From arrays with the same leading axes to an array, or a tuple of arrays, with these axes in front.
    logits : array of shape (..., K)
        Logits; every axis but the last numbers the rows.
    *data : array of shape (..., K) or (...)
        Data of each row.
    xp : module
        Namespace of all arrays.

    Examples
    --------
    >>> in_row_blocks(lambda rows, xp: rows.sum(axis=-1), np.ones((50_000, 2)), xp=np).shape
    (50000,)
    """
    return _by_blocks(function, logits, *data, xp=xp) if _is_large(logits) else function(logits, *data, xp=xp)


def _is_large(logits: Array) -> bool:
    """True for a C-contiguous NumPy array of two or more rows and more than ``2 * _ENTRIES`` entries."""
    return (
        isinstance(logits, np.ndarray)
        and logits.size > 2 * _ENTRIES
        and math.prod(logits.shape[:-1]) > 1
        and bool(logits.flags.c_contiguous)
    )


def _by_blocks(function: Callable[..., Any], logits: Array, *data: Array, xp: Namespace) -> Any:
    """
    ``function(logits, *data, xp=xp)`` on NumPy arrays, computed over blocks of rows, in new arrays.

    `logits`, (..., K), have at least one row and class. Each of `data` and each result begins with their
    leading axes, (...). `function` gets these as one axis, of about 2**14 / K rows; it returns one array or a
    tuple of arrays, and so does this.
    """
    rows = math.prod(logits.shape[:-1])
    flat = [array.reshape(rows, *array.shape[logits.ndim - 1 :]) for array in (logits, *data)]
    step = max(1, _ENTRIES // logits.shape[-1])
    results: tuple[Array, ...] = ()
    for start in range(0, rows, step):
        found = function(*(array[start : start + step] for array in flat), xp=xp)
        parts = found if isinstance(found, tuple) else (found,)
        results = results or tuple(np.empty((rows, *part.shape[1:]), part.dtype) for part in parts)
        for result, part in zip(results, parts, strict=True):
            result[start : start + step] = part
    shaped = tuple(result.reshape(*logits.shape[:-1], *result.shape[1:]) for result in results)
    return shaped if isinstance(found, tuple) else shaped[0]
