import pytest


def pytest_collect_file():
    """Skip the folder where a library that reads tables is not installed."""
    for library in ("sklearn", "pyarrow"):
        pytest.importorskip(library)
