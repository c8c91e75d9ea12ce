"""The array libraries that every test of the array-generic rooms runs on."""

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np
import pytest

__all__ = [
    "ArrayLibrary",
    "array_library",
    "current_test",
    "forget_compiled_functions",
    "jit",
    "names",
]

# XLA's options for tests of each kind. Tests of digits keep that on which digits depend: the order of sums in
# vectors, and multiplications that are fused with additions. From level 1 on LLVM does both; the levels above
# change some last bits of a few losses. All others take the options that `tests/running/compiled_code.py`
# gives the process.
_OF_XLA = {
    "for users": {"xla_backend_optimization_level": 3, "xla_cpu_use_fusion_emitters": True},
    "for digits": {"xla_backend_optimization_level": 1},
    "for values": {},
}


def _as_it_is(function, *, kind):
    del kind
    return function


def jit(function, kind="for digits"):
    """`jax.jit` as it suits tests of a kind."""
    return sys.modules["jax"].jit(function, compiler_options=_OF_XLA[kind])


@dataclass(frozen=True)
class ArrayLibrary:
    """
    One array library: its namespace, the way into it and the way back.

    `compile` is what its users do to a function before they call it: `jax.jit`, or nothing. `flushes` says
    that it replaces numbers below the smallest normal one by 0.
    """

    name: str
    namespace: Any
    from_numpy: Callable
    to_numpy: Callable
    compile: Callable = _as_it_is
    flushes: bool = False

    def call(self, formula, *arrays):
        """A formula on NumPy arrays, computed in this library, with NumPy results."""
        compiled = _compiled(self, formula, kind=current_test.kind)
        return self._back(compiled(*map(self.from_numpy, arrays)))

    def call_public(self, function, *arrays, **keywords):
        """A public function on NumPy arrays, computed in this library, with NumPy results."""
        named = {name: self.from_numpy(array) for name, array in keywords.items()}
        compiled = _compiled_as_it_is(self, function, kind=current_test.kind)
        return self._back(compiled(*map(self.from_numpy, arrays), **named))

    def _back(self, result):
        return tuple(map(self.to_numpy, result)) if isinstance(result, tuple) else self.to_numpy(result)


@dataclass
class CurrentTest:
    """The running test: `kind` says what it wants to know of compiled code."""

    kind: str = "for users"


current_test = CurrentTest()


@functools.cache
def _compiled(library, formula, *, kind):
    function = functools.partial(formula, xp=library.namespace)
    return library.compile(function, kind=kind)


@functools.cache
def _compiled_as_it_is(library, function, *, kind):
    return library.compile(function, kind=kind)


def forget_compiled_functions():
    """Let go of the compiled functions, which hold on to their machine code."""
    _compiled.cache_clear()
    _compiled_as_it_is.cache_clear()


def _numpy():
    namespace = array_api_compat.array_namespace(np.zeros(1))
    return ArrayLibrary("numpy", namespace, np.array, np.asarray)


def _read_only():
    def from_numpy(array):
        array = np.array(array)
        array.setflags(write=False)
        return array

    return ArrayLibrary("read-only numpy", _numpy().namespace, from_numpy, np.asarray)


def _strict():
    strict = pytest.importorskip("array_api_strict")
    return ArrayLibrary("array-api-strict", strict, strict.asarray, np.asarray)


def _torch():
    torch = pytest.importorskip("torch")
    namespace = array_api_compat.array_namespace(torch.zeros(1))
    return ArrayLibrary(
        "torch", namespace, lambda array: torch.from_numpy(np.array(array)), lambda t: t.detach().numpy()
    )


def _jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return ArrayLibrary("jax", jax.numpy, jax.numpy.asarray, np.asarray, jit, flushes=True)


_LOADERS = {
    "numpy": _numpy,
    "read-only numpy": _read_only,
    "array-api-strict": _strict,
    "torch": _torch,
    "jax": _jax,
}
names = tuple(_LOADERS)


@functools.cache
def array_library(name):
    """The library called `name`; skips the test where it is not installed."""
    return _LOADERS[name]()
