"""Definition, mutants and edge cases of `poisson_nll`."""

import math

import numpy as np
import pytest
from mpmath import exp, log, loggamma
from tests.losses.regression.test_numbers_and_counts import COUNTS, MEANS
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError
from xent.losses import poisson_nll


def definition(z, y, full):
    """Minus the logarithm of the probability of `y`; without `full`, less that at the rate `y`."""
    if full:
        return -(y[0] * z[0] - exp(z[0]) - loggamma(y[0] + 1))
    return exp(z[0]) - y[0] - (y[0] * (z[0] - log(y[0])) if y[0] else 0)


def inputs():
    """Log-rates near the logarithms of counts, and far from them."""
    rng = np.random.default_rng(20261126)
    for z in (0.0, 0.3, -0.6, 1.1, 2.3, 4.6, 9.2, 13.8, -7.7, -40.3, 30.6):
        yield np.float32([z + 0.0137 * rng.standard_normal()])


def truths(logits, rng):
    """None, a few, a number near the rate, and more."""
    rate = np.exp(float(logits[0]))
    counts = {0, 1, 2, int(rng.integers(3, 10)), int(rng.integers(10, 200)), round(min(rate, 1e6)), 1_000_000}
    return [[float(count)] for count in sorted(counts)]


DEFINITION = Definition(
    definition,
    source="The Poisson distribution, from its probabilities; the deviance is half that of the literature",
    inputs=inputs,
    parameters=({"full": False}, {"full": True}),
    units={"value": 4, "gradient": 4, "product": 4},
    truths=truths,
)

TESTS = "tests/losses/regression/test_poisson_nll.py::"
NEAR = TESTS + "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]"
FACTORIALS = TESTS + "test_the_full_value_meets_the_factorials_at_all_sizes[numpy]"

MUTANTS = (
    Mutant(
        "a rate less a count",
        "poisson_nll",
        "_NEAR = 0.7",
        "_NEAR = 0.0",
        NEAR,
    ),
    Mutant(
        "a logarithm of one float",
        "poisson_nll:_gap",
        "double_word(finite, xp=xp) - exact_logarithm(positive, xp=xp)",
        "double_word(finite - xp.log(positive), xp=xp)",
        NEAR,
    ),
    Mutant(
        "infinity less infinity in a deviance",
        "poisson_nll:PoissonNLL._value",
        "(gap.counts == 0) | (gap.rate == xp.inf)",
        drop_right,
        TESTS + "test_rates_of_0_and_beyond_all_floats[torch]",
    ),
    Mutant(
        "a second derivative of the excess",
        "poisson_nll:PoissonNLL.hessian",
        "xp.exp(log_rates) + 0 * counts",
        "xp.exp(log_rates) - counts",
        meets_definition("poisson_nll"),
    ),
    Mutant(
        "full is not full",
        "poisson_nll:PoissonNLL._value",
        "deviance + least_surprisal(gap.counts, xp=xp) if self.full else deviance",
        "deviance + least_surprisal(gap.counts, xp=xp) if not self.full else deviance",
        FACTORIALS,
    ),
    Mutant(
        "Stirling's formula alone",
        "poisson_nll:_by_series",
        "0.5 * xp.log(2 * math.pi * counts) + stirling_series(counts)",
        drop_right,
        FACTORIALS,
    ),
    Mutant(
        "one step of the recurrence too few",
        "poisson_nll:least_surprisal",
        "range(LEAST - 1)",
        "range(LEAST - 2)",
        FACTORIALS,
    ),
    Mutant(
        "a polynomial without its logarithm",
        "poisson_nll:least_surprisal",
        "1 - xp.log(xp.where(small == 0, 1.0, small))",
        drop_right,
        TESTS + "test_counts_between_0_and_1_have_a_surprisal_too[numpy]",
    ),
    Mutant(
        "counts may be negative",
        "poisson_nll:PoissonNLL.problem",
        'valued_examples(asked, "counts", at_least=0)',
        'valued_examples(asked, "counts", at_least=-5)',
        TESTS + "test_counts_are_never_negative[numpy]",
    ),
)


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


@pytest.mark.half_second
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
