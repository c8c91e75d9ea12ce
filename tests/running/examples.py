"""
Examples in docstrings are looked for only in files that have some.

Doctest's collector visits every object of a module; for the tests themselves, which have no examples, and two
in three files of the package that took a fifth of the time before the first test runs.
"""

import pytest
from _pytest.doctest import DoctestModule

__all__ = ["pytest_collect_file"]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path):
    """Leave out doctest's collector for a file without a prompt."""
    collectors = yield
    return [one for one in collectors if not isinstance(one, DoctestModule) or _has_prompt(file_path)]


def _has_prompt(path):
    return ">>>" in path.read_text(encoding="utf-8")
