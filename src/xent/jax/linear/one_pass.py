"""
Sum of the losses of all rows, whose gradients are made in the only pass.

A pass over chunks of rows has three products of N, D and C: logits, gradient in the hidden states, gradient
in the weight. The derivative along tangents is their inner product with these gradients, in forward mode, and
its transposition hands the gradients out, in reverse mode. Derivatives of the gradients, and in options and
targets, are those of `recomputed.py`.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from xent.jax.linear.chunks import in_chunks, joined
from xent.jax.linear.recomputed import of_rows
from xent.jax.linear.request import Operands, Plan, Shared, Truth
from xent.jax.linear.row_losses import classes_of, logits_of, losses_of_rows

__all__ = ["total"]

# The product added to the gradient of the weight goes by blocks, so that it takes no memory of its size.
_BLOCKS = 16


def _recomputed(plan: Plan, operands: Operands, truth: Truth, shared: Shared) -> Any:
    """Sum of the losses of all rows, of shape () in 32 bits or more, with the derivatives of its steps."""
    return jnp.sum(of_rows(plan, operands, truth, shared)[0])


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def total(plan: Plan, operands: Operands, truth: Truth, shared: Shared) -> Any:
    """
    Sum of the losses of all rows, of shape () in 32 bits or more, with the derivatives described at
    the head.
    """
    return _recomputed(plan, operands, truth, shared)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def _with_gradients(plan: Plan, operands: Operands, truth: Truth, shared: Shared) -> tuple[Any, Operands]:
    """
    Sum of the losses, of shape (), and its gradients in hidden states, (N, D), weight and bias.

    They are made in one pass over chunks of rows, all in 32 bits or more: not yet the dtype of the operands.
    The products take slopes rounded to that dtype. A bias of None has None. Derivatives of the results are
    those of the steps of `recomputed.py`.
    """
    classes, (hidden, weight, bias) = classes_of(plan), operands
    wide = jnp.promote_types(weight.dtype, jnp.float32)

    def step(sums: Any, chunk: Any) -> Any:
        rows, facts = chunk
        logits = logits_of(Operands(rows, weight, bias))
        loss, pull = jax.vjp(lambda z: jnp.sum(losses_of_rows(z, facts, shared, classes)), logits)
        (slopes,) = pull(jnp.ones_like(loss))
        # The products are of the operands' dtype, and summed in 32 bits or more.
        factors = slopes.astype(weight.dtype)
        of_hidden = jnp.matmul(factors, weight, preferred_element_type=wide)
        of_weight = _added(sums[1], factors, rows, wide)
        of_bias = None if bias is None else sums[2] + jnp.sum(slopes, axis=0)
        return (sums[0] + loss, of_weight, of_bias), of_hidden

    start = (
        jnp.zeros((), wide),
        jnp.zeros(weight.shape, wide),
        None if bias is None else jnp.zeros(bias.shape, wide),
    )
    start = _differing_as((operands, truth, shared), start)
    (loss, of_weight, of_bias), of_hidden = jax.lax.scan(step, start, in_chunks((hidden, truth), plan.rows))
    # Not rounded to 16 bits yet: a sum over many rows overflows float16, its mean does not.
    return loss, Operands(joined(of_hidden, len(hidden)), of_weight, of_bias)


def _added(sums: Any, slopes: Any, rows: Any, wide: Any) -> Any:
    """
    `sums`, (C, D), plus ``slopes.T @ rows``, computed and summed in the dtype `wide`.

    `slopes` are (n, C) and `rows`, the hidden states of a chunk, (n, D). Classes are added by blocks, so that
    no second array of the size of `sums` is needed.
    """
    block = -(-len(sums) // _BLOCKS)
    for first in range(0, len(sums), block):
        part = slice(first, min(first + block, len(sums)))
        product = jnp.matmul(slopes[:, part].T, rows, preferred_element_type=wide)
        sums = jax.lax.dynamic_update_slice(sums, sums[part] + product, (first, 0))
    return sums


def _differing_as(arrays: Any, start: Any) -> Any:
    """
    `start` with the same values, but varying, as `shard_map` has it, along each axis along which one of
    `arrays` does.

    Both are trees of arrays; the axes are those of a mesh.
    """
    # A selection between equal numbers: compilers drop it, and `shard_map` sees on which arrays it depends.
    zero: Any = sum(jnp.sum(jnp.where(array == array, 0, 0)) for array in jax.tree.leaves(arrays))  # noqa: PLR0124
    return jax.tree.map(lambda array: array + zero.astype(array.dtype), start)


def _along_total(plan: Plan, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """
    Sum of the losses, of shape (), and its change along `tangents` (forward-mode derivative).

    `primals` are operands, truth and shared options, and `tangents` their tangents, of which JAX' symbol
    stands for those that are 0. If only operands move, the change is the product with the gradients of one
    pass; a tangent of truth or options has the sum recomputed.
    """
    # Gradients are made in the operands alone; a derivative in options or targets takes the steps again.
    if any(not _is_still(tangent) for tangent in jax.tree.leaves(tangents[1:], is_leaf=_is_still)):
        return _change(functools.partial(_recomputed, plan), primals, tangents)
    loss, gradients = _with_gradients(plan, *primals)
    leaves = zip(jax.tree.leaves(gradients), jax.tree.leaves(tangents[0], is_leaf=_is_still), strict=True)
    change = sum(
        jnp.sum(slope * along.astype(slope.dtype)) for slope, along in leaves if not _is_still(along)
    )
    return loss, jnp.asarray(change, loss.dtype)


def _along_gradients(plan: Plan, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """
    Pair of the sum of the losses and its gradients, and the change of both along `tangents`.

    `primals` are operands, truth and shared options. The results are those of the pass, the changes, which
    are the second derivatives, those of the recomputed losses, in the dtypes of the results.
    """
    # The results stay those of the pass; only their changes are those of the steps.
    results = _with_gradients(plan, *primals)

    def of_steps(*arrays: Any) -> Any:
        loss, gradients = jax.value_and_grad(functools.partial(_recomputed, plan))(*arrays)
        return loss, jax.tree.map(lambda ours, like: ours.astype(like.dtype), gradients, results[1])

    return results, _change(of_steps, primals, tangents)[1]


def _change(function: Any, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """
    Result of `function` at `primals`, and its change along `tangents`, its forward-mode derivative.

    Some tangents may be JAX' symbol for 0.
    """
    along = jax.tree.map(_made, tangents, is_leaf=_is_still)
    found: tuple[Any, Any] = jax.jvp(function, primals, along)
    return found


def _made(tangent: Any) -> Any:
    """
    `tangent` as an array: zeros in place of JAX' symbol for a tangent that is 0.

    For an integer or a truth value they are an array of NumPy, in JAX' dtype ``float0``.
    """
    if not _is_still(tangent):
        return tangent
    # Integers and truth values have tangents of this dtype, which only NumPy can hold.
    if tangent.dtype == jax.dtypes.float0:
        return np.zeros(tangent.shape, jax.dtypes.float0)
    return jnp.zeros(tangent.shape, tangent.dtype)


def _is_still(tangent: Any) -> bool:
    """True for JAX' symbol for a tangent that is 0, as of an argument that does not move."""
    return isinstance(tangent, jax.custom_derivatives.SymbolicZero)


total.defjvp(_along_total, symbolic_zeros=True)
_with_gradients.defjvp(_along_gradients, symbolic_zeros=True)
