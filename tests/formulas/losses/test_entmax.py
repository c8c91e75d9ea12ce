"""Entmax: its threshold, its support and the digits of its probabilities."""

import functools

import numpy as np
import pytest
from mpmath import fsum, mp, mpf
from tests.array_libraries import array_library

from xent.formulas import i_divergence
from xent.formulas.losses import beta_divergence
from xent.formulas.losses.entmax import entmax
from xent.precision.exact_difference import ExactLogits

NUMPY = array_library("numpy").namespace
ALPHAS = (1.05, 1.25, 1.5, 1.7, 2.0)


def parts(logits, alpha):
    return entmax(np.asarray(logits), alpha, xp=NUMPY)


def exact_probs(logits, alpha):
    """By bisection, which shares no step with Newton's method, in 40 digits."""
    with mp.workdps(40):
        alpha = mpf(alpha)
        scaled = [(alpha - 1) * mpf(float(x)) for x in logits]
        low, high, power = max(scaled) - 1, max(scaled), 1 / (alpha - 1)
        for _ in range(120):
            middle = (low + high) / 2
            above = fsum((x - middle) ** power for x in scaled if x > middle) >= 1
            low, high = (middle, high) if above else (low, middle)
        return np.asarray([float((x - low) ** power) if x > low else 0.0 for x in scaled])


def rows_of_all_scales():
    rng = np.random.default_rng(20261206)
    return rng.standard_normal((12, 6)) * 10.0 ** rng.uniform(-2, 1, size=(12, 1))


@functools.cache
def exact_rows(alpha):
    """The probabilities of these rows, once for all libraries."""
    return np.asarray([exact_probs(row, alpha) for row in rows_of_all_scales()])


@pytest.mark.parametrize("alpha", ALPHAS)
def test_probabilities_are_those_of_the_definition_and_zeros_are_zeros(xp, alpha):
    logits = rows_of_all_scales()
    truth = exact_rows(alpha)
    found = xp.call(lambda z, xp: entmax(z, alpha, xp=xp).probs, logits)
    np.testing.assert_array_equal(found > 0, truth > 0)
    np.testing.assert_allclose(found, truth, rtol=1e-13 / (alpha - 1), atol=1e-300)
    assert 0 < (truth == 0).mean() < 1 or alpha < 1.2


@pytest.mark.parametrize("alpha", ALPHAS)
def test_margins_that_shrink_in_every_way_are_solved_within_the_steps(alpha):
    # Each step can do no better than drop a few of these classes.
    for ratio in (0.5, 0.8, 0.95, 0.99):
        margins = 0.999 * ratio ** np.arange(300)
        probs = parts((margins - 1) / (alpha - 1), alpha).probs
        np.testing.assert_allclose(probs.sum(), 1, rtol=1e-14)
        powers = probs[probs > 0] ** (alpha - 1)
        np.testing.assert_allclose(margins[probs > 0] - powers, margins[0] - powers[0], atol=1e-13)


@pytest.mark.parametrize("classes", [1, 2, 1000, 100_000])
@pytest.mark.parametrize("alpha", [1.5, 2.0])
def test_many_classes_in_32_bits_are_those_of_64(alpha, classes):
    rng = np.random.default_rng(20261207)
    for scale in (0.0, 1e-3, 0.01, 0.3, 3.0):
        logits = (scale * rng.standard_normal(classes)).astype(np.float32)
        narrow, wide = parts(logits, alpha).probs, parts(logits.astype(np.float64), alpha).probs
        np.testing.assert_allclose(narrow, wide, rtol=0, atol=2e-6 * wide.max())
        np.testing.assert_allclose(wide.sum(), 1, rtol=1e-13)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_small_probabilities_beside_a_large_one_keep_their_digits(alpha):
    for digits in (3, 6, 9):
        gap = (1 - 10.0 ** (-digits * min(1, alpha - 1))) / (alpha - 1)
        model, truth = parts([0.0, -gap], alpha), exact_probs([0.0, -gap], alpha)
        np.testing.assert_allclose(model.probs[1], truth[1], rtol=4e-15 / (alpha - 1))
        np.testing.assert_allclose(model.rest, truth[1], rtol=4e-15 / (alpha - 1))
        assert truth[1] < 10.0 ** (1 - digits)


def test_what_rounding_took_from_the_logits_counts():
    high, low = np.asarray([0.0, -1.0]), np.asarray([0.0, 2.0**-60])
    assert parts(high, 2.0).probs[1] == 0
    model = entmax(ExactLogits(high, low), 2.0, xp=NUMPY)
    np.testing.assert_array_equal(model.probs[1], 2.0**-61)
    further = entmax(ExactLogits(high - [0, 1], low), 2.0, xp=NUMPY)
    np.testing.assert_array_equal(further.shortfalls[1], 1.0)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_jacobian_is_that_of_the_probabilities_and_of_the_products(alpha):
    logits = np.asarray([0.6, 0.4, 0.2, -3.0 / (alpha - 1)])
    model, step = parts(logits, alpha), 1e-6
    columns = [
        (parts(logits + step * unit, alpha).probs - parts(logits - step * unit, alpha).probs) / (2 * step)
        for unit in np.eye(4)
    ]
    jacobian = model.jacobian(xp=NUMPY)
    np.testing.assert_allclose(jacobian, columns, atol=1e-8)
    products = [model.jacobian_product(unit, xp=NUMPY) for unit in np.eye(4)]
    np.testing.assert_allclose(jacobian, products, rtol=1e-13, atol=1e-17)
    assert np.count_nonzero(jacobian) == 9


def test_the_curvature_of_a_sure_model_keeps_its_digits():
    missing = 2.0**-40
    slopes = parts([0.0, -2 + missing], 1.5).jacobian(xp=NUMPY)
    power = parts([0.0, -2 + missing], 1.5).powers[1]
    np.testing.assert_allclose(slopes[0, 0], power, rtol=1e-11)
    np.testing.assert_array_equal(slopes, slopes[0, 0] * np.asarray([[1, -1], [-1, 1]]))


@pytest.mark.parametrize("row", [[np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]])
def test_a_row_without_a_largest_number_is_nan(row):
    model = parts(row, 1.5)
    for part in (model.probs, model.rest, model.powers, model.derivatives):
        assert np.isnan(part).all()


def test_the_beta_divergence_of_exponent_2_is_half_a_squared_distance():
    rng = np.random.default_rng(20261208)
    targets, probs = rng.random((2, 1000))
    targets[:10], probs[5:15] = 0, 0
    found = beta_divergence.terms(targets, probs, probs - targets, beta=2.0, xp=NUMPY)
    np.testing.assert_allclose(found, (probs - targets) ** 2 / 2, rtol=3e-15)


@pytest.mark.parametrize("beta", [1.1, 1.5, 2.0])
def test_terms_of_the_beta_divergence_meet_the_definition_near_and_far(beta):
    rng = np.random.default_rng(20261209)
    targets = rng.random(60)
    probs = np.concatenate([targets[:30] * (1 + 10.0 ** -np.linspace(0.1, 12, 30)), rng.random(30) ** 4])
    with mp.workdps(60):
        b = mpf(beta)
        truth = [
            float((t**b + (b - 1) * p**b - b * t * p ** (b - 1)) / (b * (b - 1)))
            for t, p in ((mpf(float(t)), mpf(float(p))) for t, p in zip(targets, probs, strict=True))
        ]
    powers = probs ** (beta - 1)
    found = beta_divergence.terms(targets, powers, probs - targets, beta=beta, xp=NUMPY)
    np.testing.assert_allclose(found, truth, rtol=1e-14 / (beta - 1))


def test_as_the_exponent_tends_to_1_the_beta_divergence_tends_to_the_i_divergence():
    rng = np.random.default_rng(20261210)
    targets, probs = rng.random((2, 200))
    found = beta_divergence.terms(targets, probs**1e-6, probs - targets, beta=1 + 1e-6, xp=NUMPY)
    limit = i_divergence.terms(targets, probs - targets, np.log(probs / targets), xp=NUMPY)
    np.testing.assert_allclose(found, limit, rtol=2e-5, atol=1e-9)
