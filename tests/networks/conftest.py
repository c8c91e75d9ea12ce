import pytest


def pytest_collect_file():
    """Skip the folder where a library that networks need is not installed."""
    for library in ("torch", "safetensors", "sklearn", "pandas"):
        pytest.importorskip(library)
