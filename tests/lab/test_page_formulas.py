"""Each formula of the page's script against xent, at 2,000 points, to 16 units in the last place."""

import numpy as np
import pytest
from scipy.special import expit
from tests.lab.open_page import computed
from tests.relative_error import assert_within, units_apart

from xent import losses, measures
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy as cross_entropy
from xent.formulas.losses.sigmoid_squared_error import sigmoid_squared_error as squared_error
from xent.lab import stored_rows
from xent.lab.descent_race import race
from xent.lab.script_modules import bundle
from xent.measures.codes import best_shared_code, huffman_code, shannon_code
from xent.measures.codes.range_coding import coder_probs
from xent.scoring.reliability import calibration_error, reliability
from xent.scoring.wilson import wilson_interval

POINTS = 2000
UNITS = 16


def logits_and_truths():
    """Half of the truths are 0 or 1, where no terms of opposite sign meet."""
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.uniform(-40, 40, POINTS // 2), rng.normal(0, 3, POINTS // 2)])
    t = np.where(rng.uniform(size=POINTS) < 0.5, rng.integers(0, 2, POINTS), rng.uniform(size=POINTS))
    assert np.ptp(z) > 60
    return z, t


def distributions(K=6):
    """Pairs of distributions: independent ones, and pairs that differ by 1e-1 to 1e-9 of each entry."""
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(K), POINTS)
    q = rng.dirichlet(np.ones(K), POINTS)
    near = p * (1 + 10.0 ** rng.uniform(-9, -1, (POINTS, 1)) * rng.uniform(-1, 1, (POINTS, K)))
    q[POINTS // 2 :] = (near / near.sum(axis=1, keepdims=True))[POINTS // 2 :]
    p[:50, 0] = 0
    p[:50] /= p[:50].sum(axis=1, keepdims=True)
    return p, q


def test_the_sigmoid_and_its_slope(page):
    z, _ = logits_and_truths()
    assert_within(UNITS, computed(page, "x.sigmoid(a)", z), expit(z))
    assert_within(UNITS, computed(page, "x.sigmoidSlope(a)", z), cross_entropy.hessian(z, 1.0, 0.0, xp=np))


# Terms of opposite sign meet at soft truths: units there are those of the larger term.
SIGMOID = {
    "x.sigmoidCrossEntropy(a, b)": (cross_entropy.value, lambda _, __: None),
    "x.sigmoidCrossEntropySlope(a, b)": (
        cross_entropy.gradient,
        lambda z, t: (1 - t) * expit(z) + t * expit(-z),
    ),
    "x.sigmoidSquaredError(a, b)": (
        squared_error.value,
        lambda z, t: ((1 - t) * expit(z) + t * expit(-z)) ** 2,
    ),
    "x.sigmoidSquaredErrorSlope(a, b)": (
        squared_error.gradient,
        lambda z, t: 2 * ((1 - t) * expit(z) + t * expit(-z)) * expit(z) * expit(-z),
    ),
    "x.sigmoidSquaredErrorCurvature(a, b)": (
        squared_error.hessian,
        lambda z, _: 2 * expit(z) * expit(-z),
    ),
}


@pytest.mark.parametrize("body", SIGMOID)
def test_a_loss_of_one_logit_and_its_derivatives(page, body):
    z, t = logits_and_truths()
    truth, scale = SIGMOID[body]
    found = computed(page, body, z, t)
    assert_within(UNITS, found, truth(z, t, 1 - t, xp=np), scale=scale(z, t))


RIVALS = {
    "focal": (losses.sigmoid_focal, False),
    "generalized_cross_entropy": (losses.generalized_cross_entropy, True),
    "mean_absolute_error": (losses.mean_absolute_error, True),
}


def values_and_slopes(name, z):
    """Value and slope of a second loss for the true outcome 1, then for 0."""
    loss, of_classes = RIVALS[name]
    for k in (1, 0):
        if of_classes:
            both = np.stack([0 * z, z], axis=1), np.full(POINTS, k)
            yield loss(*both), loss.gradient(*both)[:, 1]
        else:
            yield loss(z, np.full(POINTS, float(k))), loss.gradient(z, np.full(POINTS, float(k)))


# No parameter: tests about several modules of the package run in several processes, each with its browser.
def test_a_second_loss_and_its_slope_is_the_mean_over_both_outcomes(page):
    z, t = logits_and_truths()
    for name in RIVALS:
        (value, slope), (value_of_0, slope_of_0) = values_and_slopes(name, z)
        found = computed(page, f"x.RIVALS.{name}.value(a, b)", z, t)
        assert_within(UNITS, found, t * value + (1 - t) * value_of_0)
        found = computed(page, f"x.RIVALS.{name}.slope(a, b)", z, t)
        scale = t * abs(slope) + (1 - t) * abs(slope_of_0)
        assert_within(UNITS, found, t * slope + (1 - t) * slope_of_0, scale=scale)


@pytest.mark.parametrize("name", ["crossEntropy", "klDivergence"])
def test_measures_of_two_distributions_also_of_nearly_equal_ones(page, name):
    p, q = distributions()
    truth = {"crossEntropy": measures.cross_entropy, "klDivergence": measures.kl_divergence}[name](p, q)
    assert truth.min() < 1e-12 or name == "crossEntropy"
    assert_within(UNITS, computed(page, f"x.{name}(a, b)", p, q), truth)


def test_entropy_and_what_an_empty_entry_costs(page):
    p, _ = distributions()
    assert_within(UNITS, computed(page, "x.entropy(a)", p), measures.entropy(p))
    assert page.evaluate("xent.klDivergence([0.5, 0.5], [1, 0])") == np.inf
    assert page.evaluate("xent.klDivergence([1, 0], [0.5, 0.5])") == pytest.approx(np.log(2), rel=1e-15)


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("binaryCrossEntropy", measures.binary_cross_entropy),
        ("binaryCrossEntropySlope", measures.binary_cross_entropy.derivative),
        ("binaryCrossEntropyCurvature", measures.binary_cross_entropy.second_derivative),
    ],
)
def test_binary_cross_entropy_and_its_derivatives(page, name, truth):
    rng = np.random.default_rng(2)
    p, q = rng.uniform(size=(2, POINTS))
    p[:20], p[20:40] = 0, 1
    assert_within(UNITS, computed(page, f"x.{name}(a, b)", p, q), truth(p, q))


def test_the_softmax_losses_of_logits_up_to_a_thousand(page):
    rng = np.random.default_rng(3)
    # The sliders move by whole numbers, whose differences are exact.
    z = np.concatenate([rng.integers(-1000, 1001, (1000, 3)), rng.integers(-40, 41, (1000, 3))]).astype(float)
    y = rng.integers(0, 3, POINTS)
    assert_within(
        UNITS, computed(page, "x.softmaxCrossEntropy(a, b)", z, y), losses.softmax_cross_entropy(z, y)
    )
    z /= 16
    truth = losses.softmax_squared_error(z, y)
    assert_within(UNITS, computed(page, "x.softmaxSquaredError(a, b)", z, y), truth)


def test_code_lengths(page):
    p, q = distributions()
    whole = np.asarray([shannon_code(row).lengths for row in q])
    assert np.array_equal(computed(page, "x.CODES.shannon(a)", q), whole)
    ideal = np.asarray(best_shared_code(list(q[:300]), [p[0]]).averages)
    found = computed(page, "x.expectedLength(x.CODES.ideal(b), a)", [p[0]] * 300, q[:300])
    assert_within(UNITS, found, ideal)
    found = computed(page, "x.expectedLength(x.CODES.range(b), a)", p[50:], q[50:])
    truth = measures.cross_entropy(
        p[50:], np.stack([coder_probs(row) for row in q[50:]]), base=2, validate=False
    )
    assert_within(UNITS, found, truth)
    # Whole weights have ties, also of sums that are not exact in floating point.
    q[: POINTS // 2] = np.random.default_rng(5).integers(1, 20, (POINTS // 2, 6))
    q /= q.sum(axis=1, keepdims=True)
    huffman = [huffman_code(row).lengths for row in q]
    assert np.array_equal(computed(page, "x.CODES.huffman(a)", q), huffman)


def test_wilson_intervals(page):
    rng = np.random.default_rng(4)
    n = rng.integers(1, 4000, POINTS)
    hits = rng.binomial(n, rng.uniform(size=POINTS))
    found = computed(page, "[x.wilsonInterval(a, b).low, x.wilsonInterval(a, b).high]", hits, n)
    truth = np.asarray([(one.low, one.high) for one in map(wilson_interval, hits.tolist(), n.tolist())])
    # The ends are middle minus and plus half a width.
    assert_within(UNITS, found, truth, scale=np.maximum(truth, truth[:, 1:]))


def test_rounding_in_32_bits_is_that_of_numpy(page):
    """The lead from which 1 / (1 + exp(-lead)) rounds to 1."""
    for bits, dtype, lead in ((32, np.float32, 17), (64, np.float64, 37)):
        assert page.evaluate(f"xent.leadOfZero(xent.ROUNDINGS[{bits}])") == lead
        probs = [1 / (1 + np.exp(-np.asarray(n, dtype=dtype))) for n in (lead - 1, lead)]
        assert [bool(p == 1) for p in probs] == [False, True]


@pytest.mark.parametrize("start", ["zero", "wrong"])
def test_the_race_is_that_of_the_descent_race(page, start):
    X, codes, fitted = stored_rows.iris()
    run = race(X, codes, fitted, start)
    script = """([loss, zero]) => {
      const { IRIS, race } = xent;
      const start = IRIS.fitted.map((w) => (zero ? 0 : -w));
      return race(loss, IRIS.X, IRIS.y, start, IRIS.length, 200);
    }"""
    for curve in (run.cross_entropy, run.squared_error):
        every = page.evaluate(script, [curve.loss, start == "zero"])
        rows = [every[step] for step in curve.steps]
        found = np.asarray([(row["crossEntropy"], row["norm"]) for row in rows])
        # Errors of two hundred steps add up.
        truth = np.stack([curve.cross_entropy, curve.gradient_norm], axis=1)
        np.testing.assert_allclose(found, truth, rtol=1e-11)
        assert [row["error"] for row in rows] == pytest.approx(curve.error, abs=1e-15)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_scores_at_a_temperature_are_those_of_the_scoring(page, temperature):
    log_probs, codes = stored_rows.digits()
    cooled = log_probs / temperature
    probs = np.exp(cooled - np.logaddexp.reduce(cooled, axis=1, keepdims=True))
    script = """(T) => {
      const { DIGITS: { rows, labels }, ...x } = xent;
      const bins = x.reliabilityAt(rows, labels, T);
      return {
        scores: [x.crossEntropyAt(rows, labels, T), x.brierAt(rows, labels, T), x.errorAt(rows, labels)],
        bins: bins.map((bin) => [bin.count, bin.predicted, bin.observed, bin.low, bin.high]),
        off: x.calibrationError(bins),
      };
    }"""
    found = page.evaluate(script, temperature)
    error = float(np.mean(log_probs.argmax(axis=1) != codes))
    scores = (
        losses.softmax_cross_entropy.mean(cooled, codes),
        2 * losses.softmax_squared_error.mean(cooled, codes),
        error,
    )
    np.testing.assert_allclose(found["scores"], [float(one) for one in scores], rtol=1e-13)
    bins = reliability(np.log(probs), codes)
    truth = [(b.count, b.predicted, b.observed.value, b.observed.low, b.observed.high) for b in bins]
    np.testing.assert_allclose(found["bins"], truth, rtol=1e-12, atol=1e-15)
    assert found["off"] == pytest.approx(calibration_error(bins), rel=1e-12)


def test_the_best_temperature_is_a_minimum(page):
    log_probs, codes = stored_rows.digits()
    best = page.evaluate("xent.bestTemperature(xent.DIGITS.rows, xent.DIGITS.labels)")
    at = [float(losses.softmax_cross_entropy.mean(log_probs / (best * f), codes)) for f in (0.99, 1, 1.01)]
    assert at[1] < min(at[0], at[2])


def test_minima_over_one_weight_are_zeros_of_the_slope(page):
    x, y = np.asarray([-9.0, -1, -2, -3, -1]), np.asarray([1.0, 0, 0, 0, 1])
    script = "([loss, x, y]) => { const f = xent.onOneWeight(loss, x, y); return xent.minima(f, -6, 6); }"
    for loss, known in (("cross_entropy", [-0.0869]), ("squared_error", [-0.0736, 0.7136])):
        found = page.evaluate(script, [loss, x.tolist(), y.tolist()])
        assert [one["w"] for one in found] == pytest.approx(known, abs=5e-5)
        by_name = {
            "cross_entropy": losses.sigmoid_cross_entropy,
            "squared_error": losses.sigmoid_squared_error,
        }
        for one in found:
            slopes = by_name[loss].gradient(one["w"] * x, y) * x
            assert abs(slopes.mean()) < 1e-13
            assert one["value"] == pytest.approx(float(by_name[loss].mean(one["w"] * x, y)), rel=1e-14)
            around = [float(by_name[loss].mean((one["w"] + step) * x, y)) for step in (-0.01, 0.01)]
            assert min(around) > one["value"]


# Mistakes of textbooks, each with the call that shows it at some of the points.
MISTAKES = {
    "difference from the truth": (
        "return (1 - t) * sigmoid(z) - t * sigmoid(-z);",
        "return sigmoid(z) - t;",
        "sigmoidCrossEntropySlope",
    ),
    "log of 1 plus": (
        "Math.max(-z, 0) + Math.log1p(Math.exp(-Math.abs(z)))",
        "Math.max(-z, 0) + Math.log(1 + Math.exp(-Math.abs(z)))",
        "surprisal",
    ),
    "complement by subtraction": (
        "return sigmoid(z) * sigmoid(-z);",
        "return sigmoid(z) * (1 - sigmoid(z));",
        "sigmoidSlope",
    ),
}
TRUE = {
    "sigmoidCrossEntropySlope": lambda z, t: cross_entropy.gradient(z, t, 1 - t, xp=np),
    "surprisal": lambda z, _: losses.sigmoid_cross_entropy(z, np.ones_like(z)),
    "sigmoidSlope": lambda z, _: cross_entropy.hessian(z, 1.0, 0.0, xp=np),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(page, mistake):
    right, wrong, name = MISTAKES[mistake]
    source = bundle("sigmoid_losses")
    assert source.count(right) == 1
    z, t = logits_and_truths()
    t = np.round(t)
    for text, is_found in ((source, False), (source.replace(right, wrong), True)):
        script = f"(rows) => {{ {text} return rows.map(([z, t]) => $sigmoid_losses.{name}(z, t)); }}"
        found = np.asarray(
            page.evaluate(script, [list(row) for row in zip(z.tolist(), t.tolist(), strict=True)])
        )
        apart = units_apart(found.astype(float), np.asarray(TRUE[name](z, t)))
        assert bool(apart.max() > UNITS) == is_found


def test_a_textbook_divergence_is_found_at_nearly_equal_distributions(page):
    p, q = distributions()
    truth = measures.kl_divergence(p, q)
    textbook = "a.reduce((sum, x, k) => sum + (x > 0 ? x * Math.log(x / b[k]) : 0), 0)"
    assert units_apart(computed(page, textbook, p, q), truth).max() > 1e5


def rounded_shifted(z, y, dtype):
    """Minus the logarithm of the softmax with the largest logit subtracted, in the arithmetic of `dtype`."""
    z = z.astype(dtype)
    parts = np.exp(z - z.max(axis=1, keepdims=True))
    total = (parts[:, 0] + parts[:, 1]) + parts[:, 2]
    with np.errstate(divide="ignore"):
        return -np.log(parts[np.arange(len(z)), y] / total)


def test_the_three_ways_of_rounding(page):
    rng = np.random.default_rng(6)
    z = rng.integers(-80, 81, (POINTS, 3)).astype(float)
    z[: POINTS // 2] /= 8
    y = rng.integers(0, 3, POINTS)
    for bits, dtype in ((32, np.float32), (64, np.float64)):
        truth = rounded_shifted(z, y, dtype).astype(float)
        assert (truth == 0).any()
        for way in ("naive", "shifted"):
            found = computed(page, f"x.{way}(a, b, x.ROUNDINGS[{bits}])", z, y)
            # A probability near 1 is rounded, so the logarithm has the absolute error of one rounding or two.
            # Below exp(-85) a probability of 32 bits is subnormal and has few digits.
            finite = (truth < 85) & np.isfinite(found)
            assert finite.mean() > 0.8
            gap = np.abs(found[finite] - truth[finite]) / (1 + truth[finite])
            assert gap.max() < 4 * float(np.finfo(dtype).eps)
    exact = losses.softmax_cross_entropy(z, y)
    assert_within(UNITS, computed(page, "x.fused(a, b, x.ROUNDINGS[64])", z, y), exact)
    single = computed(page, "x.fused(a, b, x.ROUNDINGS[32])", z, y).astype(np.float32)
    assert_within(UNITS, single, exact)


X, Y = np.asarray([-9.0, -1, -2, -3, -1]), np.asarray([1.0, 0, 0, 0, 1])
BY_NAME = {"cross_entropy": losses.sigmoid_cross_entropy, "squared_error": losses.sigmoid_squared_error}


def test_the_mean_loss_of_weight_and_bias_and_its_derivatives(page):
    points = np.random.default_rng(7).normal(0, 2, (POINTS // 10, 2))
    for name, loss in BY_NAME.items():
        made = f"x.onWeightAndBias('{name}', {X.tolist()}, {Y.tolist()})"
        script = f"((f) => [f.value(a), ...f.gradient(a), ...f.hessian(a)])({made})"
        found = computed(page, script, points, points)
        z = points[:, :1] * X + points[:, 1:]
        slopes, bends = loss.gradient(z, Y + 0 * z), loss.hessian(z, Y + 0 * z)
        parts = [loss(z, Y + 0 * z), slopes * X, slopes, bends * X * X, bends * X, bends]
        truth = np.stack([part.mean(axis=1) for part in parts], axis=1)
        # Points pull in opposite directions: units are those of the largest term of a mean.
        scale = np.stack([np.abs(part).max(axis=1) for part in parts], axis=1)
        assert_within(UNITS, found, truth, scale=scale)


def test_each_method_goes_downhill_to_the_minimum_of_cross_entropy(page):
    script = """([method, name, x, y]) => {
      const f = xent.onWeightAndBias(name, x, y);
      const path = xent.planePath(method, f, [1.6, 1], xent.stepLength(x));
      return [path.map((point) => f.value(point)), path.at(-1), xent.planeMinima(f)];
    }"""
    for method in ("descent", "lbfgs", "newton"):
        for name, loss in BY_NAME.items():
            values, end, minima = page.evaluate(script, [method, name, X.tolist(), Y.tolist()])
            assert np.all(np.diff(values) <= 1e-15)
            if name == "cross_entropy":
                assert len(minima) == 1
                # Gradient descent is still on its way after its last step.
                near = 5e-3 if method == "descent" else 1e-6
                assert end == pytest.approx([minima[0]["w"], minima[0]["b"]], abs=near)
            for one in minima:
                slopes = loss.gradient(one["w"] * X + one["b"], Y)
                assert abs((slopes * X).mean()) + abs(slopes.mean()) < 1e-7
