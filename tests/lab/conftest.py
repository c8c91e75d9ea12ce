import pytest
from docs.chromium import MISSING, chromium, executable
from tests.lab.open_page import heard, watched_page

from xent.jobs.lab import write_lab


def pytest_collect_file():
    """Skip the folder where scikit-learn, or a library that comes with it, is not installed."""
    for library in ("jinja2", "joblib", "threadpoolctl", "sklearn"):
        pytest.importorskip(library)


@pytest.fixture(scope="module")
def browser(request):
    """
    Chromium for the tests of a file; they skip where none is installed.

    For one file, since Playwright starts no second time in a process in which it still runs.
    """
    if request.config.getoption("quick"):
        # Playwright fails otherwise than by this skip if its process does not start.
        pytest.skip("--quick starts no process")
    pytest.importorskip("playwright", reason=f"could not import playwright; {MISSING}")
    if executable() is None:
        pytest.skip(MISSING)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def lab_file(tmp_path_factory):
    return write_lab(tmp_path_factory.mktemp("lab") / "lab.html")


@pytest.fixture(scope="module")
def page(browser, lab_file):
    page = browser.new_page()
    page.goto(lab_file.as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def watched(browser):
    """Function that returns the page of a language, which tests load anew: new ones took thrice the time."""
    pages = {}

    def of_language(locale):
        if locale not in pages:
            pages[locale] = watched_page(browser.new_context(locale=locale))
        return pages[locale]

    yield of_language
    for page in pages.values():
        page.context.close()


@pytest.fixture
def open_lab(watched, lab_file):
    """
    Function that loads the lab at a fragment; no page may have complained or asked for anything.

    A page is loaded again in place of the last one of its language.
    """
    opened = []

    def loaded(fragment="", locale="en", viewport=(1200, 900), color_scheme="light", reduced_motion="reduce"):
        page = watched(locale)
        opened.append(page)
        page.set_viewport_size(dict(zip(("width", "height"), viewport, strict=True)))
        # Without motion, scrolling to a view takes no frames.
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        # From another document: a page that differs by the fragment alone is not loaded again.
        page.goto("about:blank")
        page.goto(lab_file.as_uri() + fragment)
        return page

    yield loaded
    complaints = [text for page in opened for text in heard(page)]
    assert complaints == []
