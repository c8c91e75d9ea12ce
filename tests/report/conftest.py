"""Findings for the renderers, imported late: a folder whose libraries are missing is skipped first."""

import pytest
from docs.chromium import MISSING, chromium, executable


def pytest_collect_file():
    """Skip the folder where a library of the command line is not installed."""
    for library in ("jinja2", "matplotlib", "rich", "sklearn"):
        pytest.importorskip(library)


@pytest.fixture(scope="session")
def make_findings():
    """Return a maker of findings; what it is not told is as after a good fit of iris."""
    from tests.report.made_findings import made_findings

    return made_findings


@pytest.fixture(scope="session")
def findings(make_findings):
    """Findings of a good fit of three classes."""
    return make_findings()


@pytest.fixture(scope="session")
def broken():
    """Findings with a number that is not finite in every place that can hold one."""
    from tests.report.made_findings import broken_findings

    return broken_findings()


@pytest.fixture(
    scope="session",
    params=[
        "usual",
        "two",
        "fifteen",
        "sixty",
        "one feature",
        "given",
        "unconverged",
        "perfect",
        "broken",
        "hostile",
    ],
)
def any_findings(request):
    """Return findings of every shape that a renderer has to cope with."""
    from tests.report.made_findings import SHAPES

    return SHAPES[request.param]()


@pytest.fixture(scope="module")
def browser():
    """
    Chromium without a window; a test that asks for it is skipped where there is none.

    For one file, since Playwright starts no second time in a process in which it still runs.
    """
    pytest.importorskip("playwright.sync_api")
    pytest.importorskip("axe_playwright_python")
    if executable() is None:
        pytest.skip(MISSING)
    with chromium() as started:
        yield started
