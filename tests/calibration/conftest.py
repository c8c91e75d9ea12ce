import pytest


def pytest_collect_file():
    """Skip the folder where a library that estimators are tested with is not installed."""
    for library in ("sklearn", "pandas"):
        pytest.importorskip(library)
