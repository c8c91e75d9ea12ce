import pytest


def pytest_collect_file():
    """Skip the folder where a library of the command line is not installed."""
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
    ):
        pytest.importorskip(library)
