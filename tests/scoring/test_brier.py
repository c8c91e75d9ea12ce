import mpmath
import numpy as np
import pytest

from xent.scoring.brier import brier_scores

metrics = pytest.importorskip("sklearn.metrics")


def log_probs_of(K, n=300, seed=0):
    logits = np.random.default_rng(seed).normal(size=(n, K)) * 2
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("K", [2, 3, 7])
def test_the_mean_is_the_score_of_scikit_learn(K):
    log_probs, codes = log_probs_of(K), np.random.default_rng(1).integers(K, size=300)
    probs = np.exp(log_probs)
    theirs = metrics.brier_score_loss(codes, probs[:, 1] if K == 2 else probs)
    assert brier_scores(log_probs, codes).mean() == pytest.approx(theirs, rel=1e-12)


def test_a_score_near_0_keeps_its_digits():
    with mpmath.workdps(50):
        wrong = mpmath.mpf("1e-20")
        log_probs = np.asarray([[float(mpmath.log1p(-2 * wrong)), float(mpmath.log(wrong)), -np.inf]])
        exact = float((2 * wrong) ** 2 + wrong**2)
    assert brier_scores(log_probs, np.asarray([0]))[0] == pytest.approx(exact, rel=1e-13, abs=0)


def test_certainty_scores_0_or_the_most():
    log_probs = np.asarray([[0.0, -np.inf], [0.0, -np.inf]])
    assert brier_scores(log_probs, np.asarray([0, 1])).tolist() == [0, 1]
    log_probs = np.asarray([[0.0, -np.inf, -np.inf]] * 2)
    assert brier_scores(log_probs, np.asarray([0, 1])).tolist() == [0, 2]


def test_many_rows_go_in_blocks_with_the_same_result():
    log_probs = np.tile(log_probs_of(3), (300, 1))
    codes = np.tile(np.arange(300) % 3, 300)
    scores = brier_scores(log_probs, codes)
    assert np.array_equal(scores, np.tile(brier_scores(log_probs[:300], codes[:300]), 300))
