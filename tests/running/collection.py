"""
Python's garbage collector rests while tests are collected, and passes over what was collected from then on.

Half a million objects live as long as the process; to visit them each time took a tenth of the time before
the first test. Afterwards the collector runs less often than Python's own thresholds say: compilers make
millions of objects that live until they are done, and to visit those took a tenth of their time.
"""

import gc

import pytest

__all__ = ["THRESHOLDS", "pytest_collection"]

# New objects before a collection, and collections of one generation before one of the next. By themselves
# cycles of references are rare; a large process forgets what it has compiled (`compiled_code.py`) anyway.
THRESHOLDS = 5_000, 20, 20


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect without the garbage collector."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        if was_enabled:
            gc.enable()
