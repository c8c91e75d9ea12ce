import signal

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


@pytest.fixture
def heeded_signals():
    """SIGINT as in a program of its own: a shell has programs in its background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
