"""
Python's garbage collector rests while tests are collected, and passes over what was collected from then on.

Half a million objects live as long as the process; to visit them each time took a tenth of the time before
the first test.
"""

import gc

import pytest

__all__ = ["pytest_collection"]


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect without the garbage collector."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
