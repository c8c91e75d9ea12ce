import numpy as np
import pytest

from xent.scoring import checked_predictions, label_errors


def test_thresholds_and_counts_are_those_of_the_paper():
    probs = np.asarray([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.45, 0.55]])
    codes = np.asarray([0, 0, 0, 1, 1])
    # Thresholds: the mean of .9, .7, .2 and of .6, .55. The third row is confidently of the second class.
    found = label_errors(checked_predictions(np.log(probs), codes, classes=("no", "yes"), caller="f"))
    assert found.count == 1
    assert found.share.value == pytest.approx(0.2)
    (row,) = found.rows
    assert (row.row, row.label, row.suggested) == (2, "no", "yes")
    assert (row.probability, row.suggested_probability) == pytest.approx((0.2, 0.8))


def test_planted_errors_come_first():
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=600)
    logits = 6.0 * np.eye(3)[truth] + rng.normal(size=(600, 3))
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    codes = truth.copy()
    codes[:30] = (truth[:30] + 1) % 3
    found = label_errors(checked_predictions(log_probs, codes, classes="abc", caller="f"))
    assert {row.row for row in found.rows[:25]} <= set(range(30))
    assert found.share.low <= 0.05 <= found.share.high


def test_a_class_without_rows_suggests_nothing():
    log_probs = np.log([[0.2, 0.2, 0.6], [0.3, 0.1, 0.6]])
    found = label_errors(checked_predictions(log_probs, np.asarray([0, 1]), classes="abc", caller="f"))
    assert all(row.suggested != "c" for row in found.rows)
