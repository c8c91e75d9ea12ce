from __future__ import annotations

import re

import matplotlib as mpl
import pytest

from xent.drawing.svg_panel import ACCENT, INK, svg_panel


def line(axes):
    axes.plot([0, 1], [0, 1], color=ACCENT, marker="o", markeredgecolor=INK)
    axes.annotate("a $\\frac{1}{2}$ < b & #0a0b0c 0.123456", (0.5, 0.5))


@pytest.fixture
def drawn():
    return svg_panel(line, name="one", label='says "5 < 6"')


def test_a_picture_says_what_it_shows(drawn):
    assert drawn.startswith(
        '<svg class="picture" role="img" viewBox="0 0 320 200" aria-label="says &quot;5 &lt; 6&quot;">'
    )


def test_dollars_are_no_formula_and_text_is_escaped(drawn):
    assert ">a $\\frac{1}{2}$ &lt; b &amp; #0a0b0c 0.123456</text>" in drawn


def test_every_colour_is_one_of_the_page(drawn):
    ours = {f"var(--{name})" for name in ("ink", "muted", "line", "surface", "accent", "rival")}
    assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", drawn)) <= {"none", *ours}
    assert "var(--accent)" in drawn


def test_every_id_is_its_own_and_every_reference_finds_it(drawn):
    other = svg_panel(line, name="two", label="")
    ids = re.findall(r' id="([^"]+)"', drawn + other)
    assert len(ids) == len(set(ids)) > 0
    references = re.findall(r'(?:href="#|url\(#)([^")]+)', drawn + other)
    assert set(references) <= set(ids)
    assert references


def test_nothing_outside_the_picture_is_styled_or_named(drawn):
    for foreign in ("<style", "http", "font-family", "<metadata", "<?xml", "<!DOCTYPE"):
        assert foreign not in drawn


def test_the_same_picture_is_drawn_whatever_was_set_or_drawn_before(drawn):
    with mpl.rc_context(
        {"lines.linewidth": 9, "text.usetex": True, "savefig.facecolor": "red", "font.size": 3}
    ):
        svg_panel(line, name="two", label="")
        assert svg_panel(line, name="one", label='says "5 < 6"') == drawn


def test_settings_of_the_user_are_as_they_were():
    before = dict(mpl.rcParams)
    svg_panel(line, name="one", label="")
    assert dict(mpl.rcParams) == before
