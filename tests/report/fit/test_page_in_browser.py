"""The page as a browser shows it: on a phone and a desk, light and dark, and to a screen reader."""

import html

import pytest
from tests.fuzz.hostile import HOSTILE
from tests.report.fit.test_sample_pictures import samples

from xent.report.fit import render_html

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["two", "many classes", "signals", "images"])
def page_text(request, make_findings):
    if request.param in {"signals", "images"}:
        return render_html(
            make_findings(samples=samples(shape=(8, 8) if request.param == "images" else None))
        )
    classes = {
        "two": ("no", "yes"),
        "many classes": tuple(f"a class of a long name, number {k}" for k in range(30)),
    }[request.param]
    return render_html(make_findings(classes))


@pytest.fixture(scope="module", params=[(390, "dark"), (1200, "light")], ids=str)
def shown(request, browser, page_text):
    width, scheme = request.param
    # The page forbids scripts, and axe is one.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("request", lambda request: page.faults.append(request.url))
    page.set_content(page_text)
    yield page
    context.close()


def test_axe_finds_nothing(shown):
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(shown).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []


def test_nothing_is_loaded_and_nothing_fails(shown):
    assert shown.faults == []


def test_the_page_never_scrolls_sideways(shown):
    wide, seen = shown.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= seen


def test_every_box_that_scrolls_can_be_reached_and_shows_that_it_scrolls(shown):
    boxes = shown.evaluate(
        """[...document.querySelectorAll('.scroll')].map(box => ({
            scrolls: box.scrollWidth > box.clientWidth, focus: box.tabIndex,
            background: getComputedStyle(box).backgroundAttachment}))"""
    )
    assert boxes
    assert any(box["scrolls"] for box in boxes) or shown.viewport_size["width"] > 390
    for box in boxes:
        assert box["focus"] == 0
        assert box["background"].split(", ") == ["local", "local", "scroll", "scroll", "scroll"]


def test_the_page_looks_the_same_in_the_frame_of_a_notebook(browser, make_findings):
    page = browser.new_page()
    text = html.escape(render_html(make_findings()))
    page.set_content(f'<iframe sandbox srcdoc="{text}" style="width: 100%; height: 42rem"></iframe>')
    heading = page.frame_locator("iframe").locator("h1")
    assert heading.inner_text() == "iris"
    assert heading.evaluate("e => getComputedStyle(e).fontFamily").startswith('"Iowan Old Style"')
    page.close()


def test_markup_in_names_of_a_table_is_text_to_a_browser(browser, make_findings):
    markup = "".join(HOSTILE)
    text = render_html(make_findings(HOSTILE[:10], name=markup, target=markup, version=markup))
    assert obeyed(browser, text) == []
    # The same page would be obeyed if the names were not escaped.
    assert "alert" in obeyed(browser, html.unescape(text))


def obeyed(browser, text):
    """Dialogs and requests of a page, its scripts allowed, and the elements that only names can have made."""
    context = browser.new_context(bypass_csp=True)
    page, found = context.new_page(), []
    page.on("dialog", lambda dialog: (found.append(dialog.type), dialog.dismiss()))
    page.on("request", lambda request: found.append(request.url))
    page.set_content(text)
    found += page.evaluate("[...document.querySelectorAll('script, img, iframe')].map(e => e.outerHTML)")
    context.close()
    return found
