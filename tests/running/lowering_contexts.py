"""
One context of MLIR for many functions that JAX lowers, while tests run.

JAX makes one for each function, and its caches keep it: 3 ms and half a megabyte each, of which tests that
call JAX without `jit` make a thousand. Where memory is short, compiled code is forgotten and made anew, too.
"""

import sys

import pytest

__all__ = ["pytest_runtest_setup"]

# A context keeps the constants of all that was lowered in it.
_FUNCTIONS = 200
_MODULE = "jax._src.interpreters.mlir"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Have JAX share contexts, once it is loaded."""
    mlir = sys.modules.get(_MODULE)
    made = getattr(mlir, "make_ir_context", None)
    if made is not None and not isinstance(made, Shared):
        mlir.make_ir_context = Shared(made)


class Shared:
    """Function without arguments that returns the same for many calls, then another."""

    def __init__(self, made):
        self._made, self._kept, self._left = made, None, 0

    def __call__(self):
        if self._left == 0:
            self._kept, self._left = self._made(), _FUNCTIONS
        self._left -= 1
        return self._kept
