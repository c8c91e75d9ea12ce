import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.errors import DomainError, DTypeError
from xent.measures.estimators import (
    cross_entropy_from_samples,
    entropy_from_samples,
    kl_divergence_from_samples,
)

samples = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(samples, samples, st.sampled_from(["laplace", "jeffreys", "perks", "minimax", 0.1]))
def test_cross_entropy_is_entropy_plus_divergence(p, q, smoothing):
    options = {"smoothing": smoothing, "K": 7}
    entropy = entropy_from_samples(p).value
    divergence = kl_divergence_from_samples(p, q, **options)
    cross_entropy = cross_entropy_from_samples(p, q, **options)
    assert divergence.value >= 0
    assert abs(cross_entropy.value - entropy - divergence.value) < 1e-13
    assert cross_entropy.unseen == divergence.unseen == sum(s not in q for s in p)


def test_values_are_those_of_the_frequencies():
    p, q = np.asarray([2, 1]) / 3, np.asarray([1, 3]) / 4
    found = kl_divergence_from_samples("aab", "abbb")
    assert abs(found.value - np.sum(p * np.log(p / q))) < 1e-15
    assert abs(cross_entropy_from_samples("aab", "abbb").value + np.sum(p * np.log(q))) < 1e-15
    assert (found.K, found.n, found.n_model, found.method) == (2, 3, 4, "plug_in")


def test_laplace_smoothing_adds_one_to_each_of_all_categories():
    found = cross_entropy_from_samples("abc", "aab", smoothing="laplace", K=5)
    assert abs(found.value - np.mean(np.log([8 / 3, 8 / 2, 8 / 1]))) < 1e-15
    assert (found.K, found.method, found.unseen) == (5, "laplace", 1)


@pytest.mark.parametrize("estimate", [cross_entropy_from_samples, kl_divergence_from_samples])
def test_a_symbol_the_model_never_saw_costs_infinitely_much_and_is_reported(estimate):
    found = estimate("aabxx", "abcd")
    assert (found.value, found.unseen, found.standard_error) == (math.inf, 2, None)
    assert math.isfinite(estimate("abcd", "aabcdxx").value)


@pytest.mark.parametrize("estimate", [cross_entropy_from_samples, kl_divergence_from_samples])
def test_counts_of_a_model_are_as_good_as_its_samples(estimate):
    counted = estimate("aab", model_counts={"b": 1, "a": 2, "c": 0}, base=2)
    assert counted.value == estimate("aab", "aba", base=2).value
    as_array = estimate(np.asarray([0, 0, 1]), np.asarray([0, 1, 0]))
    assert abs(as_array.value - counted.value * math.log(2)) < 1e-15


def test_equal_frequencies_diverge_by_exactly_0():
    found = kl_divergence_from_samples("abc" * 7, "bca" * 11)
    assert (found.value, found.standard_error) == (0, 0)


@pytest.mark.slow
def test_nearly_equal_frequencies_keep_their_digits():
    n = 10**7
    found = kl_divergence_from_samples(np.repeat([0, 1], [n + 1, n - 1]), model_counts={0: n, 1: n})
    d = 1 / n
    assert abs(found.value / (d * d / 2) - 1) < 1e-8


@pytest.mark.parametrize("smoothing", [None, 5])
def test_the_standard_error_is_the_spread_of_repeated_samples(smoothing):
    rng = np.random.default_rng(8)
    p, q = [0.8, 0.15, 0.05], [0.4, 0.3, 0.3]
    found = []
    for _ in range(400):
        x, y = rng.choice(3, 200, p=p), rng.choice(3, 150, p=q)
        found.append(kl_divergence_from_samples(x, y, smoothing=smoothing, K=3))
    claimed = np.sqrt(np.mean([f.standard_error**2 for f in found]))
    # The relative error of a standard deviation of R normal numbers is 1 / sqrt(2 R): 3.5 % here.
    assert abs(claimed / np.std([f.value for f in found]) - 1) < 0.12


def test_the_standard_error_of_cross_entropy_is_that_of_a_mean():
    x = np.random.default_rng(9).choice(3, 500, p=[0.5, 0.3, 0.2])
    found = cross_entropy_from_samples(x, model_counts={0: 2, 1: 3, 2: 5})
    assert abs(found.standard_error - np.std(-np.log(np.asarray([0.2, 0.3, 0.5])[x])) / np.sqrt(500)) < 1e-15


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (
            ("a",),
            {},
            "`q_samples` must be given, as samples or as `model_counts`, and not as both; got neither.",
        ),
        (("a", "a"), {"model_counts": {"a": 1}}, "and not as both; got both."),
        (("a", ""), {}, "`q_samples` must hold at least one observation; got none."),
        (("", "a"), {}, "`p_samples` must hold at least one observation; got none."),
        (("a",), {"model_counts": {"a": 0}}, "`model_counts` must hold at least one observation; got none."),
        (
            ("a",),
            {"model_counts": [1, 2]},
            "`model_counts` must be a mapping from symbol to count; got list.",
        ),
        (("a",), {"model_counts": {"a": -1}}, "must be >= 0; got -1"),
        (("a", "b"), {"smoothing": "laplace"}, "`K` must be the number of possible categories; got None."),
        (
            ("a", "b"),
            {"smoothing": "laplace", "K": 1},
            "`K` must be at least 2, the number of symbols seen; got 1.",
        ),
        (("a", "b"), {"K": 2.0}, "`K` must be an integer; got 2.0."),
        (("a", "b"), {"smoothing": "epsilon", "K": 2}, "`smoothing` must be one of 'jeffreys', "),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(arguments, options, text):
    for estimate in (cross_entropy_from_samples, kl_divergence_from_samples):
        with pytest.raises((DomainError, DTypeError)) as caught:
            estimate(*arguments, **options)
        assert text in str(caught.value)
