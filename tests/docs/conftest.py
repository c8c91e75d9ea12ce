import pytest


def pytest_collect_file():
    """Skip the folder where the library that draws the pictures is not installed."""
    for library in ("matplotlib",):
        pytest.importorskip(library)
