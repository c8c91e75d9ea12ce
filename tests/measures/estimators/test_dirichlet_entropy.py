import numpy as np
import pytest
from mpmath import mp, mpf
from tests.measures.estimators import definitions

from xent.measures.estimators import bayesian_entropy, plug_in_entropy, wolpert_wolf_entropy
from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.dirichlet_entropy import mean_and_variance

COUNTS = ([1, 2, 3, 2, 1], [1], [0, 0, 7], [1000, 0, 3, 3], [10**6, 10**6, 10**6 + 1], [50, 1])


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_moments_meet_their_definition(counts):
    a = np.asarray([1e-6, 0.1, 0.5, 1.0, 30.0, 1e6])
    mean, variance = mean_and_variance(count_spectrum(counts, K=len(counts), caller="f"), a)
    with mp.workdps(60):
        for k, pseudo in enumerate(a):
            truth = definitions.dirichlet_moments([mpf(c) + mpf(float(pseudo)) for c in counts])
            if len(counts) == 1:
                assert (mean[k], variance[k]) == (0, 0)
                continue
            assert float(abs(mean[k] - truth[0])) <= 1e-14
            assert float(abs(variance[k] / truth[1] - 1)) <= 1e-8


def test_moments_are_those_of_drawn_distributions():
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.asarray([1, 2, 3, 2, 1]) + 0.5, size=40_000)
    drawn = -np.sum(p * np.log(p), axis=1)
    found = wolpert_wolf_entropy([1, 2, 3, 2, 1], prior="jeffreys", K=5)
    assert abs(found.value - drawn.mean()) < 5 * drawn.std() / 200
    assert abs(found.standard_error / drawn.std() - 1) < 0.03


def test_a_prior_of_0_leaves_the_frequencies():
    assert bayesian_entropy([1, 0, 2], prior=0, K=9).value == plug_in_entropy([1, 2]).value
    observed = wolpert_wolf_entropy([1, 2], prior=0, K=2)
    assert abs(wolpert_wolf_entropy([1, 0, 2], prior=0, K=9).value - observed.value) < 1e-14


def test_a_strong_prior_makes_everything_uniform():
    assert abs(bayesian_entropy([1, 0, 2], prior=1e12, K=9).value - np.log(9)) < 1e-12
    assert abs(wolpert_wolf_entropy([1, 0, 2], prior=1e12, K=9).value - np.log(9)) < 1e-10
