"""Skips the folder where Keras or a library that it runs on is not installed."""

from importlib.util import find_spec

import pytest


def pytest_collect_file():
    # Not importorskip: importing keras here would bind this process to one backend.
    for library in ("keras", "jax", "torch"):
        if find_spec(library) is None:
            pytest.skip(f"could not import '{library}'", allow_module_level=True)
