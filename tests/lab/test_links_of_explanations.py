"""Every explanation links to a state of the lab that shows its point, in both languages."""

import re
from pathlib import Path

import pytest
from docs.lab_links import target_of
from tests.lab.open_page import address, answer, settled

from docs import build
from xent.lab.lab_page import VIEWS

DOCS = Path(build.__file__).parent

# Words of the sentence, or of the table, of the first view that each page links to.
POINTS = {
    "calibration": "more extreme than the frequencies support",
    "canonical_links": "The slope in log λ is prediction minus mean",
    "class_numbers": "the mean 2.00: a class that none of them belongs to",
    "codes": "built without any knowledge of the sources, holds 108 and beats both",
    "convexity": "it is stuck in a local minimum",
    "cross_entropy": "The price of the wrong code is not symmetric",
    "error_and_threshold": "the error is 3.06\u00a0% at every temperature",
    "kl_divergence": "KL(K2 ‖ K1) = ∞ bits",
    "likelihood": "Both are best at the mean of the observations",
    "margins": "the features of a digit lie 3.0° from their mean direction, under cross-entropy 11.9°",
    "minimum_at_the_truth": "its minimum, the entropy 0.6109 nats, which is not 0",
    "one_hot_softmax_shapes": "The one-hot truth selects one term",
    "rounding": "From a lead of 17 on, 32 bits give exactly 0",
    "slopes": "203 times smaller",
}


def links(folder, name):
    text = (DOCS / folder / f"{name}.md").read_text(encoding="utf-8")
    return [target_of(link)[1] for link in re.findall(r"\{lab\}`([^`]+)`", text)]


def test_every_explanation_has_a_link():
    pages = {path.stem for path in (DOCS / "explanations").glob("*.md")} - {"index"}
    assert pages == POINTS.keys()
    for name in pages:
        assert links("explanations", name)
        assert links("explanations", name) == links("zh", name)
        assert {link.partition("?")[0] for link in links("explanations", name)} <= set(VIEWS)


def test_every_view_is_linked_from_an_explanation():
    linked = {link.partition("?")[0] for name in POINTS for link in links("explanations", name)}
    assert linked == set(VIEWS)


@pytest.mark.parametrize("name", POINTS)
def test_a_link_restores_a_state_that_shows_the_point_of_the_page(open_lab, name):
    for n, link in enumerate(links("explanations", name)):
        page = open_lab(f"#{link}")
        settled(page)
        view, _, query = link.partition("?")
        for name_of_input, value in (pair.split("=") for pair in query.split("&") if query):
            if "," in value:
                handles = page.locator(f"#{view} [data-handle]").all()
                shown = {
                    one.get_attribute("data-handle"): one.get_attribute("aria-valuenow") for one in handles
                }
                prefix = "" if view == "likelihood" else f"{name_of_input}."
                assert [shown[f"{prefix}{k}"] for k in range(value.count(",") + 1)] == value.split(",")
            else:
                assert page.locator(f"#{view}-{name_of_input}").input_value() == value
        if n == 0:
            assert POINTS[name] in answer(page, view)


def test_a_link_to_a_state_is_the_address_that_the_lab_itself_gives_it(open_lab):
    page = open_lab("#likelihood?y=1,1,3,3&mu=2")
    page.locator("#likelihood-mu").press("ArrowRight")
    page.locator("#likelihood-mu").press("ArrowLeft")
    assert address(page) == "#likelihood?mu=2&y=1,1,3,3"


def test_a_link_may_have_a_text_of_its_own():
    assert target_of("slopes?y=0") == ("", "slopes?y=0")
    assert target_of("four\ncases <slopes?y=0>") == ("four cases", "slopes?y=0")
