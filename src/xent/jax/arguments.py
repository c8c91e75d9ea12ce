"""Arguments of optax's losses: arrays of JAX, the classes on the last axis, and masks of their entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from xent.arrays import as_arrays, check_dtype, checked_integer, is_array, plain
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = [
    "Axes",
    "Rows",
    "as_jax",
    "axes_of",
    "broadcast",
    "check_classes",
    "check_floating",
    "check_real",
    "one_as_jax",
    "rows_of",
    "without_masked",
]

# Axis or axes of the classes, as optax takes them; None means all axes.
Axes = int | tuple[int, ...] | None


class Rows(NamedTuple):
    """
    Predictions and truth with the classes on the last axis.

    Parameters
    ----------
    predictions : array of shape (..., K)
        Logits or log-probabilities.
    truth : array of shape (..., K) or (...)
        Targets, or labels.
    where : array of bool of shape (..., K), or None
        True for the entries that count; None if all do.
    """

    predictions: Any
    truth: Any
    where: Any


def as_jax(*values: Any, names: Sequence[str], caller: str) -> tuple[Any, ...]:
    """
    `values` as arrays of JAX, where NumPy arrays, sequences and numbers are taken too; None stays None.

    `names` are the names of their arguments, for messages. Raises `DTypeError` for what JAX does not take,
    such as text, and `DomainError` for a masked entry.
    """
    first = one_as_jax(values[0], names[0], caller=caller)
    _, arrays = as_arrays(first, *values[1:], caller=f"xent.jax.{caller}", names=names)
    return arrays


def one_as_jax(value: Any, argument: str, *, caller: str, dtype: Any = None) -> Any:
    """
    `value` as an array of JAX, of `dtype` if that is given.

    NumPy arrays may have any byte order. A masked entry raises `DomainError` in a NumPy array, with `dtype`
    or without. Without `dtype`, what JAX does not take, such as text, raises `DTypeError`. With one, which is
    real floating, so does all that is no real number: text, of which JAX would read the digits, and complex
    numbers, of which it would drop the imaginary part, too; an integer beyond the range of floats raises
    `DomainError`. Integers and booleans are converted to `dtype`.
    """
    caller = f"xent.jax.{caller}"
    if isinstance(value, np.ndarray):
        value = plain(value, caller=caller, argument=argument)
    if dtype is None:
        try:
            return jnp.asarray(value)
        except (TypeError, ValueError) as error:
            raise DTypeError(caller, argument, "hold numbers", got=type(value).__name__) from error
    kind = next((kind for kind in map(_kind_not_real, jax.tree.leaves(value)) if kind), None)
    try:
        if kind is None:
            return jnp.asarray(value, dtype)
    except OverflowError:
        rule = "lie in the range of floats"
        raise DomainError(caller, argument, rule, got="an integer beyond it") from None
    except (TypeError, ValueError):
        kind = type(value).__name__
    raise DTypeError(caller, argument, "hold real numbers", got=kind)


def _kind_not_real(value: Any) -> str | None:
    """Dtype or type of `value`, a number or an array, if that is text or complex; None for other ones."""
    kind = getattr(value, "dtype", None)
    if kind is None:
        return type(value).__name__ if isinstance(value, (str, bytes, complex)) else None
    return str(kind) if getattr(kind, "kind", None) in {"c", "S", "U"} else None


def check_floating(array: Any, argument: str, *, caller: str) -> None:
    """Raise `DTypeError` unless `array` is real floating."""
    check_dtype(array, "real floating", caller=f"xent.jax.{caller}", argument=argument, xp=jnp)


def check_real(array: Any, argument: str, *, caller: str) -> None:
    """Raise `DTypeError` for complex numbers, of which a conversion would drop the imaginary part."""
    if jnp.issubdtype(array.dtype, jnp.complexfloating):
        raise DTypeError(f"xent.jax.{caller}", argument, "hold real numbers", got=str(array.dtype))


def check_classes(rows: Rows, *, caller: str) -> None:
    """Raise `ShapeError` for logits without a class, which have no softmax."""
    shape = rows.predictions.shape
    if shape[-1] == 0:
        raise ShapeError(f"xent.jax.{caller}", "logits", "have at least one class", got=f"shape {shape}")


def broadcast(first: Any, second: Any, *, names: tuple[str, str], caller: str) -> tuple[Any, Any]:
    """
    Both arrays in the shape to which they broadcast and in one dtype.

    It is that to which JAX promotes both if `second` is real floating, else that of `first`: integers and
    booleans are converted. Raises `DTypeError` for a complex `second`, and `ShapeError` if they do not
    broadcast; `names` are their names in messages.
    """
    check_real(second, names[1], caller=caller)
    try:
        shape = jnp.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        rule = f"broadcast against `{names[0]}`, of shape {first.shape}"
        raise ShapeError(f"xent.jax.{caller}", names[1], rule, got=str(second.shape)) from None
    is_float = jnp.issubdtype(second.dtype, jnp.floating)
    dtype = jnp.promote_types(first.dtype, second.dtype) if is_float else first.dtype
    return jnp.broadcast_to(first, shape).astype(dtype), jnp.broadcast_to(second, shape).astype(dtype)


def axes_of(axis: Axes, ndim: int, *, caller: str) -> tuple[int, ...]:
    """
    Numbers of the axes in 0 .. ndim - 1, in the order in which `axis` names them; all axes for None.

    Raises `DTypeError` for an axis that is no integer, and `DomainError` for one that does not exist or is
    named twice, and for an empty tuple.
    """
    given = tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    numbers = [checked_integer(one, "axis", caller=f"xent.jax.{caller}") for one in given]
    axes = tuple(one % ndim if -ndim <= one < ndim else -1 for one in numbers)
    if not axes or -1 in axes or len(set(axes)) < len(axes):
        raise DomainError(f"xent.jax.{caller}", "axis", f"name axes of {ndim}, each once", got=repr(axis))
    return axes


def rows_of(
    predictions: Any,
    truth: Any,
    axis: Axes,
    where: Any,
    *,
    has_labels: bool = False,
    names: tuple[str, str] = ("logits", "labels"),
    caller: str,
) -> Rows:
    """
    Checked predictions, truth and mask as `Rows`, arrays of JAX with the classes on the last axis.

    The axes in `axis`, all for None, become that axis, flattened in the order in which `axis` names them.
    Without `has_labels` the truth has classes too: it and the predictions are first broadcast against each
    other and get one dtype, that of the predictions if the truth is not floating. With it the truth is
    labels, which are neither checked nor broadcast. `where` is True for entries that count, or, with another
    number of axes than the predictions, broadcast as they are, for rows; the mask has the shape of the
    predictions, and is None for None. Raises `DTypeError` for predictions that are not real floating,
    `ShapeError` for a mask, or truth other than labels, that does not broadcast, for an `axis` `DTypeError`
    if it is no integer and `DomainError` if it is empty, does not exist or is named twice, and the errors of
    `as_jax`.
    """
    given = predictions, truth, where
    predictions, truth, where = as_jax(*given, names=(*names, "where"), caller=caller)
    check_floating(predictions, names[0], caller=caller)
    if not has_labels:
        predictions, truth = broadcast(predictions, truth, names=names, caller=caller)
    axes = axes_of(axis, predictions.ndim, caller=caller)
    mask = None if where is None else _last(_mask(where, predictions, axis, names[0], caller=caller), axes)
    return Rows(_last(predictions, axes), truth if has_labels else _last(truth, axes), mask)


def without_masked(rows: Rows, *, masked: float) -> tuple[Rows, Any]:
    """
    Rows whose masked predictions are `masked` and whose masked targets are 0, and a mask of rows that count.

    A row counts if one of its classes is not masked. Of other rows all predictions, targets and labels are 0;
    labels of rows that count stay. Truth is labels if it has fewer axes than the predictions. The second
    result, True for rows that count, has the shape of `rows` without classes. If `rows` has no mask, the
    result is `rows` itself and None.
    """
    if rows.where is None:
        return rows, None
    counts = jnp.any(rows.where, axis=-1)
    predictions = jnp.where(rows.where, rows.predictions, masked)
    predictions = jnp.where(counts[..., None], predictions, 0)
    has_labels = rows.truth.ndim < rows.predictions.ndim
    truth = jnp.where(counts if has_labels else rows.where, rows.truth, 0)
    return rows._replace(predictions=predictions, truth=truth), counts


def _mask(where: Any, predictions: Any, axis: Axes, name: str, *, caller: str) -> Any:
    """
    Boolean mask in the shape of the predictions, from one that broadcasts to it with or without the classes.

    An array with as many axes as the predictions is taken as one of entries, anything else as one that
    broadcasts to the rows. Entries other than 0 are True. Raises `ShapeError` if it does not broadcast, in
    which `name` is that of the predictions.
    """
    mask = where
    try:
        if not is_array(where) or where.ndim != predictions.ndim:
            axes = axes_of(axis, predictions.ndim, caller=caller)
            rows = tuple(length for one, length in enumerate(predictions.shape) if one not in axes)
            mask = jnp.expand_dims(jnp.broadcast_to(where, rows), axes)
        return jnp.broadcast_to(mask != 0, predictions.shape)
    except ValueError:
        rule = f"broadcast against `{name}`, of shape {predictions.shape}, or its rows"
        raise ShapeError(f"xent.jax.{caller}", "where", rule, got=str(jnp.shape(where))) from None


def _last(array: Any, axes: tuple[int, ...]) -> Any:
    """
    `array` with `axes`, numbers >= 0, moved behind the others and flattened into one.

    The others keep their order; the flattened ones follow each other in the order of `axes`.
    """
    if axes == (array.ndim - 1,):
        return array
    others = tuple(one for one in range(array.ndim) if one not in axes)
    moved = jnp.transpose(array, others + axes)
    return moved.reshape(*moved.shape[: len(others)], -1)
