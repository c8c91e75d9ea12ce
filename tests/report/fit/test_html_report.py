from __future__ import annotations

import itertools
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from xent.drawing.number_format import percent, typeset
from xent.report.fit import Caution, render_html, render_json

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


@pytest.mark.slow
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


@pytest.mark.half_second
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
        "Before you rely on this",
        "On 123 held-out rows the true class costs 0.300 nats on average",
        'Error of guessing 65.9 % always "virginica", the commonest class',
        "AUC 0.938 of each class against the others",
        "Brier score 0.0625 95 % interval: 0.0312 to 0.1250",
        "virginica 50.0 % 42 0.439 97.6 % 95.2 %",
        "100 12.5 setosa 0.017 % versicolor 99.983 %",
        "3 virginica 2 0 40",
        "Within 3.1\u00d710⁻¹¹ nats of the minimum, certified, after 5 steps (tolerance 10⁻⁸).",
        "feature 0 setosa +2.00",
        "factor p(1 \u2212 p), which vanishes",
        "from a start that is sure and wrong",
        "squared error, whose first gradient is 100 times smaller,",
        "id identifier 0 unique in every row: dropped",
    ):
        assert part in text
    assert len(Page(usual).all("svg")) == 1 + 3 + 3


def test_parts_with_nothing_in_them_are_left_out(make_findings):
    page = Page(
        render_html(
            make_findings(candidates=False, races=(), coefficients=(), columns=(), perfect=True, cautions=())
        )
    )
    headings = [path for path in page.paths if path[-1] == "h2"]
    assert len(headings) == 5
    assert len(page.all("svg")) == 3


def test_doubts_come_first_columns_second_and_the_race_last(usual):
    headings = re.findall(r'<h2 id="([^"]*)"', usual)
    assert headings[:3] == ["cautions", "result", "columns"]
    assert headings[-1] == "race"


def test_commands_in_cautions_are_code_and_names_in_them_are_escaped(make_findings):
    cautions = (Caution("leak", "Leave out <b> & fit: `--drop a<b`, `c`. An odd ` stays."),)
    page = render_html(make_findings(cautions=cautions))
    assert "&lt;b&gt; &amp; fit: <code>--drop a&lt;b</code>, <code>c</code>. An odd ` stays." in page


def test_the_bar_of_the_skill_is_as_long_as_its_card_says(usual, make_findings):
    card = usual.split("<dt>Skill</dt>")[1].split("</div>")[0]
    assert "72.7 %" in card
    assert "--w:0.7269" in card
    worse = replace(make_findings().held_out, prior_entropy=0.1)
    page = render_html(make_findings(held_out=worse))
    assert 'class="track"' not in page.split("</head>")[1]


def test_bars_of_classes_are_as_long_as_their_shares(usual):
    assert re.findall(r'class="bar" style="--w:([^"]*)"', usual) == ["0.5", "0.3333", "0.1667"]


def test_thresholds_are_shown_for_two_classes_with_the_least_cost_of_each_column(usual, make_findings):
    assert 'id="thresholds"' not in usual
    page = render_html(make_findings(("no", "yes")))
    section = page.split('id="thresholds"')[1].split("</section>")[0]
    assert section.count('class="n least"') == 3
    assert "83.3\u00a0% at 0.2, 50\u00a0% at 1, 16.7\u00a0% at 5" in section


def test_a_race_that_ties_is_left_out(findings, make_findings):
    race = findings.races[1]
    tie = replace(race, squared_error=race.cross_entropy)
    assert 'id="race"' not in render_html(make_findings(races=(tie,)))


def test_a_judged_model_is_named_and_has_no_training_error(findings):
    training = replace(findings.training, error=math.nan)
    rows = replace(findings.rows, read=123, without_target=0)
    page = Page(render_html(replace(findings, judged="models/iris", training=training, rows=rows, races=())))
    assert "Cross-entropy report of models/iris on iris" in page.text
    assert "123 rows: 123 judged by a model of 1,488 rows." in page.text
    assert "on the 1,488 rows it was fitted to Columns" in page.text


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
