import math

import numpy as np
import pytest

from xent.scoring.precision_recall import precision_recall

metrics = pytest.importorskip("sklearn.metrics")


def test_precision_and_recall_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(4, size=200), rng.integers(4, size=200)
    predicted[truth == 2] = 2
    found = precision_recall(metrics.confusion_matrix(truth, predicted).tolist(), list("abcd"))
    precision, recall, *_ = metrics.precision_recall_fscore_support(truth, predicted)
    assert [one.precision.value for one in found] == pytest.approx(precision, rel=1e-14)
    assert [one.recall.value for one in found] == pytest.approx(recall, rel=1e-14)
    assert [one.label for one in found] == list("abcd")
    assert all(one.precision.low < one.precision.value < one.precision.high for one in found)


def test_a_class_that_is_never_predicted_or_never_true_has_no_such_rate():
    first, second = precision_recall([[5, 0], [0, 0]], ["a", "b"])
    assert (first.precision.value, first.recall.value) == (1, 1)
    assert math.isnan(second.precision.value)
    assert math.isnan(second.recall.value)
