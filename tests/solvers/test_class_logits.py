import numpy as np
import pytest

from xent.solvers.class_logits import class_logits


@pytest.fixture(params=[2, 3, 6], ids=lambda K: f"{K} classes")
def case(request):
    K = request.param
    rng = np.random.default_rng(K)
    logits = 3 * rng.normal(size=(1 if K == 2 else K, 50)) + 1
    return class_logits(K), logits, rng.integers(K, size=50), rng.uniform(0.1, 2, size=50), K


def test_slopes_are_the_central_differences_of_values(case):
    way, logits, codes, _, _ = case
    _, slopes = way.value_and_slopes(logits, codes)
    h = 1e-6
    for m in range(len(logits)):
        step = np.zeros_like(logits)
        step[m] = h
        ahead, behind = (way.value_and_slopes(logits + s, codes)[0] for s in (step, -step))
        assert np.abs((ahead - behind) / (2 * h) - slopes[m]).max() < 1e-8


def test_curvature_is_the_central_difference_of_slopes(case):
    way, logits, codes, _, _ = case
    curvature = way.curvature(logits)
    h = 1e-6
    for m in range(len(logits)):
        step = np.zeros_like(logits)
        step[m] = h
        ahead, behind = (way.value_and_slopes(logits + s, codes)[1] for s in (step, -step))
        assert np.abs((ahead - behind) / (2 * h) - curvature[m]).max() < 1e-8


def test_covariance_is_the_weighted_sum_of_curvature(case):
    way, logits, codes, weights, _ = case
    _, slopes = way.value_and_slopes(logits, codes)
    covariance = way.covariance(slopes, codes, weights)
    assert np.allclose(covariance, way.curvature(logits) @ weights, rtol=1e-12, atol=1e-15)


def test_probabilities_sum_to_one_and_the_value_is_their_surprisal(case):
    way, logits, codes, _, K = case
    values, slopes = way.value_and_slopes(logits, codes)
    probs = way.probs(slopes, codes)
    assert probs.shape == (K, 50)
    assert np.abs(probs.sum(axis=0) - 1).max() < 1e-15
    assert np.allclose(-np.log(probs[codes, np.arange(50)]), values, rtol=1e-9)


def test_entries_of_logits_are_those_of_their_classes(case):
    way, logits, _, _, K = case
    kept = way.of_logits(np.arange(K))
    assert len(kept) == len(logits)
    assert kept[-1] == K - 1
