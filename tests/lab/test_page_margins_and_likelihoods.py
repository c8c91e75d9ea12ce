"""Formulas of the views of margins and of likelihoods against xent, to 16 units in the last place."""

import json

import numpy as np
import pytest
from tests.lab.open_page import computed
from tests.relative_error import assert_within, units_apart

from xent import losses
from xent.lab import stored_rows
from xent.lab.script_modules import bundle

POINTS = 2000
UNITS = 16


def cosines():
    """Cosines of five classes and labels; half of the rows have all cosines near the label's."""
    rng = np.random.default_rng(6)
    c = rng.uniform(-1, 1, (POINTS, 5))
    y = rng.integers(0, 5, POINTS)
    c[: POINTS // 2] = c[np.arange(POINTS // 2), y[: POINTS // 2], None] * (
        1 - rng.uniform(0, 0.1, (1000, 5))
    )
    c[0], y[0] = [1, -1, -1, -1, -1], 0
    return c, y


@pytest.mark.parametrize("scale", [8.0, 16.0])
def test_the_loss_with_a_margin_and_its_slopes(page, scale):
    c, y = cosines()
    for margin in (0.0, 0.1, 0.3, 0.5):
        parameters = {"scale": scale, "margin": margin}
        found = computed(page, f"x.marginCrossEntropy(a, b, {scale}, {margin})", c, y)
        assert_within(UNITS, found, losses.cosface(c, y, **parameters))
        found = computed(page, f"x.marginSlopes(a, b, {scale}, {margin})", c, y)
        assert_within(UNITS, found, losses.cosface.gradient(c, y, **parameters))


def test_the_surprisal_of_a_number_and_of_a_count(page):
    rng = np.random.default_rng(7)
    (y, mean), deviation = rng.uniform(-2, 6, (2, POINTS)), rng.uniform(0.5, 3, POINTS)
    logits = np.column_stack([mean, 2 * np.log(deviation)])
    truth = losses.gaussian_nll(logits, y, full=True)
    # The logarithm of a deviation below 1 is negative.
    scale = truth + 2 * np.maximum(-np.log(deviation), 0)
    found = computed(page, "x.gaussianSurprisal(a, b[0], b[1])", y, np.column_stack([mean, deviation]))
    assert_within(UNITS, found, truth, scale=scale)
    half = losses.squared_error(mean, y) / deviation**2
    found = computed(page, "x.squaredPart(a, b[0], b[1])", y, np.column_stack([mean, deviation]))
    assert_within(UNITS, found, half)
    counts, rates = rng.integers(0, 11, POINTS), rng.uniform(0.1, 10, POINTS)
    counts[:20] = 0
    truth = losses.poisson_nll(np.log(rates), counts, full=True)
    found = computed(page, "x.poissonSurprisal(a, b)", counts, rates)
    assert_within(UNITS, found, truth, scale=truth + counts * abs(np.log(rates)))


def test_angles_of_the_stored_features(page):
    features, directions, codes = stored_rows.features()
    script = "Object.values(xent.FEATURES.networks).map((one) => xent.angles(one, xent.FEATURES.labels))"
    for name, found in zip(features, page.evaluate(script), strict=True):
        x, w = features[name], directions[name]
        units = x / np.linalg.norm(x, axis=1, keepdims=True)
        means = np.stack([units[codes == k].mean(axis=0) for k in range(5)])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        spread = np.arccos(np.clip((units * means[codes]).sum(axis=1), -1, 1)).mean()
        between = np.arccos(np.clip(means @ means.T, -1, 1))[np.triu_indices(5, 1)].min()
        scores = x @ (w if name == "plain" else w / np.linalg.norm(w, axis=1, keepdims=True)).T
        assert found["spread"] == pytest.approx(spread, rel=1e-9)
        assert found["between"] == pytest.approx(between, rel=1e-9)
        assert found["error"] == np.mean(scores.argmax(axis=1) != codes)


# Mistakes that the value or the slopes show at some of the points.
MISTAKES = {
    "margin left out": ("exactSum(difference, margin)", "exactSum(difference, 0)"),
    "margin on the wrong side": ("exactSum(difference, margin)", "exactSum(difference, -margin)"),
    "rounding errors times the scale": ("* (1 + scale * (low + rest))", ""),
    "log of 1 plus": (
        "Math.log1p(total(others(cosines, label, scale, margin)))",
        "Math.log(1 + total(others(cosines, label, scale, margin)))",
    ),
    "label kept in the sum": ("if (k === label) return 0;", "if (k === label) return 1;"),
}


@pytest.mark.parametrize("mistake", [None, *MISTAKES])
def test_a_planted_mistake_of_the_margin_is_found(page, mistake):
    right, wrong = MISTAKES.get(mistake, ("", ""))
    source = bundle("margins")
    assert mistake is None or source.count(right) == 1
    c, y = cosines()
    text = source.replace(right, wrong) if right else source
    call = "([c, y]) => [$margins.marginCrossEntropy(c, y, 16, 0.1), ...$margins.marginSlopes(c, y, 16, 0.1)]"
    script = f"(text) => {{ {text} return JSON.stringify(JSON.parse(text).map({call})); }}"
    rows = json.dumps(list(zip(c.tolist(), y.tolist(), strict=True)))
    found = np.asarray(json.loads(page.evaluate(script, rows)), dtype=float)
    value, slopes = losses.cosface.value_and_gradient(c, y, scale=16.0, margin=0.1)
    apart = units_apart(found, np.column_stack([value, slopes]))
    assert bool(apart.max() > UNITS) == (mistake is not None)
