import math

import numpy as np
import pytest

from xent.scoring import decision_scores as module
from xent.scoring.decision_scores import decision_scores

metrics = pytest.importorskip("sklearn.metrics")


def scores_of(K, n=200, **changes):
    rng = np.random.default_rng(K)
    logits = rng.normal(size=(n, K))
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    codes = np.where(rng.random(n) < 0.5, log_probs.argmax(axis=1), rng.integers(K, size=n))
    confusion = np.zeros((K, K), dtype=int)
    np.add.at(confusion, (codes, log_probs.argmax(axis=1)), 1)
    options = {"classes": [f"c{k}" for k in range(K)], "commonest": 1, "confusion": confusion.tolist()}
    return decision_scores(log_probs, codes, **options | changes), log_probs, codes


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
    confusion = np.pad(np.zeros((3, 3), dtype=int), (0, 1)).tolist()
    same = decision_scores(wider, codes, classes=list("abcd"), commonest=0, confusion=confusion)
    assert same.auc.value == found.auc.value
    monkeypatch.setattr(module, "_MOST_AREAS", 2)
    assert math.isnan(scores_of(3)[0].auc.value)
