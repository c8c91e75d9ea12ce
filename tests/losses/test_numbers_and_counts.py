"""Losses of numbers and of counts: the clauses of their docstrings, reductions, and rivals."""

import math

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import gaussian_nll, poisson_nll, squared_error

RNG = np.random.default_rng(20261201)
MEANS, VALUES = RNG.standard_normal(6) * 2, RNG.standard_normal(6) + 0.5
COUNTS = np.asarray([0, 1, 2, 7, 30, 4])


def test_a_gaussian_of_variance_1_gives_the_squared_error(xp):
    logits = np.stack((MEANS, np.zeros(6)), axis=-1)
    assert_within(2, xp.call_public(gaussian_nll, logits, VALUES), squared_error(MEANS, VALUES))
    gradient = xp.call_public(gaussian_nll.gradient, logits, VALUES)
    assert_within(1, gradient[:, 0], squared_error.gradient(MEANS, VALUES))


def test_the_full_gaussian_is_the_density_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    log_variances = RNG.standard_normal(6)
    found = gaussian_nll(np.stack((MEANS, log_variances), axis=-1), VALUES, full=True)
    density = stats.norm.logpdf(VALUES, MEANS, np.exp(log_variances / 2))
    np.testing.assert_allclose(found, -density, rtol=1e-13)


def test_torch_agrees_where_it_does_not_clamp_the_variance():
    torch = pytest.importorskip("torch")
    log_variances = RNG.standard_normal(6)
    for full in (False, True):
        theirs = torch.nn.functional.gaussian_nll_loss(
            torch.tensor(MEANS),
            torch.tensor(VALUES),
            torch.exp(torch.tensor(log_variances)),
            full=full,
            reduction="none",
        )
        ours = gaussian_nll(np.stack((MEANS, log_variances), axis=-1), VALUES, full=full)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_a_small_variance_is_not_clamped_and_has_a_gradient(xp):
    logits = np.asarray([[0.5, -100.0], [0.5, -1500.0]])
    value, gradient = xp.call_public(gaussian_nll.value_and_gradient, logits, np.asarray([0.5, 0.5]))
    np.testing.assert_array_equal(value, [-50, -750])
    np.testing.assert_array_equal(gradient, [[0, 0.5], [0, 0.5]])


def test_neither_the_variance_nor_the_square_of_a_residual_has_to_be_a_float(xp):
    logits = np.asarray([[0.0, -800.0], [0.0, 900.0]])
    found = xp.call_public(gaussian_nll, logits, np.asarray([1e-180, 1e190]))
    residuals = np.asarray([1e-180 * math.exp(400), 1e190 / math.exp(450)])
    np.testing.assert_allclose(found, (logits[:, 1] + residuals**2) / 2, rtol=1e-13)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_an_infinite_log_variance_gives_the_limit(xp):
    logits = np.asarray([[0.0, -np.inf], [1.0, -np.inf], [0.0, np.inf], [0.0, -3000.0]])
    found = xp.call_public(gaussian_nll, logits, np.asarray([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.inf, np.inf])


def test_the_parameters_of_a_gaussian_are_two():
    rule = "`logits` must have 2 entries on its last axis: mean and log-variance"
    with pytest.raises(ShapeError, match=rf"gaussian_nll: {rule}; got shape \(6,\)"):
        gaussian_nll(MEANS, VALUES)
    with pytest.raises(
        ShapeError, match=r"`values` must have shape \(6,\), that of `logits` without its last"
    ):
        gaussian_nll(np.zeros((6, 2)), VALUES[:, None])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_values_are_finite_where_they_count(xp, wrong):
    values = np.where(np.arange(6) == 4, wrong, VALUES)
    with pytest.raises(
        DomainError, match=r"squared_error: `values` must be finite; got .*, first at index \(4,\)"
    ):
        squared_error(xp.from_numpy(MEANS), xp.from_numpy(values))
    weight = np.where(np.arange(6) == 4, 0.0, 1.0)
    found = xp.call_public(squared_error, MEANS, values, sample_weight=weight)
    assert_within(1, found, weight * squared_error(MEANS, VALUES))


def test_an_infinite_mean_costs_infinity():
    np.testing.assert_array_equal(squared_error(np.asarray([np.inf]), np.zeros(1)), [np.inf])


def test_counts_are_never_negative(xp):
    with pytest.raises(DomainError, match=r"poisson_nll: `counts` must be finite and >= 0; got -1, first at"):
        poisson_nll(xp.from_numpy(MEANS), xp.from_numpy(COUNTS - 1))
    with pytest.raises(DTypeError, match="poisson_nll: `counts` must be real floating or integral; got bool"):
        poisson_nll(MEANS, COUNTS > 1)


def test_integer_and_floating_counts_are_the_same(xp):
    found = xp.call_public(poisson_nll, MEANS, COUNTS)
    np.testing.assert_array_equal(found, xp.call_public(poisson_nll, MEANS, COUNTS.astype(float)))


def test_the_full_poisson_is_the_probability_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    found = poisson_nll(MEANS, COUNTS, full=True)
    np.testing.assert_allclose(found, -stats.poisson.logpmf(COUNTS, np.exp(MEANS)), rtol=1e-12)


def test_the_logarithm_of_the_factorial_is_not_stirling_s_formula():
    # PyTorch's full=True gives .6518 for the first of these, and 0 for the factorial of 1.
    torch = pytest.importorskip("torch")
    found = poisson_nll(np.zeros(3), np.asarray([2, 1, 0]), full=True) - 1
    np.testing.assert_allclose(found, [math.log(2), 0, 0], rtol=1e-14, atol=1e-15)
    theirs = torch.nn.functional.poisson_nll_loss(
        torch.zeros(1, dtype=torch.float64), torch.tensor([2.0]), full=True
    )
    assert abs(float(theirs) - 1 - math.log(2)) > 0.04


def test_torch_has_the_same_derivatives_and_another_zero():
    torch = pytest.importorskip("torch")
    logits = torch.tensor(MEANS, requires_grad=True)
    theirs = torch.nn.functional.poisson_nll_loss(logits, torch.tensor(COUNTS), reduction="none")
    theirs.sum().backward()
    np.testing.assert_allclose(poisson_nll.gradient(MEANS, COUNTS), logits.grad, rtol=1e-12, atol=1e-14)
    positive = np.where(COUNTS == 0, 1, COUNTS)
    apart = COUNTS - COUNTS * np.log(positive)
    np.testing.assert_allclose(poisson_nll(MEANS, COUNTS), theirs.detach().numpy() - apart, rtol=1e-11)


def test_the_deviance_is_twice_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    theirs = metrics.mean_poisson_deviance(COUNTS, np.exp(MEANS))
    np.testing.assert_allclose(2 * poisson_nll.mean(MEANS, COUNTS), theirs, rtol=1e-12)


def test_the_best_rate_is_the_count_and_costs_nothing(xp):
    counts = np.asarray([1.0, 2.0, 10.0, 12345.0])
    value, gradient = xp.call_public(poisson_nll.value_and_gradient, np.log(counts), counts)
    # The logarithm is rounded, and the excess of the rate is what rounding made of it.
    assert (value <= counts * (np.spacing(np.log(counts)) ** 2)).all()
    assert (np.abs(gradient) <= counts * np.spacing(np.log(counts))).all()
    assert (gradient[1:] != 0).all()


def test_next_to_the_best_rate_value_and_gradient_keep_their_digits(xp):
    counts = np.full(3, 3.0)
    logits = np.log(3.0) + np.asarray([1e-9, -1e-9, 1e-10])
    # The logarithm of 3 to 33 digits.
    log_3 = 1.0986122886681098, -9.07129723500153e-17
    gaps = (logits - log_3[0]) - log_3[1]
    value, gradient = xp.call_public(poisson_nll.value_and_gradient, logits, counts)
    np.testing.assert_allclose(gradient, 3 * (gaps + gaps**2 / 2), rtol=1e-14)
    np.testing.assert_allclose(value, 3 * (gaps**2 / 2 + gaps**3 / 6), rtol=2e-14)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_rates_of_0_and_beyond_all_floats(xp):
    logits = np.asarray([-np.inf, -np.inf, np.inf, 800.0, -np.inf])
    counts = np.asarray([0.0, 2.0, 2.0, 1e300, 0.5])
    value, gradient = xp.call_public(poisson_nll.value_and_gradient, logits, counts)
    np.testing.assert_array_equal(value, [0, np.inf, np.inf, np.inf, np.inf])
    np.testing.assert_array_equal(gradient, [0, -2, np.inf, np.inf, -0.5])
    full = xp.call_public(type(poisson_nll)(full=True), logits[:2], counts[:2])
    np.testing.assert_array_equal(full, [0, np.inf])


def test_the_full_value_meets_the_factorials_at_all_sizes(xp):
    counts = np.asarray([0, 1, 2, 3, 5, 7, 8, 9, 12, 20])
    factorials = [math.log(math.factorial(int(count))) for count in counts]
    found = xp.call_public(type(poisson_nll)(full=True), np.zeros(10), counts)
    assert_within(4, found, 1 + np.asarray(factorials))


@pytest.mark.parametrize("loss", [squared_error, gaussian_nll, poisson_nll])
def test_nan_gives_nan_and_an_empty_batch_an_empty_array(loss):
    logits = np.full((1, 2), np.nan)
    truth = np.ones(1) if loss is gaussian_nll else np.ones((1, 2))
    value, gradient = loss.value_and_gradient(logits, truth)
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()
    assert loss(logits[:0], truth[:0]).shape == truth[:0].shape


def test_counts_between_0_and_1_have_a_surprisal_too(xp):
    counts = np.asarray([0.5, 0.25, 1e-8])
    found = xp.call_public(type(poisson_nll)(full=True), np.full(3, -0.25), counts)
    # Gamma of 1.5 is half the square root of pi; near 1 its logarithm is -0.5772 times the distance.
    log_gammas = [math.log(math.pi) / 2 - math.log(2), math.lgamma(1.25), -1e-8 * np.euler_gamma]
    np.testing.assert_allclose(found, math.exp(-0.25) + 0.25 * counts + log_gammas, rtol=1e-11)


def test_the_full_poisson_meets_the_gamma_function_between_the_factorials():
    mpmath = pytest.importorskip("mpmath")
    counts = np.asarray([0.3, 1.7, 6.2, 7.9, 8.1, 9.75, 31.4])
    exact = [float(mpmath.exp(0.5) - count / 2 + mpmath.loggamma(count + 1)) for count in counts]
    assert_within(6, poisson_nll(np.full(7, 0.5), counts, full=True), np.asarray(exact))
