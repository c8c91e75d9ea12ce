import math

import numpy as np
import pytest

from xent.scoring.precision_recall import precision_recall
from xent.scoring.predictions import checked_predictions
from xent.scoring.wilson import wilson_interval

metrics = pytest.importorskip("sklearn.metrics")


def made(truth, predicted, K, **given):
    log_probs = np.log(np.where(np.eye(K)[predicted] == 1, 0.7, 0.3 / (K - 1)))
    return checked_predictions(log_probs, truth, classes="abcdefg"[:K], caller="made", **given)


def test_precision_and_recall_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(4, size=200), rng.integers(4, size=200)
    predicted[truth == 2] = 2
    found = precision_recall(made(truth, predicted, 4))
    precision, recall, *_ = metrics.precision_recall_fscore_support(truth, predicted)
    assert [one.precision.value for one in found] == pytest.approx(precision, rel=1e-14)
    assert [one.recall.value for one in found] == pytest.approx(recall, rel=1e-14)
    assert [one.label for one in found] == list("abcd")
    assert all(one.precision.low < one.precision.value < one.precision.high for one in found)


def test_a_class_that_is_never_predicted_or_never_true_has_no_such_rate():
    first, second = precision_recall(made(np.zeros(5, int), np.zeros(5, int), 2))
    assert (first.precision.value, first.recall.value) == (1, 1)
    assert math.isnan(second.precision.value)
    assert math.isnan(second.recall.value)


def weighted(rows=300):
    rng = np.random.default_rng(2)
    truth = rng.integers(3, size=rows)
    predicted = np.where(rng.random(rows) < 0.6, truth, rng.integers(3, size=rows))
    return truth, predicted, rng.integers(0, 4, size=rows)


def test_weights_of_rows_count_as_repetitions_in_both_rates():
    truth, predicted, weights = weighted()
    found = precision_recall(made(truth, predicted, 3, sample_weight=weights))
    again = precision_recall(made(np.repeat(truth, weights), np.repeat(predicted, weights), 3))
    for ours, theirs in zip(found, again, strict=True):
        assert ours.precision.value == pytest.approx(theirs.precision.value, rel=1e-14)
        assert ours.recall.value == pytest.approx(theirs.recall.value, rel=1e-14)
        # Copies are not independent rows.
        assert ours.recall.high - ours.recall.low > 1.1 * (theirs.recall.high - theirs.recall.low)


def test_equal_weights_give_the_interval_of_rows():
    truth, predicted, _ = weighted()
    plain, equal = (
        precision_recall(made(truth, predicted, 3, **given))
        for given in ({}, {"sample_weight": np.full(300, 2.5)})
    )
    for one, other in zip(plain, equal, strict=True):
        assert other.recall.low == pytest.approx(one.recall.low, rel=0.01)
        assert other.recall.high == pytest.approx(one.recall.high, rel=0.01)


def test_rows_of_a_group_that_agree_count_as_one():
    truth, predicted, _ = weighted()
    groups = np.repeat(np.arange(300), 10)
    found = precision_recall(made(np.repeat(truth, 10), np.repeat(predicted, 10), 3, groups=groups))
    single = precision_recall(made(truth, predicted, 3))
    for one, other in zip(found, single, strict=True):
        assert one.precision.value == pytest.approx(other.precision.value, rel=1e-14)
        assert one.precision.low == pytest.approx(other.precision.low, rel=0.01)
        assert one.precision.high == pytest.approx(other.precision.high, rel=0.01)


def test_a_rate_of_1_in_weighted_rows_has_the_interval_of_their_effective_number():
    weights = np.asarray([1.0, 1.0, 2.0, 0.0])
    only, _ = precision_recall(made(np.zeros(4, int), np.zeros(4, int), 2, sample_weight=weights))
    assert (only.recall.value, only.recall.high) == (1.0, 1.0)
    assert only.recall.low == pytest.approx(wilson_interval(16 / 6, 16 / 6).low, rel=1e-14)


def test_a_class_whose_rows_have_no_weight_has_no_recall():
    weights = np.asarray([1.0, 1.0, 0.0])
    _, second = precision_recall(made(np.asarray([0, 0, 1]), np.asarray([0, 0, 0]), 2, sample_weight=weights))
    assert math.isnan(second.recall.value)
    assert (second.recall.low, second.recall.high) == (0.0, 1.0)
