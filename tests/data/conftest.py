import pytest


def pytest_collect_file():
    """Skip the folder where a library of tables is not installed."""
    for library in ("narwhals", "pyarrow", "sklearn", "skops", "pandas", "polars"):
        pytest.importorskip(library)
