"""
Library of an array: its namespace, its device, and conversion of sequences and numbers to its arrays.

array-api-compat answers some of these questions from a cache, of which `torch.compile` warns whenever it
traces a call; `is_array`, `is_torch`, `is_jax`, `is_tensorflow` and `device_of` have no cache.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeAlias

import array_api_compat

# At once, not by the first call: a process forked in the midst of that import could never import it again.
import array_api_compat.numpy
import numpy as np

from xent.arrays.numpy_memory import numpy_array, plain
from xent.errors import DTypeError, ShapeError

__all__ = [
    "Array",
    "Namespace",
    "as_arrays",
    "device_of",
    "floats_beside",
    "is_array",
    "is_jax",
    "is_tensorflow",
    "is_torch",
    "namespace_of",
]

# Arrays of different libraries share no static type, and neither do their namespaces.
Array: TypeAlias = Any
Namespace: TypeAlias = Any

_NUMBER = (bool, int, float)


def is_array(value: Any) -> bool:
    """
    True if `value` is an array of some library, and not a number, a sequence or None.

    Scalars of NumPy count as arrays, but for float64 and complex128, which are numbers of Python.
    """
    if value is None or isinstance(value, (bool, int, float, complex, list, tuple)):
        return False
    is_known = is_torch(value) or isinstance(value, np.ndarray) or is_jax(value)
    return is_known or is_tensorflow(value) or bool(array_api_compat.is_array_api_obj(value))


def is_torch(array: Any) -> bool:
    """True if `array` is a tensor of PyTorch."""
    return "torch" in sys.modules and isinstance(array, sys.modules["torch"].Tensor)


def is_jax(array: Any) -> bool:
    """True if `array` is an array of JAX, concrete or traced."""
    return "jax" in sys.modules and isinstance(array, sys.modules["jax"].Array)


def is_tensorflow(array: Any) -> bool:
    """True if `array` is a tensor of TensorFlow, eager or symbolic, or a variable."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(array, (tensorflow.Tensor, tensorflow.Variable))


def device_of(array: Any) -> Any:
    """
    Device for new arrays beside `array`; None if the library needs no device for new arrays.

    NumPy has one device. JAX places an array made without a device beside the other operands, and a traced
    array has no device. TensorFlow places each operation itself.
    """
    if isinstance(array, np.ndarray) or is_jax(array) or is_tensorflow(array):
        return None
    return array.device if is_torch(array) else array_api_compat.device(array)


def namespace_of(*arrays: Array | None, caller: str = "namespace_of") -> Namespace:
    """
    Array-API namespace of the library that all `arrays` belong to.

    Parameters
    ----------
    *arrays : array or None
        At least one array; ``None`` stands for an argument that was not given.
    caller : str, optional
        Name of the caller, for error messages.

    Returns
    -------
    module
        Namespace of functions for these arrays.

    Raises
    ------
    DTypeError
        If there is no array, or the arrays belong to several libraries.

    Examples
    --------
    >>> import numpy as np
    >>> namespace_of(np.zeros(2), None).__name__
    'array_api_compat.numpy'
    """
    given = [array for array in arrays if array is not None]
    if given and all(map(is_torch, given)):
        from array_api_compat import torch as namespace

        return namespace
    if given and all(map(is_tensorflow, given)):
        from xent.arrays.tensorflow_namespace import NAMESPACE

        return NAMESPACE
    try:
        return array_api_compat.array_namespace(*given)
    except TypeError:
        libraries = sorted({type(array).__module__.partition(".")[0] for array in given})
        raise DTypeError(
            caller,
            "arrays",
            "be arrays of one library",
            got=" and ".join(libraries) or "none",
            hint="Convert them to the library of the first.",
        ) from None


def as_arrays(
    *values: object, caller: str = "as_arrays", names: Sequence[str] = ()
) -> tuple[Namespace, tuple[Array, ...]]:
    """
    Namespace of `values`, and `values` as its arrays.

    Parameters
    ----------
    *values : array, sequence, number or None
        Sequences and numbers become arrays of the library, and on the device, of the first array; of NumPy
        if there is none. They get the dtype that this library chooses, so 32 bits for floats in PyTorch.
        NumPy arrays join that library too, unless one of them is the first: then all must be of NumPy. They
        get native byte order, aligned memory and the base class. Other arrays and ``None`` stay as they are,
        on any device; a variable of TensorFlow becomes a tensor.
    caller : str, optional
        Name of the caller, for error messages.
    names : sequence of str, default ()
        Name of the argument that each value came by, for error messages, which say "arrays" without.

    Returns
    -------
    xp : module
        Namespace of the arrays.
    arrays : tuple of array or None
        One entry for each value.

    Raises
    ------
    DTypeError
        If the arrays belong to several libraries, a sequence or a NumPy array has floats of more than 64
        bits, a sequence beside an array has an integer that the library's default integers do not hold, a
        sequence is ragged, not numeric or, beside an array, complex, a value is a mapping or a sequence of
        tensors that require gradients, or a NumPy array that joins another library is not numeric; an array
        alone may have any dtype.
    DomainError
        If an entry of a NumPy array is masked, or one of an array of a nullable dtype is missing; in
        sequences of such arrays too.

    Examples
    --------
    >>> xp, (logits, labels) = as_arrays([[0.5, 1.0]], [1])
    >>> logits.shape, labels.shape
    ((1, 2), (1,))
    """
    names = names or ("arrays",) * len(values)
    named = tuple(zip(values, names, strict=True))
    values = tuple(
        _plain_of_64_bits(v, caller, name) if isinstance(v, np.ndarray) else v for v, name in named
    )
    given = [value for value in values if is_array(value)]
    if not given:
        return np, tuple(None if v is None else _from_numbers(v, caller, name) for v, name in named)
    device = device_of(given[0])
    if not isinstance(given[0], np.ndarray) and any(isinstance(array, np.ndarray) for array in given):
        values = tuple(_joined(v, given[0], caller) if isinstance(v, np.ndarray) else v for v in values)
        given = [value for value in values if is_array(value)]
    xp = namespace_of(*given, caller=caller)
    if is_tensorflow(given[0]):
        # A variable is no tensor.
        values = tuple(xp.asarray(value) if is_tensorflow(value) else value for value in values)
    return xp, tuple(
        v if v is None or is_array(v) else _array_of(v, given[0], caller, name, device=device, xp=xp)
        for v, name in zip(values, names, strict=True)
    )


def _array_of(value: object, like: Array, caller: str, argument: str, *, device: Any, xp: Namespace) -> Array:
    """
    Number or sequence of numbers as an array of the library of `like`, of the dtype that the library chooses.

    It lies on `device`, which JAX ignores. Raises `DTypeError` for an integer beyond 64 bits, or beyond 32
    bits in JAX without 64 bits (NumPy would make an object or round it), and the errors of `_as_numbers`.
    """
    numbers = _as_numbers(value, caller, argument)
    _check_size(numbers, 2**63, "integers of 64 bits", caller, argument)
    if not is_jax(like):
        return xp.asarray(numbers, device=device)
    try:
        return xp.asarray(numbers)
    except OverflowError as error:
        hint = "Enable 64 bits in JAX."
        got = "one beyond"
        raise DTypeError(caller, argument, "hold integers of 32 bits", got=got, hint=hint) from error


def _check_size(numbers: Any, limit: int, kind: str, caller: str, argument: str) -> None:
    """
    Raise `DTypeError` unless the plain integers of `numbers` lie in ``-limit .. limit - 1``.

    The check covers `numbers`, if it is one number, or the entries of a flat list or tuple, not of nested
    ones. `kind` completes "must hold" in the message.
    """
    for number in numbers if isinstance(numbers, (list, tuple)) else (numbers,):
        if isinstance(number, int) and not -limit <= number < limit:
            got = f"one of {number.bit_length()} bits"
            raise DTypeError(caller, argument, f"hold {kind}", got=got)


def _joined(array: Array, like: Array, caller: str) -> Array:
    """
    Plain NumPy array as one of the library and on the device of `like`; it may share the memory.

    If the library's default integers have 32 bits, integers of 64 bits become int32, one out of its range the
    nearest in it: its lowest bits alone might be a class. A read-only or non-contiguous array is copied.
    Raises `DTypeError`, in the name of `caller`, for strings, dates and objects.
    """
    if array.dtype.kind in "OSUMm":
        raise DTypeError(caller, "arrays", "be arrays of numbers", got=str(array.dtype))
    xp = namespace_of(like)
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8:
        most = xp.iinfo(xp.arange(0).dtype)
        if most.bits < 64:
            array = np.clip(array, most.min if array.dtype.kind == "i" else 0, most.max).astype(np.int32)
    # PyTorch shares the memory, and refuses what is read-only or runs backwards.
    fit = array if array.flags.writeable and array.flags.c_contiguous else array.copy(order="C")
    return xp.asarray(fit, device=device_of(like))


def _plain_of_64_bits(array: Array, caller: str, argument: str) -> Array:
    """
    NumPy array of the base class, in native byte order and aligned: `array` itself if it is so already.

    Raises `DomainError` for a masked entry, and `DTypeError` for real floats of more than 64 bits, because
    the formulas' constants have 64 bits only. Every other dtype passes, complex numbers of more than 128 bits
    too. `caller` and `argument` are names for the messages.
    """
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        hint = "Convert it with `.astype(numpy.float64)`."
        raise DTypeError(caller, argument, "have at most 64 bits a number", got=str(array.dtype), hint=hint)
    # Most arrays are plain, and the conversion would take noticeable time for short vectors.
    if type(array) is np.ndarray and array.dtype.isnative and array.flags.aligned:
        return array
    return plain(array, caller=caller, argument=argument)


def floats_beside(
    like: Array, value: object, dtype: Any, *, caller: str, xp: Namespace, argument: str = "arrays"
) -> Array:
    """
    Numbers, in sequences of any depth, as an array of a real floating `dtype` on the device of `like`.

    The array is of the library of `like`. Each number is rounded once, to `dtype`; without it PyTorch would
    round 0.1 to 32 bits. Raises `DTypeError` for anything but real numbers and for a ragged sequence,
    `DomainError` for a masked entry.

    Examples
    --------
    >>> import numpy as np
    >>> floats_beside(np.zeros(2), [1, 0.5], np.float32, caller="f", xp=np)
    array([1. , 0.5], dtype=float32)
    """
    numbers = _as_numbers(value, caller, argument)
    _check_size(numbers, 2**1023, "numbers of 64 bits", caller, argument)
    return xp.asarray(numbers, dtype=dtype, device=device_of(like))


def _as_numbers(value: object, caller: str, argument: str) -> Any:
    """
    Number, or sequence of numbers, for `xp.asarray`, which chooses the dtype.

    Numbers and flat lists or tuples of them are returned as they are, with integers of any size; all else
    becomes nested lists, arrays within too. Raises `DTypeError` for complex numbers, for floats of more than
    64 bits, for anything but numbers and for a ragged sequence, `DomainError` for a masked or missing entry
    of an array.
    """
    # Plain numbers are passed on as they are, so that torch.compile treats them as constants.
    if isinstance(value, _NUMBER) or (
        isinstance(value, (list, tuple)) and all(isinstance(entry, _NUMBER) for entry in value)
    ):
        return value
    array = _from_numbers(value, caller, argument)
    if array.dtype.kind == "c":
        raise DTypeError(caller, argument, "hold real numbers", got=str(array.dtype))
    return array.tolist()


def _from_numbers(value: object, caller: str, argument: str) -> Array:
    """
    Numbers in sequences of any depth as a NumPy array, of the dtype that NumPy chooses; complex ones pass.

    Raises `DTypeError` for a ragged sequence, a mapping, floats of more than 64 bits or entries that are not
    numbers, `DomainError` for a masked or missing entry of an array.
    """
    try:
        array = _plain_of_64_bits(numpy_array(value, caller=caller, argument=argument), caller, argument)
    except ShapeError:
        array = np.asarray(None)
    if array.dtype.kind not in "biufc":
        raise DTypeError(caller, argument, "hold numbers", got=type(value).__name__)
    return array
