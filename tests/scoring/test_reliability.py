import numpy as np
import pytest

from xent.scoring.reliability import calibration_error, reliability


def test_two_classes_agree_with_scikit_learn():
    calibration = pytest.importorskip("sklearn.calibration")
    rng = np.random.default_rng(0)
    p = rng.uniform(size=1000)
    codes = (rng.uniform(size=1000) < p**2).astype(int)
    bins = reliability(np.stack([1 - p, p], axis=1), codes)
    observed, predicted = calibration.calibration_curve(codes, p, n_bins=10)
    assert [b.observed.value for b in bins] == pytest.approx(observed.tolist(), rel=1e-12)
    assert [b.predicted for b in bins] == pytest.approx(predicted.tolist(), rel=1e-12)
    weights = np.asarray([b.count for b in bins]) / 1000
    assert calibration_error(bins) == pytest.approx(weights @ np.abs(observed - predicted), rel=1e-12)
    assert 0.1 < calibration_error(bins) < 0.25


def test_every_probability_has_a_bin_also_the_edges():
    p = np.asarray([0.0, 0.1, np.nextafter(0.1, 1), 0.7, 1.0])
    bins = reliability(np.stack([1 - p, p], axis=1), np.asarray([0, 0, 1, 1, 1]))
    counts = {round(b.low, 1): b.count for b in bins}
    assert counts == {0.0: 2, 0.1: 1, 0.6: 1, 0.9: 1}


def test_more_classes_are_pooled():
    probs = np.asarray([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
    bins = reliability(probs, np.asarray([2, 0]))
    assert sum(b.count for b in bins) == 6
    by_low = {round(b.low, 1): b for b in bins}
    assert by_low[0.0].observed.value == 0.5
    assert by_low[0.7].observed.value == 0
    assert by_low[0.4].observed.value == 1


def test_a_calibrated_model_has_little_error_and_an_overconfident_one_more():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 3))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = (rng.uniform(size=(20_000, 1)) > probs.cumsum(axis=1)).sum(axis=1)
    sharp = probs**3 / (probs**3).sum(axis=1, keepdims=True)
    assert calibration_error(reliability(probs, codes)) < 0.01
    assert calibration_error(reliability(sharp, codes)) > 0.08
