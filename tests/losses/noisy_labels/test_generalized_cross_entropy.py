"""The clauses of the docstrings of generalised cross-entropy and of its truncated form."""

import numpy as np
import pytest
from mpmath import expm1, log, mp, mpf
from tests.losses.focusing.test_focal import hard_rows
from tests.losses.focusing.test_poly import assert_same
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, drop_right, flip_sign
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as cross_entropy
from xent.losses import (
    GeneralizedCrossEntropy,
    TruncatedCrossEntropy,
    generalized_cross_entropy,
    mean_absolute_error,
    truncated_cross_entropy,
)


def definition(z, label, q):
    """``(1 - p_y ** q) / q``; as an ``expm1``, for the difference is to have its digits at two precisions."""
    return -expm1(mpf(q) * log(softmax(z)[label])) / mpf(q)


DEFINITION = Definition(
    definition,
    source="Zhang and Sabuncu 2018, section 3.2",
    inputs="logits",
    parameters=({"q": 0.7}, {"q": 1.0}),
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)


TESTS = "tests/losses/noisy_labels/test_generalized_cross_entropy.py::"
DIGITS = TESTS + "test_the_slope_keeps_its_digits_where_the_probability_underflows[numpy-{1}-{0}]"

MUTANTS = (
    Mutant(
        "1 - u ** q",
        "generalized_cross_entropy:generalized",
        "return -xp.expm1(-q * surprisal) / q",
        "return (1 - xp.exp(-q * surprisal)) / q",
        TESTS + "test_a_small_exponent_is_next_to_cross_entropy_and_keeps_its_digits[numpy]",
    ),
    Mutant(
        "forget to divide",
        "generalized_cross_entropy:generalized",
        "-xp.expm1(-q * surprisal) / q",
        drop_right,
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "the slope of u",
        "generalized_cross_entropy:GeneralizedCrossEntropy.first_derivative",
        "power_of_prob(of_label, self.q, xp=xp)",
        "power_of_prob(of_label, self.q, xp=xp) / of_label.prob",
        meets_definition("generalized_cross_entropy"),
    ),
    Mutant(
        "the bend of the other sign",
        "generalized_cross_entropy:GeneralizedCrossEntropy.second_derivative",
        "-self.q",
        flip_sign,
        meets_definition("generalized_cross_entropy"),
    ),
    Mutant(
        "round the product",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near",
        drop_left,
        DIGITS.format("float64", "0.7"),
    ),
    Mutant(
        "round the exponent to 32 bits",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near",
        drop_right,
        DIGITS.format("float32", "0.7"),
    ),
    Mutant(
        "forget what rounding took from the surprisal",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near + q * of_label.surprisal_rest",
        drop_right,
        DIGITS.format("float64", "1.0"),
    ),
    Mutant(
        "a power of a probability that underflows",
        "generalized_cross_entropy:power_of_prob",
        "xp.exp(-product) * (1 - (missing + rest * near + q * of_label.surprisal_rest))",
        "of_label.prob**q + 0 * (1 - (missing + rest * near + q * of_label.surprisal_rest))",
        DIGITS.format("float64", "0.3"),
    ),
    Mutant(
        "a limit too near",
        "generalized_cross_entropy",
        "_FAR = 2000.0",
        "_FAR = 300.0",
        DIGITS.format("float64", "0.7"),
    ),
    Mutant(
        "a power of 0 that is not 1",
        "generalized_cross_entropy:power_of_prob",
        "0 * of_label.complement + 1",
        "of_label.complement",
        TESTS + "test_an_exponent_of_0_gives_cross_entropy_and_one_of_1_half_the_absolute_error[numpy]",
    ),
)


def test_the_definitions_as_written_hold(xp):
    logits = np.random.default_rng(1).standard_normal((5, 4))
    labels, weight = np.asarray([0, 1, 2, 3, 3]), np.asarray([1.0, 2.0, 0.5, 3.0, 1.5])
    u = (np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))[np.arange(5), labels]
    found = xp.call_public(GeneralizedCrossEntropy(0.4), logits, labels, sample_weight=weight)
    np.testing.assert_allclose(found, weight * (1 - u**0.4) / 0.4, rtol=1e-13)
    found = xp.call_public(TruncatedCrossEntropy(0.4, 0.3), logits, labels, sample_weight=weight)
    assert (u < 0.3).any()
    assert (u > 0.3).any()
    np.testing.assert_allclose(found, weight * (1 - np.maximum(u, 0.3) ** 0.4) / 0.4, rtol=1e-13)


@pytest.mark.of_values
def test_an_exponent_of_0_gives_cross_entropy_and_one_of_1_half_the_absolute_error(xp):
    assert_same(xp, GeneralizedCrossEntropy(q=0).formula, cross_entropy)
    logits, labels = hard_rows()
    vectors = np.random.default_rng(2).standard_normal(logits.shape)
    for name, more in (("__call__", ()), ("gradient", ()), ("hessian_vector_product", (vectors,))):
        half = xp.call_public(getattr(mean_absolute_error, name), logits, labels, *more) / 2
        found = xp.call_public(getattr(GeneralizedCrossEntropy(q=1.0), name), logits, labels, *more)
        np.testing.assert_allclose(found, half, rtol=1e-13, atol=1e-300)


def test_a_small_exponent_is_next_to_cross_entropy_and_keeps_its_digits(xp):
    """``(1 - u ** q) / q`` would keep four of them."""
    logits = np.asarray([[3.0, 0.0], [0.0, 3.0]])
    found = xp.call_public(GeneralizedCrossEntropy(q=1e-12), logits, np.asarray([0, 0]))
    s = np.log1p(np.exp([-3.0, 3.0]))
    assert_within(6, found, s - 1e-12 * s * s / 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("q", [0.7, 0.3, 0.01, 1.0])
def test_the_slope_keeps_its_digits_where_the_probability_underflows(xp, q, dtype):
    gaps = np.asarray([0.3, 5.7, 41.3, 86.9, 120.7, 333.3], dtype=dtype)
    gaps = gaps if dtype == np.float32 else np.concatenate([gaps, [708.3, 977.7, 1931.1]])
    tiny = float(np.finfo(dtype).smallest_normal)
    logits = np.stack([-gaps, np.zeros_like(gaps), np.zeros_like(gaps)], axis=-1)
    gradient = xp.call_public(GeneralizedCrossEntropy(q).gradient, logits, np.zeros(len(gaps), dtype=int))
    with mp.workdps(60):
        u = [1 / (1 + 2 * mp.exp(mpf(float(gap)))) for gap in gaps]
        truth = np.asarray([float(-(x ** mpf(q)) * (1 - x)) for x in u])
    is_normal = np.abs(truth) > tiny
    assert_within(12 if xp.name == "jax" else 6, gradient[is_normal, 0], truth[is_normal])
    assert (np.abs(gradient[~is_normal]) <= tiny).all()
    beyond = np.asarray([float(np.min(u)) < tiny, q == 1.0])
    assert beyond.any()  # the probability itself is no normal number in the last row


@pytest.mark.of_values
def test_a_label_that_is_ruled_out_costs_the_bound_and_has_no_slope(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([0])
    for loss, value in (
        (generalized_cross_entropy, 1 / 0.7),
        (GeneralizedCrossEntropy(q=0.25), 4.0),
        (truncated_cross_entropy, (1 - 0.5**0.7) / 0.7),
        (TruncatedCrossEntropy(q=0.0, k=0.25), np.log(4)),
    ):
        found, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
        assert_within(2, found, [value])
        np.testing.assert_array_equal(gradient, 0)
        np.testing.assert_array_equal(xp.call_public(loss.hessian, logits, labels), 0)


def test_a_finite_gap_beyond_all_floats_is_no_exception(xp):
    logits, labels = np.asarray([[-1e300, 1e300]]), np.asarray([0])
    value, gradient = xp.call_public(generalized_cross_entropy.value_and_gradient, logits, labels)
    assert_within(2, value, [1 / 0.7])
    np.testing.assert_array_equal(gradient, 0)


def test_one_class_costs_nothing_and_nan_stays_nan(xp):
    for loss in (generalized_cross_entropy, truncated_cross_entropy):
        assert xp.call_public(loss, np.asarray([[3.5]]), np.asarray([0])) == 0
        logits, labels = np.asarray([[np.nan, 0.0], [1.5, 0.0]]), np.asarray([0, 0])
        value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
        np.testing.assert_array_equal(np.isnan(value), [True, False])
        np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [True, False])


def test_without_checks_a_label_that_is_no_class_gives_nan(xp):
    for loss in (generalized_cross_entropy, truncated_cross_entropy):
        found = xp.call(loss.formula.value_and_gradient, np.zeros((2, 3)), np.asarray([7, 1]))
        for part in found:
            np.testing.assert_array_equal(np.isnan(part.reshape(2, -1)).all(axis=-1), [True, False])


def test_the_minimum_over_a_distribution_of_labels_is_a_power_of_it():
    targets, q = np.asarray([0.7, 0.2, 0.1]), 0.6
    logits = np.tile(np.log(targets) / (1 - q), (3, 1))
    gradient = generalized_cross_entropy.gradient(logits, np.arange(3), q=q)
    np.testing.assert_allclose(targets @ gradient, 0, atol=1e-15)
    assert np.abs(gradient).max() > 1e-2


def test_the_sum_over_all_labels_is_bounded_on_both_sides():
    rng, q = np.random.default_rng(5), 0.7
    logits = rng.choice([0.1, 3.0, 50.0], size=(300, 1)) * rng.standard_normal((300, 4))
    sums = sum(generalized_cross_entropy(logits, np.full(300, label)) for label in range(4))
    assert (sums >= (4 - 4 ** (1 - q)) / q * (1 - 1e-12)).all()
    assert (sums <= 3 / q * (1 + 1e-12)).all()
    assert np.ptp(sums) > 0.5


def test_parameters_without_a_meaning_are_refused():
    with pytest.raises(DomainError, match=r"^GeneralizedCrossEntropy: `q` must lie in \[0, 1\]; got 1\.5\.$"):
        GeneralizedCrossEntropy(q=1.5)
    with pytest.raises(DomainError, match=r"`q` must lie in \[0, 1\]; got nan"):
        TruncatedCrossEntropy(q=float("nan"))
    with pytest.raises(DomainError) as caught:
        truncated_cross_entropy(np.zeros((1, 2)), np.asarray([0]), k=0.0)
    assert str(caught.value) == (
        "TruncatedCrossEntropy: `k` must lie in (0, 1); got 0.0. Without a bound it is "
        "`generalized_cross_entropy`."
    )


def test_where_others_have_no_finite_slope_there_is_one():
    """Formed on probabilities, ``-u ** (q - 1)`` is infinite at 0, and 0 times it is nan."""
    gradient = generalized_cross_entropy.gradient(np.asarray([[-2000.0, 0.0]]), np.asarray([0]), q=0.5)
    np.testing.assert_array_equal(gradient, 0)
    gradient = generalized_cross_entropy.gradient(np.asarray([[-1000.0, 0.0]]), np.asarray([0]), q=0.5)
    assert_within(6, gradient, [[-7.124576406741285e-218, 7.124576406741285e-218]])
