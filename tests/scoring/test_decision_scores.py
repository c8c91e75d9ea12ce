import math

import numpy as np
import pytest

from xent.scoring import decision_scores as module
from xent.scoring.decision_scores import decision_scores
from xent.scoring.predictions import checked_predictions

metrics = pytest.importorskip("sklearn.metrics")


def scores_of(K, n=200, **changes):
    rng = np.random.default_rng(K)
    logits = rng.normal(size=(n, K))
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    codes = np.where(rng.random(n) < 0.5, log_probs.argmax(axis=1), rng.integers(K, size=n))
    return decided(log_probs, codes, **changes), log_probs, codes


def decided(log_probs, codes, commonest=1, **given):
    names = [f"c{k}" for k in range(log_probs.shape[1])]
    return decision_scores(
        checked_predictions(log_probs, codes, classes=names, caller="made", **given), commonest=commonest
    )


def test_the_error_of_guessing_is_that_of_the_commonest_class_of_training():
    found, _, codes = scores_of(3)
    assert (found.commonest, found.commonest_error) == ("c1", np.mean(codes != 1))


def test_two_classes_have_an_area_with_an_interval_and_thresholds():
    found, log_probs, codes = scores_of(2)
    assert found.auc.value == pytest.approx(metrics.roc_auc_score(codes, log_probs[:, 1]), rel=1e-14)
    assert found.auc.low < found.auc.value < found.auc.high
    assert len(found.thresholds) == 11


def test_more_classes_have_the_mean_area_of_each_against_the_others():
    found, log_probs, codes = scores_of(4)
    theirs = metrics.roc_auc_score(codes, np.exp(log_probs), multi_class="ovr", average="macro")
    assert found.auc.value == pytest.approx(theirs, rel=1e-12)
    assert math.isnan(found.auc.low)
    assert found.thresholds == ()
    assert [one.label for one in found.rates] == ["c0", "c1", "c2", "c3"]


def test_classes_without_rows_do_not_count_in_the_area_and_very_many_have_none(monkeypatch):
    found, log_probs, codes = scores_of(3)
    wider = np.column_stack([log_probs, np.full(len(codes), -np.inf)])
    same = decided(wider, codes)
    assert same.auc.value == found.auc.value
    monkeypatch.setattr(module, "_MOST_AREAS", 2)
    assert math.isnan(scores_of(3)[0].auc.value)


@pytest.mark.parametrize("K", [2, 4])
def test_every_score_of_weighted_rows_is_that_of_repeated_rows(K):
    _, log_probs, codes = scores_of(K)
    weights = np.random.default_rng(1).integers(0, 4, size=len(codes))
    ours = decided(log_probs, codes, sample_weight=weights)
    theirs = decided(np.repeat(log_probs, weights, axis=0), np.repeat(codes, weights))
    assert ours.commonest_error == pytest.approx(theirs.commonest_error, rel=1e-14)
    assert ours.brier.value == pytest.approx(theirs.brier.value, rel=1e-13)
    assert ours.auc.value == pytest.approx(theirs.auc.value, rel=1e-13)
    for one, other in zip(ours.rates, theirs.rates, strict=True):
        assert one.precision.value == pytest.approx(other.precision.value, rel=1e-14)
    for one, other in zip(ours.thresholds, theirs.thresholds, strict=True):
        assert one.recall == pytest.approx(other.recall, rel=1e-14)
        assert one.precision == pytest.approx(other.precision, rel=1e-14)
        assert one.cost(5.0) == pytest.approx(other.cost(5.0), rel=1e-14)
    # Counts are numbers of rows.
    assert all(sum((t.hits, t.false_alarms, t.misses, t.correct_rejections)) == 200 for t in ours.thresholds)


def test_intervals_of_weighted_or_grouped_rows_are_no_narrower_than_those_of_as_many_rows():
    plain, log_probs, codes = scores_of(2)
    width = plain.auc.high - plain.auc.low
    equal = decided(log_probs, codes, sample_weight=np.full(len(codes), 0.1)).auc
    assert equal.high - equal.low == pytest.approx(width, rel=1e-9)
    uneven = decided(log_probs, codes, sample_weight=np.where(np.arange(len(codes)) % 2, 0.01, 1.0)).auc
    assert uneven.high - uneven.low > 1.2 * width
    copies = np.repeat(log_probs, 9, axis=0), np.repeat(codes, 9)
    grouped = decided(*copies, groups=np.repeat(np.arange(len(codes)), 9))
    assert grouped.auc.high - grouped.auc.low == pytest.approx(width, rel=0.1)
    assert grouped.brier.high - grouped.brier.low == pytest.approx(
        plain.brier.high - plain.brier.low, rel=0.1
    )


def test_a_perfect_ranking_of_odd_weights_has_an_area_of_1():
    weights = np.asarray([0.1, 0.7, 0.3, 1 / 3, 0.9, 1e-3])
    log_probs = np.log(np.column_stack([np.linspace(0.9, 0.1, 6), np.linspace(0.1, 0.9, 6)]))
    found = decided(log_probs, np.asarray([0, 0, 0, 1, 1, 1]), sample_weight=weights).auc
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low < 1
