import pytest


def pytest_collect_file():
    """Skip the folder where scikit-learn, or a library that comes with it, is not installed."""
    for library in ("joblib", "threadpoolctl", "sklearn"):
        pytest.importorskip(library)
