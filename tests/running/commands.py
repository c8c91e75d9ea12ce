"""
The command line's tree of commands, built once a process.

Typer builds it for each call, from the annotations of a hundred options; that took most of the time of a test
of a command.
"""

import functools
import sys

__all__ = ["pytest_collection_finish"]


def pytest_collection_finish():
    """Have Typer keep what it builds, where a test has loaded it."""
    for module, name in (("typer.main", "get_command"), ("typer.testing", "_get_command")):
        found = sys.modules.get(module)
        if found is not None:
            setattr(found, name, functools.cache(getattr(found, name)))
