"""
Rules by which TensorFlow differentiates a formula, eagerly, in graphs and under XLA, any number of times.

Imported when a formula first gets a tensor of TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe

from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, Namespace
from xent.arrays.steps_in_data import steps_in_data

__all__ = ["differentiable"]


def differentiable(name: str, formula: Formula, logits: Array, *data: Array, xp: Namespace) -> Array:
    """
    The function `name` of `formula`, ``"value"`` or ``"gradient"``, with its rule of differentiation.

    The derivative of a value in the logits is the formula's gradient, that of a gradient its Hessian-vector
    product; those in `data` are of the steps by which the function is computed. Under a forward accumulator
    that watches some of `data` there is no rule: TensorFlow differentiates these steps throughout.
    """
    if any(pywrap_tfe.TFE_Py_PackJVPs([array])[1] for array in data if array.dtype.is_floating):
        # Forward accumulators transpose a rule, and lose what its inner tape has computed in the data.
        return getattr(getattr(formula, "with_steps", formula), name)(logits, *data, xp=xp)
    moves = [_may_move(array) for array in data]

    # Data that do not move are constants of the rule: TensorFlow would compute derivatives in all arguments.
    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def rule(logits: Array, *moving: Array) -> tuple[Array, Callable[[Array], Any]]:
        """
        Result of the method `name`, and the function from a derivative in it to those in the arguments.

        `moving` are the data that may move, which are joined with the fixed ones.
        """
        found = iter(moving)
        now = [next(found) if may else array for may, array in zip(moves, data, strict=True)]

        def pulled_back(upstream: Array) -> Any:
            of_logits = _in_logits(name, formula, logits, now, upstream, xp=xp)
            return (of_logits, *_in_data(name, formula, logits, now, moves, upstream=upstream, xp=xp))

        return getattr(formula, name)(logits, *now, xp=xp), pulled_back

    return rule(logits, *(array for may, array in zip(moves, data, strict=True) if may))


def _in_logits(
    name: str, formula: Formula, logits: Array, data: Sequence[Array], upstream: Array, *, xp: Namespace
) -> Array:
    """
    Derivative in the logits, of their shape: `upstream` times the gradient, or the Hessian times `upstream`.

    The first is for the `name` ``"value"``, the second for ``"gradient"``.
    """
    if name == "gradient":
        return formula.hessian_vector_product(logits, *data, upstream, xp=xp)
    gradient = differentiable("gradient", formula, logits, *data, xp=xp)
    # The value may have fewer axes than the gradient: one number for each row of it.
    return upstream[(..., *(None,) * (gradient.ndim - upstream.ndim))] * gradient


def _in_data(
    name: str,
    formula: Formula,
    logits: Array,
    data: Sequence[Array],
    moves: Sequence[bool],
    *,
    upstream: Array,
    xp: Namespace,
) -> Sequence[Array | None]:
    """
    Derivatives in those of `data` whose entry in `moves` is True, one for each of these, by the steps.

    It is ``()`` if none is. `name` is "value" or "gradient", and `upstream` the derivative in its result, of
    its shape. None stands for data without influence.
    """
    if not any(moves):
        return ()
    steps, moving, _ = steps_in_data(formula, name, logits, data, moves, xp=xp)
    with tf.GradientTape() as tape:
        tape.watch(moving)
        result = steps(*moving)
    derivatives: Sequence[Array | None] = tape.gradient(result, moving, output_gradients=upstream)
    return derivatives


def _may_move(array: Array) -> bool:
    """
    True unless the tensor is known to be a constant of every tape and forward accumulator.

    It is False for a dtype that is not floating.
    """
    if not array.dtype.is_floating:
        return False
    # A graph is pruned of derivatives without use, but eager ones would be computed. TensorFlow has no public
    # name for the question.
    return bool(tf.is_symbolic_tensor(array) or pywrap_tfe.TFE_Py_TapeSetPossibleGradientTypes([array]) != 0)
