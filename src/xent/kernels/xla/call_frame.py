"""
Calls of XLA's foreign function interface as NumPy arrays: the structures of ``xla/ffi/api/c_api.h`` in
ctypes.

Every structure begins with its size and a chain of extensions. A handler is called once when it is
registered, with an extension that asks for the version of the interface it was written for, and later with
the arrays of a program. Fields are only added at the end, so a structure that is at least as long as ours can
be read.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["handler_of"]

_VERSION = (0, 1)
# XLA_FFI_Extension_Metadata, XLA_FFI_ExecutionStage_EXECUTE and XLA_FFI_Error_Code_INTERNAL.
_METADATA, _EXECUTE, _INTERNAL = 1, 3, 13
# Numbers of XLA_FFI_DataType, of the dtypes that a kernel is called with.
_DTYPES = {4: np.int32, 5: np.int64, 11: np.float32, 12: np.float64}


class _Extension(Structure):
    pass


_Extension._fields_ = [("size", c_size_t), ("kind", c_int), ("next", POINTER(_Extension))]


class _Version(Structure):
    _fields_ = [("size", c_size_t), ("extension", c_void_p), ("major", c_int), ("minor", c_int)]


class _Metadata(Structure):
    _fields_ = [("size", c_size_t), ("version", _Version), ("traits", c_uint32)]


class _MetadataExtension(Structure):
    _fields_ = [("head", _Extension), ("metadata", POINTER(_Metadata))]


class _Buffer(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("extension", c_void_p),
        ("dtype", c_int),
        ("data", c_void_p),
        ("rank", c_int64),
        ("dims", POINTER(c_int64)),
    ]


class _Buffers(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("extension", c_void_p),
        ("count", c_int64),
        ("kinds", POINTER(c_int)),
        ("buffers", POINTER(POINTER(_Buffer))),
    ]


class _NewError(Structure):
    _fields_ = [("size", c_size_t), ("extension", c_void_p), ("message", c_char_p), ("code", c_int)]


_MAKE_ERROR = ctypes.CFUNCTYPE(c_void_p, POINTER(_NewError))


class _Interface(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("extension", c_void_p),
        ("version", _Version),
        ("internal", c_void_p),
        ("make_error", _MAKE_ERROR),
    ]


class _CallFrame(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("extension", POINTER(_Extension)),
        ("interface", POINTER(_Interface)),
        ("context", c_void_p),
        ("stage", c_int),
        ("arguments", _Buffers),
        ("results", _Buffers),
    ]


_HANDLER = ctypes.CFUNCTYPE(c_void_p, POINTER(_CallFrame))


def handler_of(compute: Callable[[list[NDArray[Any]], list[NDArray[Any]]], None]) -> Any:
    """
    Function of C that XLA can call, around `compute`, which reads a list of arrays and writes to another.

    The arrays share XLA's memory and are valid during the call only; they are of int32, int64, float32 or
    float64. An exception of `compute` becomes an error of XLA, which JAX raises. The caller keeps the
    function alive as long as XLA may call it.
    """

    def handle(frame: Any) -> int | None:
        """
        Result of one call of XLA: None, or the address of an error.

        A request for metadata gets the version of the interface; at the stage of execution `compute` is
        called, any exception of which becomes the error. At other stages nothing is done.
        """
        call = frame.contents
        if call.extension and call.extension.contents.kind == _METADATA:
            extension = ctypes.cast(call.extension, POINTER(_MetadataExtension)).contents
            metadata = extension.metadata.contents
            # XLA refuses the handler if it does not speak this version.
            metadata.version.major, metadata.version.minor = _VERSION
            # Without the trait of command buffers, which record a call and repeat it without the interpreter.
            metadata.traits = 0
        # The stages that prepare a program have nothing to do here; a null pointer says that all went well.
        elif call.stage == _EXECUTE:
            try:
                compute(_arrays(call.arguments), _arrays(call.results))
            except BaseException as error:  # noqa: BLE001 - none may pass through machine code
                return _error(call, f"xent: {type(error).__name__}: {error}")
        return None

    return _HANDLER(handle)


def _arrays(buffers: _Buffers) -> list[NDArray[Any]]:
    """Arrays that share the memory of XLA's buffers."""
    return [_array(buffers.buffers[k].contents) for k in range(buffers.count)]


def _array(buffer: _Buffer) -> NDArray[Any]:
    """Array that shares the memory of a buffer of XLA; KeyError for a dtype that is not in `_DTYPES`."""
    shape, dtype = tuple(buffer.dims[: buffer.rank]), np.dtype(_DTYPES[buffer.dtype])
    memory = (ctypes.c_char * (math.prod(shape) * dtype.itemsize)).from_address(buffer.data)
    return np.frombuffer(memory, dtype).reshape(shape)


def _error(call: _CallFrame, message: str) -> int | None:
    """Address of a new error of XLA with this `message`, or None; XLA frees the error that it is given."""
    words = _NewError(ctypes.sizeof(_NewError), None, message.encode(), _INTERNAL)
    made: int | None = call.interface.contents.make_error(ctypes.byref(words))
    return made
