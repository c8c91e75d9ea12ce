"""
Kernels that this process has compiled: its forks have them too, and save a fifth of a second for each.

Functions of the package that compile a kernel are cached; their arguments say which kernel it is.
"""

import functools
import gc
import importlib
import sys

from tests.mutants.edits import SOURCE

__all__ = ["are_written_by", "compile_kernels", "compiled_kernels", "forget_kernels"]

_KERNELS = SOURCE / "kernels"
_CACHED = type(functools.cache(len))


def are_written_by(path):
    """True if the module at `path` may be one that writes or compiles kernels."""
    return path.is_relative_to(_KERNELS)


def compiled_kernels():
    """Each compiled kernel: the module and the name of the cached function, and its arguments."""
    return [[*place, *key] for place, function in _cached_functions() for key in _arguments(function)]


def compile_kernels(kernels):
    """Compile what another process found to be compiled."""
    for module, name, *arguments in kernels:
        getattr(importlib.import_module(module), name)(*arguments)


def forget_kernels():
    """Have each kernel written and compiled anew at its next call."""
    for _, function in _cached_functions():
        if _arguments(function):
            function.cache_clear()


def _cached_functions():
    """The cached functions of the modules of kernels that are loaded, with module and name."""
    for name, module in list(sys.modules.items()):
        if name.startswith("xent.kernels."):
            for attribute, value in vars(module).items():
                if isinstance(value, _CACHED) and value.__module__ == name:
                    yield (name, attribute), value


def _arguments(function):
    """The arguments for which a cached function holds a kernel."""
    # Only the garbage collector shows the dictionary of a cache.
    held = [found for found in gc.get_referents(function) if isinstance(found, dict)]
    return [key for found in held for key, value in found.items() if type(value).__name__ == "RowsKernel"]
