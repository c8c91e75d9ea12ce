"""Text, JSON and page about predictions, from findings of real rows."""

import io
import itertools
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console
from tests.scoring.closed_truths import drawn_classes, normalised

import xent
from xent.drawing.number_format import plain
from xent.report.scores import sentences
from xent.report.scores.html_report import render_html
from xent.report.scores.json_report import render_json
from xent.report.scores.text_report import render_calibrate, render_comparisons, render_score

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Elements of a page, and its text; tags must be closed in order."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").split())


def rows(n=600, names="abc"):
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.ones(3), n)
    data = {
        "y": np.asarray(list(names))[drawn_classes(q, rng)],
        "<b>city": np.asarray(["x", "y"])[rng.integers(2, size=n)],
    }
    sharp = np.exp(normalised(2 * np.log(q)))
    for name, values in (("old", sharp), ("new", q)):
        data |= {f"{name}_{k}": values[:, i] for i, k in enumerate(names)}
    return data


@pytest.fixture(scope="module")
def found():
    return xent.score(rows(), "y", slices=["<b>city"])


@pytest.fixture(scope="module")
def infinite():
    data = {key: value.copy() for key, value in rows().items() if not key.startswith("new")}
    lost = np.flatnonzero(data["y"] == "a")[:2]
    data["old_b"][lost] += data["old_a"][lost]
    data["old_a"][lost] = 0
    return xent.score(data, "y")


def printed(render, findings, width=100):
    stream = io.StringIO()
    render(findings, Console(file=stream, width=width))
    return stream.getvalue()


@pytest.mark.half_second
def test_the_page_is_one_file_without_scripts_and_small(found):
    page = render_html(found)
    tree = Page(page)
    assert not tree.open
    assert len(page) < 400_000
    assert not {"script", "iframe", "object"} & {tag for tag, _ in tree.elements}
    outside = [
        value
        for _, attributes in tree.elements
        for key, value in attributes.items()
        if key in {"src", "href"}
    ]
    assert all(value.startswith(("#", "data:")) for value in outside)
    ids = Counter(attributes["id"] for _, attributes in tree.elements if "id" in attributes)
    assert max(ids.values()) == 1
    assert "<b>city" not in page
    assert "<b>city = " in tree.text


@pytest.mark.slow
def test_the_page_does_not_grow_with_the_rows(found):
    assert len(render_html(xent.score(rows(1800), "y", slices=["<b>city"]))) < 1.1 * len(render_html(found))


@pytest.mark.half_second
def test_every_picture_and_table_is_labelled(found):
    tree = Page(render_html(found))
    assert all(a.get("aria-label") for tag, a in tree.elements if tag == "svg" and a.get("role") == "img")
    tables = sum(tag == "table" for tag, _ in tree.elements)
    assert tables == sum(tag == "caption" for tag, _ in tree.elements) > 8
    levels = [int(tag[1]) for tag, _ in tree.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_page_text_and_json_state_the_same_numbers(found):
    tree, text = Page(render_html(found)), " ".join(printed(render_score, found).split())
    document = json.loads(render_json(found))
    for model, written in zip(found.models, document["models"], strict=True):
        value = plain(model.held_out.cross_entropy.value)
        assert f"{value} nats" in tree.text
        assert f"{value} nats" in text
        assert written["held_out"]["cross_entropy"]["value"] == model.held_out.cross_entropy.value
        assert written["account"]["miscalibration"]["value"] == model.account.miscalibration.value
        assert written["slices"][0]["verdict"] in {"wrong", "hard", ""}
    for one in (
        sentences.decision(found.comparisons[0], plain),
        sentences.confidence(found.models[0].calibration),
    ):
        assert one in tree.text.replace("\N{MINUS SIGN}", "-")
        assert one in text


def test_the_waterfall_of_the_account_comes_before_all_other_sections_of_a_model(infinite):
    page = render_html(infinite)
    assert (
        page.index("Waterfall of the loss") < page.index("Measures of the loss") < page.index('id="classes"')
    )


def test_a_resolution_below_0_is_a_step_up():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 120), rng.uniform(0.42, 0.58, 120)
    found = xent.score(np.column_stack([1 - p, p]), y)
    step = -found.models[0].account.resolution.value
    page = render_html(found)
    assert step > 0
    assert f">+{plain(step)}<" in page
    assert "\u2212\u2212" not in page


def test_infinite_losses_are_words_on_the_page_and_null_in_json(infinite):
    text = printed(render_score, infinite)
    assert "2 rows had probability 0 on the true class" in " ".join(text.split())
    assert "of the 598 rows of finite loss" in " ".join(text.split())
    document = json.loads(render_json(infinite))
    assert document["models"][0]["held_out"]["cross_entropy"]["value"] is None
    assert document["models"][0]["summary"]["infinite"] == 2
    assert "infinite" in Page(render_html(infinite)).text


def test_the_comparison_is_printed_with_where_the_models_differ(found):
    text = printed(render_comparisons, found)
    assert "Paired comparison of cross-entropy" in text
    assert "<b>city = " in text
    assert "new: it costs" in text


def test_a_narrow_terminal_is_not_exceeded(found):
    for render in (render_score, render_comparisons):
        assert max(map(len, printed(render, found, width=60).splitlines())) <= 60


def test_the_gain_of_a_calibration_is_a_sentence():
    data = {key: value for key, value in rows().items() if not key.startswith("new")}
    text = " ".join(printed(render_calibrate, xent.calibrate(data, "y").findings).split())
    assert re.search(r"Temperature lowers the cross-entropy from [\d.]+ to [\d.]+ nats on rows", text)


def test_the_gain_is_not_laid_to_one_map_where_folds_chose_others():
    data = {key: value for key, value in rows().items() if not key.startswith("new")}
    findings = replace(xent.calibrate(data, "y").findings, by_fold=("identity", *["temperature"] * 4))
    text = " ".join(printed(render_calibrate, findings).split())
    assert "Temperature is chosen on all rows" in text
    assert "the maps chosen within folds (identity in 1, temperature in 4) lower the cross-entropy" in text


def test_few_rows_have_no_account_and_are_still_reported():
    found = xent.score({"y": ["a"], "p_a": [0.5], "p_b": [0.5]}, "y")
    assert found.models[0].account is None
    assert "unknown" in printed(render_score, found)
    # One class that occurs has shares without bias, which no user gave.
    assert "Loss of the shares of these rows" in printed(render_score, found)
    Page(render_html(found))
    json.loads(render_json(found))
