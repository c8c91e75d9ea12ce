"""Calls of the kernels of softmax cross-entropy in programs of XLA."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
from numpy.typing import NDArray

from xent.kernels.softmax_cross_entropy import Labels, Targets, gradient, value, value_and_gradient
from xent.kernels.xla.call_frame import handler_of

__all__ = ["call"]

_TRUTHS: dict[str, Callable[[Any], Labels | Targets]] = {"labels": Labels, "targets": Targets}


def call(name: str, kind: str, logits: Any, truth: Any) -> Any:
    """
    Result of a kernel of softmax cross-entropy, an array of JAX, or two for ``"value_and_gradient"``.

    `name` is ``"value"``, of shape (...), ``"gradient"``, of shape (..., K), or ``"value_and_gradient"``,
    both in this order; rows have no weights. `kind` is ``"labels"``, whose `truth` holds integers of 32 or 64
    bits, (...), or ``"targets"``, whose `truth` has the shape and dtype of the `logits`, (..., K) in float32
    or float64. A label out of range, and a row without a softmax, give nan. Errors of the kernel's checks
    reach the caller as errors of JAX.
    """
    rows: Any = jax.ShapeDtypeStruct(logits.shape[:-1], logits.dtype)
    entries: Any = jax.ShapeDtypeStruct(logits.shape, logits.dtype)
    results: Any = {"value": rows, "gradient": entries, "value_and_gradient": (rows, entries)}[name]
    # The rows of a batch are further rows.
    made: Any = jax.ffi.ffi_call(_registered(name, kind), results, vmap_method="broadcast_all")
    return made(logits, truth)


@functools.cache
def _registered(name: str, kind: str) -> str:
    """
    Name under which XLA knows the kernel for `name` and `kind`; it is registered at first use, for ever.

    `name` is "value", "gradient" or "value_and_gradient", `kind` is "labels" or "targets".
    """
    target = f"xent_softmax_cross_entropy_{kind}_{name}"
    handler = handler_of(functools.partial(_compute, name, _TRUTHS[kind]))
    _HANDLERS.append(handler)
    capsule = jax.ffi.pycapsule(handler)
    jax.ffi.register_ffi_target(target, capsule, platform="cpu")
    return target


# XLA keeps their addresses as long as the process lives.
_HANDLERS: list[Any] = []


def _compute(
    name: str,
    truth: Callable[[Any], Labels | Targets],
    arguments: list[NDArray[Any]],
    results: list[NDArray[Any]],
) -> None:
    """
    Run the kernel on the memory of XLA: `arguments` are logits and truth, the result is written to `results`.

    `truth` is `Labels` or `Targets`, which wraps the second array, (...) or (..., K) beside logits of (...,
    K). `results` holds the value, (...), for the `name` "value", the gradient, (..., K), for "gradient", and
    both in this order for "value_and_gradient".
    """
    logits, data = arguments
    # Views, for XLA's buffers are contiguous: what is written to them is in the program's memory.
    rows = logits.reshape(-1, logits.shape[-1])
    statement = truth(data.reshape(len(rows), *data.shape[logits.ndim - 1 :]))
    if name == "value":
        # One number for each row is copied; the gradient, as large as the logits, is written in place.
        results[0].reshape(-1)[:] = value(rows, statement)
        return
    derivatives = results[-1].reshape(rows.shape)
    if name == "gradient":
        gradient(rows, statement, derivatives)
        return
    results[0].reshape(-1)[:] = value_and_gradient(rows, statement, derivatives)
