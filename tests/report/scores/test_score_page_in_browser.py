"""The page of scores as a browser shows it: on a phone and a desk, light and dark, and on paper."""

import numpy as np
import pytest
from tests.report.scores.test_score_reports import rows

import xent
from xent.report.scores.html_report import render_html

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page_text():
    table = rows() | {"age": np.arange(600) % 70}
    return render_html(xent.score(table, "y", slices=["<b>city", "age"]))


@pytest.fixture(scope="module", params=[(380, "dark"), (1200, "light")], ids=str)
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


def test_axe_finds_nothing_and_nothing_is_loaded_or_fails(shown):
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(shown).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []
    assert shown.faults == []


def test_the_page_never_scrolls_sideways(shown):
    wide, seen = shown.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= seen


def test_on_paper_long_tables_continue_on_the_next_page_and_short_ones_stay_whole(shown):
    shown.emulate_media(media="print")
    boxes = shown.evaluate(
        """[...document.querySelectorAll('.scroll')].map(box => [
            box.querySelectorAll('tbody tr').length, getComputedStyle(box).breakInside])"""
    )
    assert {count > 8 for count, _ in boxes} == {True, False}
    assert all(inside == ("auto" if count > 8 else "avoid") for count, inside in boxes)
