"""Each view in a browser: by keyboard, by pointer, by its address, in both languages, under axe."""

import json
import re

import numpy as np
import pytest
from tests.lab.open_page import address, answer, go, press, settled, table

from xent.lab.lab_page import VIEWS, lab_page
from xent.losses import cosface

# Input or handle of each view, keys, and words of the sentence after them.
BY_KEYBOARD = {
    "slopes": ("#slopes-z", ["ArrowRight"] * 10, ["At z = \u22125.0 with truth 1.00", "75.2 times smaller"]),
    "surfaces": ('[data-handle="q"]', ["Home"], ["prediction 0.01 the cross-entropy is 1.389 nats"]),
    "valleys": (
        '[data-handle="start"]',
        ["Home"],
        ["Squared error has 2 minima", "reaches the lower one after"],
    ),
    "race": ("#race-data", ["ArrowDown"], ["cross-entropy halves the loss of the start (one step)"]),
    "codes": ('[data-handle="k1.0"]', ["Home"], ["KL(K2 ‖ K1) = ∞ bits"]),
    "numbers": ("#numbers-a", ["End"], ["The true loss is 0.", "naive with 32 bits NaN"]),
    "calibration": ('[data-handle="t"]', ["End"], ["At T = 4.95", "3.06\u00a0% at every temperature"]),
    "margins": ('[data-handle="angle"]', ["PageUp", "PageUp"], ["A feature at 40° is closer to the next"]),
    "likelihood": (
        '[data-handle="u"]',
        ["PageUp", *["ArrowRight"] * 5],
        ["μ = 2.0", "the likelihood is at its greatest, the loss at its least"],
    ),
}


def test_each_view_follows_the_keyboard_and_its_address_brings_the_state_back(open_lab):
    page = open_lab()
    for view, (selector, keys, words) in BY_KEYBOARD.items():
        before = answer(page, view)
        press(page, f"#{view} {selector}".replace(f"#{view} #", "#"), *keys)
        after = answer(page, view)
        assert after != before
        assert [word for word in words if word not in after] == [], after
        fragment = address(page)
        assert fragment.startswith(f"#{view}?")
        there = table(page, view)
        page.locator(f"#{view} .reset").click()
        assert answer(page, view) == before
        assert address(page) == f"#{view}"
        go(page, fragment)
        assert answer(page, view) == after
        assert table(page, view) == there
    again = open_lab(fragment)
    assert answer(again, view) == after


def test_known_numbers(open_lab):
    page = open_lab()
    assert table(page, "slopes")[2][-1] == "203"
    assert [row[-1] for row in table(page, "codes")] == ["106", "103", "110", "108"]
    assert [row[3] for row in table(page, "codes")] == ["2.6221", "2.6929", "2.5262", "2.5850"]
    assert "The uniform code" in answer(page, "codes")
    assert "From a lead of 17 on" in answer(page, "numbers")
    assert table(page, "surfaces")[0][1:] == ["1.057", "0.6109"]
    assert "stuck in a local minimum" in answer(page, "valleys").partition("Squared error")[2]
    assert "stuck" not in answer(page, "valleys").partition("Squared error")[0]


def test_the_two_places_of_equal_slope_are_far_from_the_truth_and_near_to_it(open_lab):
    page = open_lab("#slopes?z=2.928")
    assert table(page, "slopes")[3][1] == "z = \u22126.00"
    page = open_lab("#slopes?y=0.5&z=0")
    assert table(page, "slopes")[3][1] == "none"


def test_a_bias_is_a_second_start_and_the_losses_become_contours(open_lab):
    page = open_lab()
    assert page.locator("#valleys-bias").is_hidden()
    go(page, "#valleys?model=plane&method=newton")
    assert page.locator("#valleys-bias").is_visible()
    assert "Cross-entropy has one minimum (0.5471 at w = \u22120.39, b = \u22121.63)" in answer(
        page, "valleys"
    )
    press(page, '#valleys [data-handle="bias"]', "ArrowUp")
    assert page.locator("#valleys-bias").input_value() == "0.05"
    assert_same_number(page.locator("#valleys .code"), rel=1e-13)
    assert page.locator("#valleys .picture path").count() > 20


def test_an_address_with_values_that_no_input_gives_is_repaired(open_lab):
    page = open_lab("#slopes?z=1e9&y=-3&rival=nonsense&scale=&nix=1")
    assert "At z = 40.0 with truth 0.00" in answer(page, "slopes")
    assert page.locator("#slopes-rival").input_value() == "squared_error"
    page = open_lab("#codes?k1=0,0,0,0,0,0&k2=1,2")
    assert [row[-1] for row in table(page, "codes")] == ["106", "103", "110", "108"]
    page = open_lab("#valleys?x=a,b,c,d,e&start=99&y=7,0,0,0,0")
    assert "minim" in answer(page, "valleys")
    open_lab("#nothing?at=all")


# Another state of each view, besides the first.
STATES = {
    "slopes": "?z=3.3&y=0.35",
    "surfaces": "?p=0.9&q=0.02",
    "valleys": "?start=-0.6&method=newton&x=-9,-1,4,-3,-1",
    "race": "?data=iris&start=zero",
    "codes": "?kind=huffman&k1=50,1,1,1,1,0",
    "numbers": "?a=-1000&b=999&c=3&label=3",
    "margins": "?scale=16&margin=0.1&angle=50",
    "likelihood": "?y=1,1,3,3&mu=2.3&s=0.7",
}


def test_the_python_line_of_each_view_gives_the_number_of_the_page(open_lab):
    page = open_lab()
    for view, state in STATES.items():
        for fragment in (f"#{view}", f"#{view}{state}"):
            go(page, fragment)
            assert_same_number(page.locator(f"#{view} .code"), rel=1e-13)


def test_the_python_line_of_each_distribution_gives_the_number_of_the_page(open_lab):
    page = open_lab()
    for state in (
        "kind=bernoulli",
        "kind=bernoulli&ones=0&a=0.99",
        "kind=poisson&counts=0,0,5,20",
        "kind=categorical&z1=-3&truth=1",
        "kind=categorical&truth=ends",
    ):
        go(page, f"#likelihood?{state}")
        assert_same_number(page.locator("#likelihood .code"), rel=1e-13)


def test_each_distribution_has_its_parameter_and_its_observations(open_lab):
    page = open_lab("#likelihood?kind=poisson")
    settled(page)
    assert page.locator("#likelihood .controls :is(input, select):visible").count() == 2
    press(page, '#likelihood [data-handle="0"]', "End")
    assert page.locator('#likelihood [data-handle="0"]').get_attribute("aria-valuenow") == "10"
    assert "best at the mean of the observations, 5.25" in answer(page, "likelihood")
    page = open_lab("#likelihood?kind=categorical&truth=ends&z1=0&z2=-6&z3=0")
    assert "the loss is 0.694 nats, at least log 2 = 0.693" in answer(page, "likelihood")
    assert [row[1] for row in table(page, "likelihood")] == ["0.5", "0", "0.5"]


def test_a_margin_gathers_the_features_of_a_class(open_lab):
    page = open_lab()
    angle = r"lie ([\d.]+)° from their mean direction, under cross-entropy ([\d.]+)°"
    found = []
    for margin in (0, 0.2, 0.4):
        go(page, f"#margins?scale=16&margin={margin}")
        found.append([float(x) for x in re.search(angle, answer(page, "margins")).groups()])
    assert found[0][0] > found[1][0] > found[2][0]
    assert found[2][0] < found[2][1] / 2


def test_the_slope_of_a_turned_feature_is_that_of_its_loss(open_lab):
    said = answer(open_lab("#margins?angle=25&margin=0.3&scale=16"), "margins")
    slopes = [float(x) for x in re.findall(r"(?:slope|and) ([\d.]+)(?: per degree|, so)", said)]
    for margin, slope in zip((0.0, 0.3), slopes, strict=True):
        losses = [
            cosface(
                np.cos(np.radians(angle - 72 * np.arange(5)))[None],
                np.asarray([0]),
                scale=16.0,
                margin=margin,
            )
            for angle in (24.99, 25.01)
        ]
        assert slope == pytest.approx(float((losses[1] - losses[0])[0] / 0.02), rel=0.05)


@pytest.mark.slow
def test_the_python_line_of_the_calibration_refits_the_digits(open_lab):
    page = open_lab("#calibration?t=0.7")
    settled(page)
    # The page stores log-probabilities to 1/512.
    assert_same_number(page.locator("#calibration .code"), rel=1e-3)


def assert_same_number(code, rel):
    *lines, last = re.split(r"\n(?=\S)(?!\))", code.inner_text())
    names = {}
    exec("\n".join(lines), names)  # noqa: S102 # the page's own lines
    found = np.ravel(eval(last, names))  # noqa: S307 # same
    shown = [np.inf if one is None else one for one in json.loads(code.get_attribute("data-value"))]
    np.testing.assert_allclose(found, shown, rtol=rel)


def test_handles_and_surfaces_follow_the_pointer(open_lab):
    page = open_lab("#codes")
    drag(page, '#codes [data-handle="k2.3"] .grip', 0, -60)
    assert float(page.locator('#codes [data-handle="k2.3"]').get_attribute("aria-valuenow")) > 25
    drag(page, '#surfaces [data-handle="q"] .grip', -200, 0)
    assert float(page.locator("#surfaces-q").input_value()) < 0.5
    before = page.locator("#surfaces-turn").input_value()
    drag(page, "#surfaces canvas", 80, 20)
    assert page.locator("#surfaces-turn").input_value() != before
    assert page.locator("#surfaces-tilt").input_value() != "24"
    press(page, "#surfaces canvas", "ArrowUp", "ArrowLeft")
    drag(page, '#valleys [data-handle="x0"] .grip', 90, 0)
    assert "x=-" in address(page)


def drag(page, selector, dx, dy):
    target = page.locator(selector)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    settled(page)


def test_a_handle_keeps_the_focus_while_it_moves(open_lab):
    page = open_lab()
    press(page, '[data-handle="k1.2"]', "ArrowUp", "ArrowUp")
    focused = page.evaluate(
        "document.activeElement.dataset.handle + document.activeElement.getAttribute('aria-valuenow')"
    )
    assert focused == "k1.222"


def test_keys_that_come_within_one_frame_all_count(open_lab):
    page = open_lab()
    page.evaluate("""() => {
      const handle = document.querySelector('#likelihood [data-handle="u"]');
      for (let n = 0; n < 5; n++)
        handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    }""")
    settled(page)
    assert page.locator("#likelihood-mu").input_value() == "1"


def test_the_sentence_is_announced_after_a_pause(open_lab):
    page = open_lab()
    before = answer(page, "slopes")
    press(page, "#slopes-z", "ArrowLeft")
    page.locator("#status:not(:empty)").filter(has_not_text=before).wait_for(state="attached")
    assert page.locator("[role=status]").inner_text() == answer(page, "slopes")


def test_play_shows_the_end_at_once_where_motion_is_reduced(open_lab):
    page = open_lab("#race?step=0", reduced_motion="reduce")
    page.locator("#race-play").click()
    settled(page)
    assert page.locator("#race-step").input_value() == "200"
    page = open_lab("#race?step=0", reduced_motion="no-preference")
    page.locator("#race-play").click()
    page.locator("#race .answer").wait_for()
    page.locator("#race-step-value", has_text=re.compile("[1-9]")).wait_for()


def test_both_losses_are_raced_with_one_step_length_or_each_with_its_best(open_lab):
    same, best = (table(open_lab(f"#race?lengths={lengths}"), "race") for lengths in ("same", "best"))
    assert same[0][-1] == same[1][-1] == "2"
    assert float(best[1][-1]) > 2


def test_the_language_is_the_browsers_until_another_is_chosen(open_lab):
    assert open_lab(locale="fr").locator("h1").inner_text() == "Cross-entropy lab"
    page = open_lab("#slopes?z=-7", locale="zh-CN")
    assert page.locator("h1").inner_text() == "交叉熵实验室"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert "交叉熵的斜率" in answer(page, "slopes")
    page.get_by_role("button", name="English").click()
    assert "At z = \u22127.0" in answer(page, "slopes")
    assert page.title().startswith("xent lab: cross-entropy")
    assert page.locator("[data-language=en]").get_attribute("aria-pressed") == "true"


def test_a_language_fixed_in_the_file_is_not_the_browsers(browser, tmp_path):
    file = tmp_path / "lab.html"
    file.write_text(lab_page("zh"), encoding="utf-8")
    page = browser.new_page(locale="en")
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == "交叉熵实验室"
    page.close()


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_without_scripts_each_view_shows_the_state_that_the_script_would_draw_first(
    open_lab, browser, tmp_path, locale
):
    live = open_lab(locale=locale)
    file = tmp_path / "lab.html"
    file.write_text(lab_page(locale[:2]), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(file.as_uri())
    for view in VIEWS:
        for part in ("answer", "numbers", "code"):
            there, here = (one.locator(f"#{view} .{part}").inner_text() for one in (live, still))
            assert here == there, "run `python -m docs.lab`"
        assert still.locator(f"#{view} .picture svg").first.is_visible()
        assert still.locator(f"#{view} math").first.is_visible()
    assert still.locator("noscript").inner_text()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_no_view_is_wider_than_the_screen(open_lab, width):
    for locale in ("en", "zh-CN"):
        page = open_lab(locale=locale, viewport=(width, 800))
        for view, state in STATES.items():
            go(page, f"#{view}{state}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_lab, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width, locale in ((1200, "en"), (390, "zh-CN")):
        page = open_lab(viewport=(width, 900), color_scheme=scheme, locale=locale)
        settled(page)
        found = axe.run(page).response["violations"]
        assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found] == []
