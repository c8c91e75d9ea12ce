"""
scikit-learn's own tests of its log loss and Brier score, run on the functions of this room.

An adapter has scikit-learn's arguments; where the outcome differs, the difference is named in `DIFFERENCES`.
"""

import itertools
import warnings

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn", minversion="1.9", reason="earlier versions ship other cases")
cases = pytest.importorskip("sklearn.metrics.tests.test_classification")

from xent.scoring import checked_predictions, row_scores  # noqa: E402
from xent.scoring.spaces import log_probs_of  # noqa: E402

DIFFERENCES = {
    "test_log_loss": "messages of refused arguments are worded otherwise",
    "test_log_loss_eps": "probability 0 of the true class costs infinity; nothing is clipped",
    "test_log_loss_not_probabilities_warning": "rows that do not sum to 1 are refused, not warned about",
    "test_log_loss_warnings": "an order of labels is taken as given, without a warning",
    "test_log_loss_y_pred_deprecation": "there is no deprecated name of the argument",
    "test_brier_score_loss_binary": "labels are one column, and a single class needs the name of the other",
    "test_brier_score_loss_invalid_inputs": "messages of refused arguments are worded otherwise",
    "test_brier_score_loss_warnings": "an order of labels is taken as given, without a warning",
}


def scored(y_true, y_proba, labels, sample_weight, pos_label=None):
    """Scores of the rows and weighted means, for arguments as scikit-learn takes them."""
    y_true, probs = np.ravel(y_true), np.asarray(y_proba, dtype=float)
    probs = probs.ravel() if probs.ndim == 2 and probs.shape[1] == 1 else probs
    classes = np.unique(y_true if labels is None else labels)
    if pos_label is not None:
        classes = np.asarray([*(c for c in classes if c != pos_label), pos_label])
    if probs.ndim == 1:
        probs = np.column_stack([1 - probs, probs])
    if len(classes) < 2 or not set(np.unique(y_true)) <= set(classes.tolist()):
        raise ValueError("labels")
    codes = np.asarray([classes.tolist().index(each) for each in y_true.tolist()])
    log_probs = log_probs_of(probs, "probs", caller="adapter", argument="y_proba")
    predictions = checked_predictions(
        log_probs, codes, classes=[str(c) for c in classes], sample_weight=sample_weight, caller="adapter"
    )
    return row_scores(predictions.log_probs, predictions.codes), predictions.clusters


def log_loss(y_true, y_proba, *, normalize=True, sample_weight=None, labels=None):
    scores, clusters = scored(y_true, y_proba, labels, sample_weight)
    return clusters.mean(scores.losses) if normalize else float(clusters.sums(scores.losses).sum())


def brier_score_loss(
    y_true, y_proba, *, sample_weight=None, pos_label=None, labels=None, scale_by_half="auto"
):
    scores, clusters = scored(y_true, y_proba, labels, sample_weight, pos_label)
    half = np.ndim(y_proba) == 1 or np.shape(y_proba)[1] == 2 if scale_by_half == "auto" else scale_by_half
    return clusters.mean(scores.squared) / (2 if half else 1)


def calls(function):
    """Calls of a test with each combination of its parameters."""
    grids = []
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            names = mark.args[0] if isinstance(mark.args[0], (list, tuple)) else mark.args[0].split(",")
            names = [name.strip() for name in names]
            values = [value if len(names) > 1 else (value,) for value in mark.args[1]]
            grids.append([dict(zip(names, value, strict=True)) for value in values])
    for combination in itertools.product(*grids):
        yield {name: value for part in combination for name, value in part.items()}


NAMES = [name for name in dir(cases) if name.startswith(("test_log_loss", "test_brier_score_loss"))]


@pytest.mark.parametrize("name", NAMES)
def test_the_outcome_is_that_of_scikit_learn_or_the_difference_is_named(name, monkeypatch):
    monkeypatch.setattr(cases, "log_loss", log_loss)
    monkeypatch.setattr(cases, "brier_score_loss", brier_score_loss)
    failures = []
    for arguments in calls(getattr(cases, name)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                getattr(cases, name)(**arguments)
            except BaseException as error:  # noqa: BLE001 - pytest's own failures are no Exceptions
                failures.append(f"{arguments}: {type(error).__name__}: {error}")
    assert bool(failures) == (name in DIFFERENCES), failures


def test_the_values_of_the_brier_score_are_those_of_scikit_learn_where_its_test_also_has_other_labels():
    y, p = np.asarray([0, 1, 1, 0, 1, 1]), np.asarray([0.1, 0.8, 0.9, 0.3, 1.0, 0.95])
    for labels in (y, 1.0 + y, 2 * y - 1):
        for probs in (p, np.column_stack([1 - p, p])):
            assert brier_score_loss(labels, probs) == pytest.approx(np.mean((y - p) ** 2), rel=1e-12)
    assert brier_score_loss(y, p, scale_by_half=False) == pytest.approx(2 * np.mean((y - p) ** 2), rel=1e-12)


def test_the_values_of_the_log_loss_are_those_of_scikit_learn_where_its_test_also_checks_messages():
    for y, probs, loss in (
        ([1, 0, 2], [[0.2, 0.7, 0.1], [0.6, 0.2, 0.2], [0.6, 0.1, 0.3]], 0.6904911),
        (["ham", "spam", "spam", "ham"], [[0.3, 0.7], [0.6, 0.4], [0.4, 0.6], [0.7, 0.3]], 0.7469410),
    ):
        assert log_loss(y, probs) == pytest.approx(loss, abs=5e-8)
    assert log_loss([2, 2], [[0.1, 0.9], [0.1, 0.9]], labels=[1, 2]) == pytest.approx(-np.log(0.9))
