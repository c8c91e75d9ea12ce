"""Names and cells that a browser or a terminal would obey: inert in reports of fits in batches."""

import csv
import html

import numpy as np
import pytest
from tests.fuzz.fits import assert_obeys_nothing, assert_prints_plainly
from tests.fuzz.hostile import IN_FITS

from xent.report.fit import render_html, render_json, render_text

NAMES = ("<script>alert(1)</script>", "=1+1|x", "\x1b]0;title\x07", "\u202eevil[bold]x[/bold]", "' onload='x")
TARGET = "<img src=x onerror=alert(1)>"
CLASSES = ("</style><script>x</script>", "@SUM(A1){{7*7}}", "\x1b[31mred\u202e")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    from xent.jobs.batches.streamed_fitting import StreamWishes, fit_stream

    path, rng = tmp_path_factory.mktemp("stream") / "t.csv", np.random.default_rng(20261205)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*NAMES, TARGET])
        for k in range(240):
            cells = [IN_FITS[(k + shift) % 8] for shift in range(len(NAMES) - 1)]
            writer.writerow([rng.standard_normal(), *cells, CLASSES[int(rng.integers(3))]])
    return fit_stream(str(path), TARGET, StreamWishes(C=1.0)).findings


@pytest.mark.half_second
def test_nothing_of_a_streamed_table_is_obeyed_by_page_or_terminal(found):
    assert set(found.classes) == set(CLASSES)
    assert_obeys_nothing(render_html(found))
    assert_prints_plainly(lambda console: render_text(found, console))
    assert "\x1b" not in render_json(found)


@pytest.mark.slow
def test_markup_in_a_streamed_table_is_text_to_a_browser(browser, found):
    from tests.report.fit.test_page_in_browser import obeyed

    page = render_html(found)
    assert obeyed(browser, page) == []
    # The same page would be obeyed if the names were not escaped.
    assert "alert" in obeyed(browser, html.unescape(page))
