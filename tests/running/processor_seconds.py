"""
``pytest --processor-seconds``: processor time of the tests by folder, and of the longest tests.

On a busy machine wall-clock time says little. A test's time includes that of processes it waited for, and of
fixtures and compiled code that it is the first to need, so the folders' sums are the figures to compare.
"""

import os
from collections import Counter
from pathlib import PurePosixPath

import pytest

__all__ = [
    "pytest_addoption",
    "pytest_runtest_logreport",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_terminal_summary",
]

_KEY = "processor_seconds"
_BEGAN = pytest.StashKey()
_SPENT = Counter()


def pytest_addoption(parser):
    """Add the option."""
    parser.addoption(
        "--processor-seconds",
        type=int,
        metavar="N",
        help="sum processor time by folder, and show the N tests that took most",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Keep the time at which a test begins."""
    item.stash[_BEGAN] = _processor_time()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach a test's time to its last report, which a worker sends to the process that sums."""
    report = yield
    if call.when == "teardown" and item.config.option.processor_seconds is not None:
        report.user_properties.append((_KEY, _processor_time() - item.stash[_BEGAN]))
    return report


def pytest_runtest_logreport(report):
    """Add up."""
    if report.when == "teardown":
        _SPENT[report.nodeid] += dict(report.user_properties).get(_KEY, 0.0)


def pytest_terminal_summary(terminalreporter, config):
    """Show the sums."""
    if config.option.processor_seconds is None:
        return
    folders, tests = Counter(), Counter()
    for name, seconds in _SPENT.items():
        parts = PurePosixPath(name.partition("::")[0]).parts[:-1]
        folders["/".join(parts[:2])] += seconds
        tests["/".join(parts[:2])] += 1
    terminalreporter.section("processor seconds")
    for folder, seconds in folders.most_common():
        terminalreporter.write_line(f"{seconds:8.1f} s {tests[folder]:6} tests  {folder}")
    terminalreporter.write_line(f"{folders.total():8.1f} s {tests.total():6} tests  all")
    for name, seconds in _SPENT.most_common(config.option.processor_seconds):
        terminalreporter.write_line(f"{seconds:8.2f} s  {name}")


def _processor_time():
    """Seconds of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
