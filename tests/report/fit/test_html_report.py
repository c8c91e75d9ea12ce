from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from xent.drawing.number_format import percent, typeset
from xent.report.fit import render_html, render_json

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Every element of a page with its attributes, its text, and whether tags are closed in order."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words, self.paths = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.paths.append((*self.open, tag))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.paths.append((*self.open, tag))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def page(any_findings):
    return render_html(any_findings)


@pytest.fixture(scope="module")
def usual(findings):
    return render_html(findings)


def test_tags_are_closed_and_the_page_names_its_language_and_title(page):
    parsed = Page(page)
    assert parsed.open == []
    assert parsed.all("html") == [{"lang": "en"}]
    assert len(parsed.all("title")) == len(parsed.all("h1")) == len(parsed.all("main")) == 1


def test_headings_go_down_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in Page(page).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_picture_has_alternative_text_and_a_caption(page):
    parsed = Page(page)
    for picture in parsed.all("svg"):
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 20
    assert parsed.all("img") == []
    assert all("figure" in path for path in parsed.paths if path[-1] == "svg")
    assert len(parsed.all("figure")) == len(parsed.all("figcaption")) == len(parsed.all("svg"))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page):
    parsed = Page(page)
    assert len(parsed.all("table")) == len(parsed.all("caption")) > 0
    assert all(cell.get("scope") in {"col", "row"} for cell in parsed.all("th"))


def test_ids_are_unique_and_everything_referred_to_exists(page):
    parsed = Page(page)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    referred = {
        attributes["aria-labelledby"] for _, attributes in parsed.elements if "aria-labelledby" in attributes
    }
    referred |= {use["href"].removeprefix("#") for use in parsed.all("use")}
    referred |= set(re.findall(r"url\(#([^)]+)\)", page))
    assert referred <= set(ids)


def test_nothing_is_loaded_from_anywhere(page):
    parsed = Page(page)
    assert "http" not in page.replace("http-equiv", "")
    assert "@import" not in page
    assert parsed.all("script") == parsed.all("iframe") == parsed.all("object") == []
    for _, attributes in parsed.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("src") is None
        assert attributes.get("href", "#").startswith(("#", "data:,"))


def test_every_colour_variable_is_defined_for_light_and_dark(page):
    style = page.split("<style>")[1].split("</style>")[0]
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)")
    used = set(re.findall(r"var\(--([\w-]+)\)", page)) - {"w", "a", "serif", "sans"}
    for name in used:
        assert f"--{name}:" in light
        assert f"--{name}:" in dark.split("}")[0]
    assert not re.search(r"(?:fill|stroke): #", page)


def test_the_page_stays_small(page):
    assert len(page.encode()) < 200_000


def test_the_page_stays_small_with_any_number_of_classes(make_findings):
    page = render_html(make_findings(tuple(f"class number {k}" for k in range(600)), features=150))
    assert len(page.encode()) < 200_000
    assert "The other 500 classes together" in page


def test_names_are_escaped_wherever_they_stand(page, any_findings):
    hostile = "<script>" in any_findings.target
    assert "<script" not in page
    assert ("&lt;script&gt;" in page) == hostile
    assert "\x1b" not in page
    assert ("{{7*7}}" in Page(page).text) == hostile
    assert not re.search(r"a{200}", page)


def test_the_page_is_the_same_each_time(findings, usual, make_findings):
    render_html(make_findings(("no", "yes")))
    assert render_html(findings) == usual


def test_page_and_json_tell_the_same_numbers(findings, usual):
    text, document = Page(usual).text, json.loads(render_json(findings))
    judgement = document["held_out"]
    for measure in ("cross_entropy", "bits", "perplexity"):
        assert typeset(judgement[measure]["value"]) in text
    for share in (judgement["skill"], judgement["error"]["value"], document["training"]["error"]):
        assert percent(share) in text
    for number in (judgement["prior_entropy"], document["training"]["cross_entropy"]):
        assert typeset(number) in text
    for bin_ in judgement["reliability"]:
        assert f"{percent(bin_['predicted'])} {percent(bin_['observed']['value'])}" in text


def test_every_part_is_there(usual):
    text = Page(usual).text.replace("\u00a0", " ")
    for part in (
        "Cross-entropy 0.300 nats 95 % interval: 0.240 to 0.390",
        "Of the prior entropy, the model leaves 27.3 %:",
        "virginica 50.0 % 42 0.439 4.8 %",
        "100 12.5 setosa 0.017 % versicolor 99.983 %",
        "3 virginica 2 0 40",
        "Within 3.1\u00d710⁻¹¹ nats of the minimum, certified, after 5 steps (tolerance 10⁻⁸).",
        "feature 0 setosa +2.00",
        "factor p(1 \u2212 p), which vanishes",
        "From sure and wrong",
        "Squared error's first gradient is 100 times smaller (0.0170 in norm against 1.70).",
        "id identifier 0 unique in every row: dropped",
    ):
        assert part in text
    assert len(Page(usual).all("svg")) == 1 + 3 + 6


def test_parts_with_nothing_in_them_are_left_out(make_findings):
    page = Page(
        render_html(make_findings(candidates=False, races=(), coefficients=(), columns=(), perfect=True))
    )
    headings = [path for path in page.paths if path[-1] == "h2"]
    assert len(headings) == 5
    assert len(page.all("svg")) == 3


def test_bars_never_leave_their_box(page):
    widths = [float(width) for width in re.findall(r"--w:([^\"]*)\"", page)]
    assert widths
    assert all(0 <= width <= 1 for width in widths)


def test_showing_columns_waits_for_no_drawing_library():
    code = (
        "import sys; from xent.report.fit import FitFindings, render_columns; "
        "assert not {'matplotlib', 'jinja2'} & set(sys.modules); "
        "from xent.report.fit import render_html; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
