"""
``pytest --quick``: what NumPy and the strict library of the array-API standard can tell, in a minute.

PyTorch and JAX count as not installed: tests that need them skip as they do where that is true, or are left
out if their first statement says so. A test that starts a process is skipped when it does; mutants are not
collected. New tests need no mark, but for those that take a second or more, `slow`, and those that take a
third of one, `half_second`; ``--half-seconds`` brings the latter back.
"""

import dis
import functools
import subprocess
import sys
from importlib.machinery import PathFinder
from unittest import mock

import pytest
from tests.running.scopes import words_of

__all__ = [
    "NotInstalled",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_ignore_collect",
    "pytest_runtest_protocol",
]

_LEFT_OUT = frozenset({"torch", "jax", "jaxlib", "optax"})
_JUMPS = frozenset({*dis.hasjrel, *dis.hasjabs})
# Each file of these would be read to be skipped.
_NOT_COLLECTED = frozenset({"gpu", "mutants", "torch", "jax", "keras"})


class NotInstalled(PathFinder):
    """Finds the modules on the path but for those that are left out."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        """Nothing for what is left out."""
        return None if fullname.partition(".")[0] in _LEFT_OUT else super().find_spec(fullname, path, target)


def pytest_addoption(parser):
    """Add the option."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="NumPy and array-api-strict alone; no compilers, processes or mutants",
    )
    parser.addoption(
        "--half-seconds", action="store_true", help="with --quick, tests too that take about half a second"
    )


def pytest_configure(config):
    """Leave out the libraries with compilers."""
    if not config.option.quick:
        return
    place = sys.meta_path.index(PathFinder)
    sys.meta_path[place] = NotInstalled
    config.add_cleanup(lambda: sys.meta_path.__setitem__(sys.meta_path.index(NotInstalled), PathFinder))
    # Examples in the docstrings of modules that need what is left out.
    config.option.doctest_ignore_import_errors = True


def pytest_ignore_collect(collection_path, config):
    """Leave out mutants, of which each is a run of its own, and the rooms of libraries that are left out."""
    if not config.option.quick:
        return None
    below = collection_path.parts[len(config.rootpath.parts) :]
    return True if _NOT_COLLECTED & set(below) else None


def pytest_collection_modifyitems(config, items):
    """Leave out what is slow or of a library that is left out, and second turns of the other libraries."""
    if config.option.quick:
        marks = ("slow",) if config.option.half_seconds else ("slow", "half_second")
        left_out = [item for item in items if _is_left_out(item, marks)]
        config.hook.pytest_deselected(items=left_out)
        skipped = set(left_out)
        items[:] = [item for item in items if item not in skipped]


def _is_left_out(item, marks):
    """
    True of tests that are marked, that need a library that is left out, and of second turns.

    NumPy's second turn is on read-only arrays. Strictness is a matter of calls and of dtypes, not of digits,
    so the strict library runs in 32 bits, where an array of 64 bits shows.
    """
    words = words_of(item.nodeid)
    return bool(
        words & _LEFT_OUT
        or "read" in words
        or words >= {"strict", "float64"}
        or any(map(item.get_closest_marker, marks))
        or _needs_what_is_left_out(getattr(item, "function", None))
    )


@functools.cache
def _needs_what_is_left_out(function):
    """True of a function that asks for a library that is left out, whatever its arguments."""
    code = getattr(function, "__code__", None)
    if code is None or "importorskip" not in code.co_names or _LEFT_OUT.isdisjoint(code.co_consts):
        return False
    asks = False
    for instruction in dis.get_instructions(code):
        if instruction.opcode in _JUMPS:
            return False
        asks |= instruction.argval == "importorskip"
        if asks and instruction.opname == "LOAD_CONST":
            return instruction.argval in _LEFT_OUT
    return False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Skip a test that starts a process; the workers themselves are processes."""
    if not item.config.option.quick:
        return (yield)
    with mock.patch.object(subprocess.Popen, "__init__", _skip):
        return (yield)


def _skip(*_, **__):
    pytest.skip("--quick starts no process")
