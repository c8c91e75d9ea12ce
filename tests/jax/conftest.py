"""Skips the folder where JAX or optax is not installed."""

import os
from importlib.util import find_spec

import pytest

# Only a process with four devices may run these checks: that of `test_sharded`.
collect_ignore = (
    [] if "xla_force_host_platform_device_count=4" in os.environ.get("XLA_FLAGS", "") else ["sharded.py"]
)


def pytest_collect_file():
    for library in ("jax", "optax"):
        if find_spec(library) is None:
            pytest.skip(f"could not import '{library}'", allow_module_level=True)
