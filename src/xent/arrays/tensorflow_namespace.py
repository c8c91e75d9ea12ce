"""
Array-API namespace of TensorFlow: the functions of the standard that formulas call.

Neither TensorFlow nor array-api-compat has such a namespace. The functions serve eager and symbolic tensors.
A length that is unknown while a function is traced is None in a shape, and -1 for TensorFlow. A number beside
a tensor takes the tensor's dtype. The parameter `device` is ignored: TensorFlow places an operation itself.

Imported when a function first gets a tensor of TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import tensorflow as tf

from xent.arrays.namespace import Array

__all__ = ["NAMESPACE"]

# Every integer of this namespace is of 64 bits unless a dtype is given, as in PyTorch.
_COUNTING = tf.int64
_KINDS: dict[str, Callable[[Any], bool]] = {
    "bool": lambda dtype: dtype.is_bool,
    "integral": lambda dtype: dtype.is_integer,
    "signed integer": lambda dtype: dtype.is_integer and not dtype.is_unsigned,
    "unsigned integer": lambda dtype: dtype.is_integer and dtype.is_unsigned,
    "real floating": lambda dtype: dtype.is_floating,
    "complex floating": lambda dtype: dtype.is_complex,
    "numeric": lambda dtype: dtype.is_integer or dtype.is_floating or dtype.is_complex,
}


def _isdtype(dtype: Any, kind: str | tuple[str, ...]) -> bool:
    return any(_KINDS[one](dtype) for one in ((kind,) if isinstance(kind, str) else kind))


def _shape(shape: int | Sequence[int | None]) -> list[int]:
    return [-1 if length is None else length for length in ((shape,) if isinstance(shape, int) else shape)]


def _asarray(value: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Array:
    """
    Tensor of `value`, rounded once to `dtype`; for None, of the dtype that TensorFlow chooses.

    A tensor is cast to `dtype`. `device` and `copy` are ignored.
    """
    del device, copy
    if dtype is None or tf.is_tensor(value):
        value = tf.convert_to_tensor(value)
        return value if dtype is None else tf.cast(value, dtype)
    # Rounded once: TensorFlow would make it 32 bits first.
    return tf.convert_to_tensor(np.asarray(value).astype(dtype.as_numpy_dtype))


def _astype(array: Array, dtype: Any, *, copy: bool = True) -> Array:
    del copy
    return tf.cast(array, dtype)


def _beside(*values: Any) -> tuple[Any, ...]:
    """
    The values as tensors: numbers take the dtype of the first tensor among them, or the dtype that TensorFlow
    gives their sum if there is none.
    """
    dtypes = [value.dtype for value in values if tf.is_tensor(value)]
    dtype = dtypes[0] if dtypes else tf.convert_to_tensor(sum(values)).dtype
    return tuple(value if tf.is_tensor(value) else tf.constant(value, dtype) for value in values)


def _where(condition: Array, one: Any, other: Any) -> Array:
    return tf.where(condition, *_beside(one, other))


def _clip(array: Array, min: Any = None, max: Any = None) -> Array:  # noqa: A002 - the standard's names
    array = array if min is None else tf.maximum(*_beside(array, min))
    return array if max is None else tf.minimum(*_beside(array, max))


def _reduction(function: Any) -> Callable[..., Array]:
    """
    `function`, a reduction such as ``tf.reduce_sum``, with the standard's keywords; without `axis` over all
    axes.
    """

    def reduced(array: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
        return function(array, axis=axis, keepdims=keepdims)

    return reduced


def _argmax(array: Array, *, axis: int | None = None) -> Array:
    return tf.argmax(tf.reshape(array, (-1,)) if axis is None else array, axis=axis or 0)


def _moveaxis(array: Array, source: int, destination: int) -> Array:
    order = list(range(array.ndim))
    order.insert(destination % array.ndim, order.pop(source % array.ndim))
    return tf.transpose(array, order)


def _take(array: Array, indices: Array, *, axis: int) -> Array:
    return tf.gather(array, indices, axis=axis)


def _take_along_axis(array: Array, indices: Array, *, axis: int = -1) -> Array:
    """Entries at `indices` along the last axis; any other `axis` raises NotImplementedError."""
    if axis not in (-1, array.ndim - 1):
        raise NotImplementedError
    return tf.gather(array, indices, batch_dims=array.ndim - 1)


def _arange(stop: int, *, dtype: Any = None, device: Any = None) -> Array:
    del device
    return tf.range(stop, dtype=dtype or _COUNTING)


def _zeros(shape: Any, *, dtype: Any = tf.float32, device: Any = None) -> Array:
    del device
    return tf.zeros(shape, dtype)


def _full(shape: Any, value: Any, *, dtype: Any = tf.float32, device: Any = None) -> Array:
    del device
    return tf.fill(shape, _asarray(value, dtype=dtype))


def _full_like(array: Array, value: Any, *, dtype: Any = None, device: Any = None) -> Array:
    del device
    return tf.zeros_like(array, dtype) + _asarray(value, dtype=dtype or array.dtype)


def _like(function: Any) -> Callable[..., Array]:
    """`function`, `tf.zeros_like` or `tf.ones_like`, with the standard's keywords; `device` is ignored."""

    def made(array: Array, *, dtype: Any = None, device: Any = None) -> Array:
        del device
        return function(array, dtype)

    return made


def _eye(rows: int, *, dtype: Any = tf.float32, device: Any = None) -> Array:
    del device
    return tf.eye(rows, dtype=dtype)


def _log2(array: Array) -> Array:
    return tf.math.log(array) * tf.constant(1 / math.log(2), array.dtype)


def _sort(array: Array, *, axis: int = -1) -> Array:
    return tf.sort(array, axis=axis)


def _finfo(dtype: Any) -> Any:
    if dtype == tf.bfloat16:  # unknown to NumPy
        return SimpleNamespace(bits=16, eps=2.0**-7, smallest_normal=2.0**-126, max=float(dtype.max))
    return np.finfo(dtype.as_numpy_dtype)


def _flip(array: Array, *, axis: int) -> Array:
    return tf.reverse(array, [axis])


NAMESPACE = SimpleNamespace(
    **{name: getattr(tf, name) for name in ("bool", "int8", "int32", "int64", "float32", "float64")},
    **{
        name: getattr(tf, name)
        for name in ("abs", "acos", "cos", "exp", "floor", "round", "sin", "sqrt", "tanh")
    },
    **{name: getattr(tf.math, name) for name in ("expm1", "log", "log1p")},
    all=_reduction(tf.reduce_all),
    any=_reduction(tf.reduce_any),
    arange=_arange,
    argmax=_argmax,
    asarray=_asarray,
    astype=_astype,
    broadcast_to=tf.broadcast_to,
    clip=_clip,
    concat=lambda arrays, axis=0: tf.concat(arrays, axis),
    expand_dims=lambda array, axis=0: tf.expand_dims(array, axis),
    eye=_eye,
    finfo=_finfo,
    flip=_flip,
    full=_full,
    full_like=_full_like,
    iinfo=lambda dtype: np.iinfo(dtype.as_numpy_dtype),
    inf=math.inf,
    isdtype=_isdtype,
    isfinite=tf.math.is_finite,
    isinf=tf.math.is_inf,
    isnan=tf.math.is_nan,
    linalg=SimpleNamespace(inv=tf.linalg.inv, svdvals=lambda array: tf.linalg.svd(array, compute_uv=False)),
    log2=_log2,
    matmul=tf.matmul,
    matrix_transpose=tf.linalg.matrix_transpose,
    max=_reduction(tf.reduce_max),
    maximum=lambda one, other: tf.maximum(*_beside(one, other)),
    min=_reduction(tf.reduce_min),
    minimum=lambda one, other: tf.minimum(*_beside(one, other)),
    moveaxis=_moveaxis,
    nan=math.nan,
    ones_like=_like(tf.ones_like),
    pow=lambda one, other: tf.pow(*_beside(one, other)),
    reshape=lambda array, shape: tf.reshape(array, _shape(shape)),
    sort=_sort,
    stack=lambda arrays, axis=0: tf.stack(arrays, axis),
    sum=_reduction(tf.reduce_sum),
    take=_take,
    take_along_axis=_take_along_axis,
    where=_where,
    zeros=_zeros,
    zeros_like=_like(tf.zeros_like),
)
