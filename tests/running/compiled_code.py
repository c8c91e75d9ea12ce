"""
Compiled code: Python's kept between runs, XLA's for a run, and all forgotten in memory once tests are done.

Without the last, a process that compiles some thousand functions grows to several GB. Python's is kept beside
the sources, or, where the environment forbids that, in pytest's own cache: the workers and every process that
a test starts would otherwise compile the project anew.
"""

import ctypes
import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest
from tests import array_libraries
from tests.running.scopes import scope_of

__all__ = ["pytest_configure", "pytest_runtest_teardown"]

# Modules of LLVM into which XLA splits a program, to compile them side by side: a small one gains nothing.
_XLA_FLAGS = (
    "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
    " --xla_cpu_parallel_codegen_split_count=1"
)
_LIMIT = pytest.StashKey()
# Resident bytes at which compiled code is forgotten, and by which a process may grow until the next time.
_FIRST_LIMIT, _STEP = 768 << 20, 256 << 20


def pytest_configure(config):
    """Make the folders of compiled code, which workers find in their environment."""
    _keep_bytecode(config)
    _compile_without_optimisation(config)
    if "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    folder = tempfile.TemporaryDirectory(prefix="xent-tests-", ignore_cleanup_errors=True)
    variables = {
        "JAX_COMPILATION_CACHE_DIR": folder.name,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    }
    os.environ.update(variables)
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(lambda: [os.environ.pop(name, None) for name in variables])


def _compile_without_optimisation(config):
    """Ask XLA for machine code that is compiled in a quarter of the time; `digits.py` has the exceptions."""
    found = os.environ.get("XLA_FLAGS", "")
    if _XLA_FLAGS not in found:
        os.environ["XLA_FLAGS"] = f"{found} {_XLA_FLAGS}".strip()
        config.add_cleanup(lambda: os.environ.update(XLA_FLAGS=found))


def _keep_bytecode(config):
    """Keep Python's compiled code in pytest's cache if the environment forbids it beside the sources."""
    if not os.environ.get("PYTHONDONTWRITEBYTECODE") or not hasattr(config, "cache"):
        return
    found = sys.dont_write_bytecode, sys.pycache_prefix
    forbidden = os.environ.pop("PYTHONDONTWRITEBYTECODE")
    folder = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(config.cache.mkdir("bytecode")))
    sys.dont_write_bytecode, sys.pycache_prefix = False, folder

    def restore():
        os.environ["PYTHONDONTWRITEBYTECODE"] = forbidden
        os.environ.pop("PYTHONPYCACHEPREFIX", None)
        sys.dont_write_bytecode, sys.pycache_prefix = found

    config.add_cleanup(restore)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Forget between scopes, if the process has grown beyond its limit."""
    if item.config.getoption("quick", default=False):
        return  # nothing of size is compiled
    is_last_of_scope = nextitem is None or scope_of(nextitem.nodeid) != scope_of(item.nodeid)
    if is_last_of_scope and _resident_memory() > item.config.stash.get(_LIMIT, _FIRST_LIMIT):
        forget_compiled_code()
        item.config.stash[_LIMIT] = max(_FIRST_LIMIT, _resident_memory() + _STEP)


def forget_compiled_code():
    """Let go of all that PyTorch and JAX have compiled, where they are loaded."""
    array_libraries.forget_compiled_functions()
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()
    if "torch._dynamo" in sys.modules:
        sys.modules["torch._dynamo"].reset()
    gc.collect()
    _return_free_memory()


def _return_free_memory():
    """Have C's allocator return what is free; it would keep most of it for the process."""
    trim = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident_memory():
    """Bytes; 0 where the system has no /proc."""
    statm = Path("/proc/self/statm")
    return (
        int(statm.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        if statm.exists()
        else 0
    )
