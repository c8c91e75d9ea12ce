import numpy as np
import pytest

from xent.scoring.reliability import calibration_error, reliability


def test_two_classes_agree_with_scikit_learn():
    calibration = pytest.importorskip("sklearn.calibration")
    rng = np.random.default_rng(0)
    p = rng.uniform(size=1000)
    codes = (rng.uniform(size=1000) < p**2).astype(int)
    bins = reliability(np.log(np.stack([1 - p, p], axis=1)), codes)
    observed, predicted = calibration.calibration_curve(codes, p, n_bins=10)
    assert [b.observed.value for b in bins] == pytest.approx(observed.tolist(), rel=1e-12)
    assert [b.predicted for b in bins] == pytest.approx(predicted.tolist(), rel=1e-12)
    weights = np.asarray([b.count for b in bins]) / 1000
    assert calibration_error(bins) == pytest.approx(weights @ np.abs(observed - predicted), rel=1e-12)
    assert 0.1 < calibration_error(bins) < 0.25


def test_every_probability_has_a_bin_also_the_edges():
    p = np.asarray([0.0, 0.1, 0.1 + 1e-12, 0.7, 1.0])
    with np.errstate(divide="ignore"):
        log_probs = np.log(np.stack([1 - p, p], axis=1))
    bins = reliability(log_probs, np.asarray([0, 0, 1, 1, 1]))
    counts = {round(b.low, 1): b.count for b in bins}
    assert counts == {0.0: 2, 0.1: 1, 0.6: 1, 0.9: 1}, (
        "0.7 and exp(log 0.1) lie on edges, which are closed on the right"
    )


def test_of_more_classes_the_most_probable_is_looked_at():
    log_probs = np.log([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
    bins = reliability(log_probs, np.asarray([2, 0]))
    assert [(round(b.low, 1), b.count, b.observed.value) for b in bins] == [(0.4, 1, 1.0), (0.7, 1, 0.0)]


def test_the_error_of_an_overconfident_model_does_not_shrink_with_the_number_of_classes():
    for K in (10, 100):
        probs = np.full((1000, K), 0.01 / (K - 1))
        probs[:, 0] = 0.99
        codes = np.where(np.arange(1000) % 2, 0, 1)
        assert calibration_error(reliability(np.log(probs), codes)) == pytest.approx(0.49, rel=1e-9)


def test_weights_count_as_repetitions_do():
    rng = np.random.default_rng(5)
    log_probs, codes, weights = (
        np.log(rng.dirichlet(np.ones(3), 60)),
        rng.integers(3, size=60),
        rng.integers(4, size=60),
    )
    weighted = reliability(log_probs, codes, weights=weights.astype(float))
    repeated = reliability(np.repeat(log_probs, weights, axis=0), np.repeat(codes, weights))
    for ours, theirs in zip(weighted, repeated, strict=True):
        assert ours.predicted == pytest.approx(theirs.predicted, rel=1e-12)
        assert ours.observed.value == pytest.approx(theirs.observed.value, rel=1e-12)
        assert ours.share == pytest.approx(theirs.share, rel=1e-12)
    assert calibration_error(weighted) == pytest.approx(calibration_error(repeated), rel=1e-12)


def test_a_calibrated_model_has_little_error_and_an_overconfident_one_more():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 3))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = (rng.uniform(size=(20_000, 1)) > probs.cumsum(axis=1)).sum(axis=1)
    sharp = probs**3 / (probs**3).sum(axis=1, keepdims=True)
    assert calibration_error(reliability(np.log(probs), codes)) < 0.015
    assert calibration_error(reliability(np.log(sharp), codes)) > 0.08
