import pytest


def pytest_collect_file():
    """Skip the folder where the library for records is not installed."""
    pytest.importorskip("wfdb")
