"""
``pytest --quick``: what NumPy and the strict library of the array-API standard can tell, in a minute.

PyTorch and JAX count as not installed, so their tests skip as they do where that is true; a test that starts a process is
skipped when it does; mutants are not collected. New tests need no mark.
"""

import subprocess
import sys
from importlib.abc import MetaPathFinder
from unittest import mock

import pytest
from tests.running.scopes import words_of

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure", "pytest_ignore_collect"]

_LEFT_OUT = frozenset({"torch", "jax", "jaxlib", "optax"})


class _NotInstalled(MetaPathFinder):
    """Finds nothing of what is left out, and lets nobody else look for it."""

    def find_spec(self, fullname, path=None, target=None):
        del path, target
        if fullname.partition(".")[0] in _LEFT_OUT:
            raise ModuleNotFoundError(f"No module named {fullname!r}: left out by --quick", name=fullname)


def pytest_addoption(parser):
    """Add the option."""
    parser.addoption("--quick", action="store_true", help="NumPy and array-api-strict alone; no compilers, processes or mutants")


def pytest_configure(config):
    """Leave out the libraries with compilers, and processes."""
    if not config.option.quick:
        return
    sys.meta_path.insert(0, _NotInstalled())
    config.add_cleanup(lambda: sys.meta_path.pop(0))
    processes = mock.patch.object(subprocess.Popen, "__init__", _skip)
    processes.start()
    config.add_cleanup(processes.stop)
    # Examples in the docstrings of modules that need what is left out.
    config.option.doctest_ignore_import_errors = True


def pytest_ignore_collect(collection_path, config):
    """Leave out mutants, of which each is a run of its own."""
    return True if config.option.quick and "mutants" in collection_path.parts else None


def pytest_collection_modifyitems(config, items):
    """Leave out what is named after a library that is left out, and NumPy's second turn."""
    if config.option.quick:
        left_out = [item for item in items if words_of(item.nodeid) & (_LEFT_OUT | {"read"})]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _skip(*_, **__):
    pytest.skip("--quick starts no process")
