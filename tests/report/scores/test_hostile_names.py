"""Names, classes and cells that a browser or a terminal would obey: inert in pages about predictions."""

import html

import numpy as np
import pytest
from tests.fuzz.fits import assert_obeys_nothing, assert_prints_plainly
from tests.fuzz.hostile import IN_FITS

import xent
from xent.report.scores.html_report import render_html
from xent.report.scores.text_report import render_calibrate, render_comparisons, render_score

CLASSES = ("<script>alert(1)</script>", "=1+1{{7*7}}", "\x1b]0;title\x07\u202eevil[bold]x[/bold]")


def hostile_rows():
    rng = np.random.default_rng(20261202)
    shares = rng.dirichlet(np.ones(3), 120)
    first, second = "<img src=x onerror=alert(1)>", "</style><script>x</script>\x1b[31m"
    columns = {"' onload='x": np.asarray(CLASSES)[[int(rng.choice(3, p=each)) for each in shares]]}
    for name, values in ((first, shares), (second, (shares + 0.1) / 1.3)):
        columns |= {f"{name}{label}": values[:, k] for k, label in enumerate(CLASSES)}
    columns["javascript:x\n<b>"] = np.asarray(IN_FITS)[np.arange(120) % 2 * 5]
    return columns, {"probs": [first, second], "slices": ["javascript:x\n<b>"]}


@pytest.fixture(scope="module")
def found():
    columns, options = hostile_rows()
    return xent.score(columns, "' onload='x", **options)


@pytest.mark.half_second
def test_nothing_of_a_table_is_obeyed_by_page_or_terminal(found):
    assert_obeys_nothing(render_html(found))
    assert_prints_plainly(lambda console: render_score(found, console))
    assert_prints_plainly(lambda console: render_comparisons(found, console))
    columns, options = hostile_rows()
    made = xent.calibrate(columns, "' onload='x", probs=options["probs"][:1], force=True)
    assert_prints_plainly(lambda console: render_calibrate(made.findings, console))


@pytest.mark.slow
def test_markup_in_names_is_text_to_a_browser(browser, found):
    from tests.report.fit.test_page_in_browser import obeyed

    page = render_html(found)
    assert obeyed(browser, page) == []
    # The same page would be obeyed if the names were not escaped.
    assert "alert" in obeyed(browser, html.unescape(page))
