"""
Processes that share the tests: one for each core where all tests are asked for, none of their own otherwise.

A worker takes about ten seconds to start and to collect, more than a file of tests usually takes. ``-n``
overrules this.
"""

import os

import pytest
from tests.running.scopes import scope_of

__all__ = ["pytest_cmdline_main", "pytest_xdist_make_scheduler"]

# Each needs up to 1.5 GB, most of it for PyTorch, JAX and what they compile.
_MOST_WORKERS = 8
# Options that choose some of the tests, or show them one by one.
_NARROWING = ("keyword", "markexpr", "collectonly", "usepdb", "lf", "changed")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Ask for workers before `xdist` reads how many are wanted."""
    is_undecided = getattr(config.option, "numprocesses", 0) is None and not hasattr(config, "workerinput")
    if is_undecided and _asks_for_all(config):
        config.option.numprocesses = min(_cores(), _MOST_WORKERS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give a worker all tests that share what they compile, in the order of the files."""
    if config.option.dist != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByScope(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return ByScope(config, log)


def _asks_for_all(config):
    is_narrowed = any(getattr(config.option, name, None) for name in _NARROWING)
    return config.args_source is config.ArgsSource.TESTPATHS and not is_narrowed


def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
