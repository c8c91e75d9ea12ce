import math

import numpy as np
import pytest
from mpmath import mp
from tests.measures.estimators import definitions

from xent.measures.estimators import nemenman_shafee_bialek_entropy, wolpert_wolf_entropy

# Mean and standard deviation by `definitions.nsb_moments` at 20 digits.
BY_BRUTE_QUADRATURE = [
    ([1, 2, 3, 2, 1], 5, 1.5090062278724036, 0.09624506973111209),
    ([1, 0], 2, 0.34657359027997265, 0.27940563808385431),
    ([3, 1], 4, 0.85276297975104191, 0.31820940568511730),
]


@pytest.mark.parametrize(
    ("counts", "K", "mean", "deviation"), BY_BRUTE_QUADRATURE, ids=("five", "two", "four")
)
def test_mean_and_deviation_are_those_of_brute_quadrature(counts, K, mean, deviation):
    found = nemenman_shafee_bialek_entropy(counts, K=K)
    assert abs(found.value / mean - 1) < 1e-12
    assert abs(found.standard_error / deviation - 1) < 1e-10


@pytest.mark.slow
def test_brute_quadrature_still_gives_what_is_stored():
    counts, K, *stored = BY_BRUTE_QUADRATURE[1]
    with mp.workdps(12):
        again = definitions.nsb_moments(counts, K)
    assert np.allclose([float(x) for x in again], stored, rtol=1e-9, atol=0)


def test_one_observation_leaves_half_the_range_of_two_categories():
    # The prior is flat on the entropy's mean, and one observation cannot tell anything about it.
    assert abs(nemenman_shafee_bialek_entropy([1], K=2).value - math.log(2) / 2) < 1e-12


@pytest.mark.parametrize("K", [2, 10, 1000, 10**6])
@pytest.mark.parametrize("n", [1, 10, 10**3, 10**6])
def test_it_stays_in_range_from_few_to_many_observations_and_categories(K, n):
    rng = np.random.default_rng(K + n)
    for counts in (
        [n],
        rng.multinomial(n, np.full(K, 1 / K)),
        rng.multinomial(n, rng.dirichlet(np.full(K, 0.5))),
    ):
        found = nemenman_shafee_bialek_entropy(counts, K=K)
        assert 0 < found.value <= math.log(K) * (1 + 1e-9)
        assert 0 < found.standard_error < math.log(K)


@pytest.mark.parametrize(("K", "n", "a"), [(10, 1000, 1.0), (1000, 10**5, 0.3), (10**6, 10**6, 1.0)])
def test_the_truth_lies_within_five_standard_errors(K, n, a):
    # At K = n = 10**6 the posterior of log(beta) is 100 times narrower than the first grid.
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.full(K, a))
    found = nemenman_shafee_bialek_entropy(rng.multinomial(n, p), K=K)
    truth = -float(np.sum(p * np.log(np.where(p > 0, p, 1))))
    assert abs(found.value - truth) < 5 * found.standard_error


def test_much_data_of_one_prior_agree_with_the_posterior_of_that_prior():
    rng = np.random.default_rng(4)
    counts = rng.multinomial(10**6, rng.dirichlet(np.ones(10**5)))
    mixed = nemenman_shafee_bialek_entropy(counts, K=10**5)
    single = wolpert_wolf_entropy(counts, prior="laplace", K=10**5)
    assert abs(mixed.value - single.value) < mixed.standard_error
    assert 1 <= mixed.standard_error / single.standard_error < 2


@pytest.mark.slow
def test_the_standard_error_covers_the_truth_as_often_as_a_normal_one():
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(200):
        p = rng.dirichlet(np.full(20, 10 ** rng.uniform(-1, 1)))
        found = nemenman_shafee_bialek_entropy(rng.multinomial(50, p), K=20)
        truth = -float(np.sum(p * np.log(np.where(p > 0, p, 1))))
        inside += abs(found.value - truth) < found.standard_error
    # 68 % with a standard deviation of 3.3 %; the prior on beta differs from the one drawn here.
    assert 0.55 < inside / 200 < 0.80


def test_one_category_is_certain():
    found = nemenman_shafee_bialek_entropy([5], K=1)
    assert (found.value, found.standard_error) == (0, 0)
