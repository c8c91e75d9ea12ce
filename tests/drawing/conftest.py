import pytest


def pytest_collect_file():
    """Skip the folder where a library that draws is not installed."""
    for library in ("matplotlib", "rich"):
        pytest.importorskip(library)
