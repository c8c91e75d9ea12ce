"""
Evaluation of a loss: compiled, and checked where values can be read.

Outside of `jit` each operation of JAX would be a call of its own, so a loss is compiled, once for each shape.
The compiled loss checks no values: a row that breaks a rule is nan. Where the result can be read and holds a
nan, the loss is evaluated again with its checks, which name the cause.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from xent.arrays import Formula, check_values, differentiable, is_traced, without_arrays
from xent.errors import XentError
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.examples import Request

__all__ = ["check_targets", "loss_of", "value_of", "with_parameters"]


def loss_of(
    loss: AbstractLoss, logits: Any, truth: Any, *, given: Any = None, caller: str, **parameters: Any
) -> Any:
    """
    Values of a loss, one for each row of `logits`, (..., K), or for losses of events one for each entry.

    `truth` holds labels or targets. `parameters` replace those of the loss of their names; one that can be
    read raises if it is out of range, a traced one may give nan. The loss checks `logits` and truth, and
    raises errors in the name of `caller`, only if the values can be read on the CPU and hold a nan or both
    infinities; so a call without nan is not slowed. If nothing is invalid, the nan is returned. `given` is
    the truth to check instead of `truth`, in which invalid entries are nan already; None checks `truth`. It
    is called `labels` in errors, as in all functions that call this one.
    """
    checked = with_parameters(loss, parameters, caller=caller)
    values = _compiled(loss, logits, truth, {name: getattr(checked, name) for name in parameters})
    if _is_nan_somewhere(values):
        read = truth if given is None else given
        try:
            checked.problem(Request(f"xent.jax.{caller}", logits, read, None, validate=True)).value()
        except XentError as error:
            # The loss calls a distribution or the probability of an event targets.
            error.rename({"targets": "labels"})
            # Functions of optax take no weights.
            error.hint = "" if "`sample_weight`" in error.hint else error.hint
            raise
    return values


def check_targets(values: Any, targets: Any, argument: str, *, caller: str) -> None:
    """
    Raise `DomainError` for a target that is negative or nan, if one of `values` is nan.

    Nothing is raised for values that are traced or not on the CPU.
    """
    if not _is_nan_somewhere(values):
        return
    name = f"xent.jax.{caller}"
    check_values(targets, lambda t: ~(t >= 0), "be >= 0", caller=name, argument=argument, xp=jnp)


def value_of(formula: Formula, logits: Any, *data: Any) -> Any:
    """
    Value of a formula, one for each row or each entry of `logits`, by a program that is compiled once a
    shape.

    `data` are the other arrays of the formula, such as labels or targets. Derivatives are the formula's
    closed ones; its parameters may be traced.
    """
    plain, parameters = without_arrays(formula, logits.dtype, xp=jnp)
    return _compiled_value(plain, logits, *parameters, *data)


@functools.partial(jax.jit, static_argnums=(0,))
def _compiled_value(formula: Formula, logits: Any, *data: Any) -> Any:
    return differentiable("value", formula, logits, *data, xp=jnp)


@functools.partial(jax.jit, static_argnums=(0,))
def _compiled(loss: AbstractLoss, logits: Any, truth: Any, parameters: dict[str, Any]) -> Any:
    # They were checked before the call was traced.
    return with_parameters(loss, parameters, caller=loss.name)(logits, truth, validate=False)


def with_parameters(loss: AbstractLoss, parameters: dict[str, Any], *, caller: str) -> AbstractLoss:
    """
    The loss with these parameters in place of its own; the loss itself without any.

    A value is checked as far as it can be read: out of range it raises the error of the loss, such as
    `DomainError`; a traced one is not checked. An unknown name raises `ParameterError`. Errors name `caller`.
    """
    try:
        return loss._with(parameters, loss.name) if parameters else loss  # noqa: SLF001 - as its own methods do
    except XentError as error:
        error.caller = f"xent.jax.{caller}"
        raise


def _is_nan_somewhere(values: Any) -> bool:
    """
    True if one of the values is nan, or if both infinities occur among them.

    False also for values that cannot be read: traced, on another device or in another process.
    """
    if is_traced(values) or not values.is_fully_addressable:
        return False
    if next(iter(values.devices())).platform != "cpu":
        return False
    return bool(np.isnan(np.asarray(jnp.sum(values))))
