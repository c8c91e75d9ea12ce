import pytest


def pytest_configure(config):
    """Know the marks of scikit-learn's own tests, which run here on our estimator."""
    for mark in ("thread_unsafe", "filterwarnings"):
        config.addinivalue_line("markers", f"{mark}: a mark of scikit-learn's tests")


def pytest_collect_file():
    """Skip the folder where a library that estimators are tested with is not installed."""
    for library in ("sklearn", "pandas"):
        pytest.importorskip(library)
