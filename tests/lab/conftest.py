import pytest
from docs.chromium import MISSING, chromium, executable
from tests.lab.open_page import WATCHED, watched_page

from xent.jobs.lab import write_lab


def pytest_collect_file():
    """Skip the folder where scikit-learn, or a library that comes with it, is not installed."""
    for library in ("jinja2", "joblib", "threadpoolctl", "sklearn"):
        pytest.importorskip(library)


@pytest.fixture(scope="module")
def browser(request):
    """Chromium for the tests of one file; they skip where none is installed."""
    if request.config.getoption("quick"):
        # Playwright fails otherwise than by this skip if its process does not start.
        pytest.skip("--quick starts no process")
    pytest.importorskip("playwright", reason=f"could not import playwright; {MISSING}")
    if executable() is None:
        pytest.skip(MISSING)
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def lab_file(tmp_path_factory):
    return write_lab(tmp_path_factory.mktemp("lab") / "lab.html")


@pytest.fixture(scope="module")
def page(browser, lab_file):
    page = browser.new_page()
    page.goto(lab_file.as_uri())
    yield page
    page.close()


@pytest.fixture
def open_lab(browser, lab_file):
    """Function that opens the lab at a fragment; no page may have complained or asked for anything."""
    contexts = []

    def opened(fragment="", **options):
        # Without motion, scrolling to a view takes no frames.
        usual = {"viewport": {"width": 1200, "height": 900}, "locale": "en", "reduced_motion": "reduce"}
        context = browser.new_context(**usual | options)
        contexts.append(context)
        return watched_page(context, lab_file.as_uri() + fragment)

    yield opened
    for context in contexts:
        complaints = [text for page in context.pages for text in WATCHED.pop(page, [])]
        context.close()
        assert complaints == []
