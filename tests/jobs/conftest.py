import pytest


def pytest_collect_file():
    """Skip the folder where a library of the whole way from table to report is not installed."""
    for library in (
        "jinja2",
        "matplotlib",
        "narwhals",
        "pyarrow",
        "rich",
        "sklearn",
        "skops",
        "typer",
        "pandas",
        "polars",
    ):
        pytest.importorskip(library)
