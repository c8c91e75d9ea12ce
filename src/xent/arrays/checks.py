"""
Checks of array arguments at the public boundary: shape and dtype, and the question of readable values.

Shape and dtype are always checked; `value_checks.py` checks values that may be read.
"""

from __future__ import annotations

import sys

import array_api_compat

from xent.arrays.namespace import Array, Namespace, is_jax, is_tensorflow, is_torch
from xent.errors import DTypeError, ShapeError

__all__ = [
    "check_dtype",
    "check_shape",
    "is_known_to_hold",
    "is_number",
    "is_traced",
    "may_be_read",
    "truth_value",
]


def check_dtype(
    array: Array, kind: str | tuple[str, ...], *, caller: str, argument: str, xp: Namespace, hint: str = ""
) -> None:
    """
    Raise `DTypeError` unless the dtype of `array` is of a `kind` of the array-API standard.

    A kind is a name such as ``"integral"`` or ``"real floating"``, or a tuple of names, one of which
    suffices. `caller` and `argument` are the names of the function and of its argument, for the message;
    `hint` is advice at its end.

    Examples
    --------
    >>> import numpy as np
    >>> check_dtype(np.zeros(2, dtype=int), "real floating", caller="f", argument="logits", xp=np)
    Traceback (most recent call last):
        ...
    xent.errors.DTypeError: f: `logits` must be real floating; got int64.
    """
    if not xp.isdtype(array.dtype, kind):
        kinds = (kind,) if isinstance(kind, str) else kind
        name = str(array.dtype).rpartition(".")[2]
        raise DTypeError(caller, argument, f"be {' or '.join(kinds)}", got=name, hint=hint)


def check_shape(
    array: Array, shape: tuple[int, ...], *, caller: str, argument: str, because: str = "", hint: str = ""
) -> None:
    """
    Raise `ShapeError` unless the array has exactly this `shape`; nothing is broadcast.

    Parameters
    ----------
    array : array
        Argument to check.
    shape : tuple of int
        Required shape.
    caller, argument : str
        Names of the function and of its argument, for the message.
    because : str, optional
        Origin of `shape`, which follows the rule after a comma.
    hint : str, optional
        Advice for every mismatch but one axis too many or too few at the end.

    Examples
    --------
    >>> import numpy as np
    >>> check_shape(np.zeros((2, 1)), (2,), caller="f", argument="labels")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    xent.errors.ShapeError: f: `labels` must have shape (2,); got (2, 1). Drop the extra axis ...
    """
    found = tuple(array.shape)
    if found == shape:
        return
    if found == (*shape, 1):
        hint = f"Drop the extra axis with `{argument}[..., 0]`."
    elif (*found, 1) == shape:
        hint = f"Add the missing axis with `{argument}[..., None]`."
    rule = f"have shape {shape}" + (f", {because}" if because else "")
    raise ShapeError(caller, argument, rule, got=str(found), hint=hint)


def is_known_to_hold(condition: Array) -> bool:
    """True if `condition`, a truth value of shape (), can be read and is true; else False."""
    return truth_value(condition) is True


def truth_value(condition: Array) -> bool | None:
    """
    Value of `condition`, a truth value of shape (), as a Python bool; None if it cannot be read.

    That is so for one that is traced, lazy or not in the host's memory, and under `torch.func.vmap`.
    """
    if not may_be_read(condition):
        return None
    try:
        return bool(condition)
    except RuntimeError:
        # Tensors inside torch.func.vmap look concrete, but reading them raises.
        return None


def is_traced(value: object) -> bool:
    """True if `value` is an array of JAX that is traced: it has no value that could be compared."""
    return is_jax(value) and isinstance(value, sys.modules["jax"].core.Tracer)


def is_number(value: object, number: float) -> bool:
    """
    True if a parameter, an array of JAX or a plain number, is known to be this `number`.

    False for a traced one, whatever its value will be, and for an array with axes.

    Examples
    --------
    >>> is_number(0.0, 0)
    True
    """
    return not is_traced(value) and not getattr(value, "ndim", 0) and bool(value == number)


def may_be_read(array: Array) -> bool:
    """
    True if the values of `array` can be read at once.

    It is then neither traced, symbolic nor lazy, and in the host's memory; in PyTorch, where only
    `torch.compile` counts as tracing here, a transform of `torch.func` may still refuse (`truth_value`).
    """
    if is_jax(array):
        # A tracer is an instance of `jax.Array` too, but has no values.
        return not is_traced(array) and _is_on_host(array)
    if is_torch(array):
        return not sys.modules["torch"].compiler.is_compiling() and array.device.type == "cpu"
    if is_tensorflow(array):
        # Read off the name: the device of a symbolic tensor is empty until its graph is placed.
        return not sys.modules["tensorflow"].is_symbolic_tensor(array) and "CPU" in array.device
    return not array_api_compat.is_lazy_array(array) and _is_on_host(array)


def _is_on_host(array: Array) -> bool:
    """True if the name of the array's device holds "cpu"."""
    # The names differ by library: `cpu`, `TFRT_CPU_0`, `CPU_DEVICE`.
    return "cpu" in str(array_api_compat.device(array)).lower()
