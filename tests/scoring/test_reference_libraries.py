"""
Values of probmetrics 1.3.0 and model-diagnostics 1.5.0 where they define the same quantity.

Theirs were taken in float64 on the rows of `sample`; where the library is installed, it is asked again.
Not compared, because the definitions differ: probmetrics' calibration errors have 15 bins of equal width,
its smooth error is relplot's (compared in `test_calibration_scores.py`), its `brier-binary-as-1d` sums over
the rows of two classes.
"""

import numpy as np
import pytest

from tests.scoring.closed_truths import normalised
from xent.scoring import checked_predictions, judge, loss_summary, row_scores
from xent.scoring.isotonic import corp

candidates = pytest.importorskip("xent.calibration.candidates")
structured_scaling = pytest.importorskip("xent.calibration.structured_scaling").structured_scaling

# Classes: loss, Brier score, error, mean area, inverse temperature, log loss and Brier score that temperature
# scaling with a mixture removes in the sample.
PROBMETRICS = {
    2: (0.5624544261, 0.3630500165, 0.25, 0.8196939826, 0.5645897788, 0.0455712010, 0.0161001399),
    3: (0.8817452351, 0.5163633707, 0.36, 0.7967066765, 0.6162764650, 0.0470248695, 0.0158034951),
    5: (1.5144434945, 0.7640442784, 181 / 300, 0.7556806803, 0.4728295040, 0.1606037569, 0.0599263261),
}

# Log loss after vector and matrix scaling with ridge.
STRUCTURED = {
    2: (0.5162852407, 0.5162804614),
    3: (0.8309231400, 0.8261534177),
    5: (1.3168168068, 1.2864763363),
}

# Miscalibration, discrimination, uncertainty, score of two classes: log loss and half Brier score.
MODEL_DIAGNOSTICS = {
    "log": (0.07718599615642069, 0.20752315292106832, 0.6927915828524811, 0.5624544260878335),
    "brier": (0.018544220115341487, 0.086841434087683, 0.2498222222222222, 0.1815250082498807),
}


def sample(K, n=300):
    """Overconfident, shifted logits of K classes, and true classes."""
    rng = np.random.default_rng(K)
    q = rng.dirichlet(np.ones(K), n)
    codes = np.minimum((q.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1), K - 1)
    return 1.7 * np.log(q) + 0.3 * np.arange(K), codes


def checked(K):
    logits, codes = sample(K)
    return checked_predictions(normalised(logits), codes, classes="abcde"[:K], caller="f")


@pytest.mark.parametrize("K", PROBMETRICS)
def test_loss_brier_score_error_and_area_are_those_of_probmetrics(K):
    loss, brier, error, area, *_ = PROBMETRICS[K]
    predictions = checked(K)
    scores = row_scores(predictions.log_probs, predictions.codes)
    found = loss_summary(predictions, scores)
    judged = judge(predictions.log_probs, predictions.codes, classes=predictions.classes)
    assert judged.cross_entropy.value == pytest.approx(loss, abs=1e-10)
    assert found.brier.value == pytest.approx(brier, abs=1e-10)
    assert judged.error.value == pytest.approx(error, abs=1e-7)
    # Theirs is computed in single precision.
    assert found.area.value == pytest.approx(area, abs=1e-6)


@pytest.mark.parametrize("K", PROBMETRICS)
def test_temperature_and_what_it_removes_are_those_of_probmetrics(K):
    *_, inverse, log_loss, brier = PROBMETRICS[K]
    predictions = checked(K)
    found = candidates.temperature(predictions.log_probs, predictions.codes)
    # A gap of 1e-10 nats leaves the inverse temperature half the digits.
    assert found.inverse == pytest.approx(inverse, rel=1e-5)
    assert found.mix == 1 / 301
    before = row_scores(predictions.log_probs, predictions.codes)
    after = row_scores(found(predictions.log_probs), predictions.codes)
    assert (before.losses - after.losses).mean() == pytest.approx(log_loss, abs=1e-7)
    assert (before.squared - after.squared).mean() == pytest.approx(brier, abs=1e-7)


@pytest.mark.parametrize("K", STRUCTURED)
@pytest.mark.parametrize(("place", "fit"), [(0, "vector_scaling"), (1, "matrix_scaling")])
def test_losses_after_structured_scaling_are_near_those_of_probmetrics(K, place, fit):
    # Theirs scales logarithms of probabilities as they are, ours centred ones.
    predictions = checked(K)
    moved = getattr(candidates, fit)(predictions.log_probs, predictions.codes)(predictions.log_probs)
    loss = row_scores(moved, predictions.codes).losses.mean()
    assert loss == pytest.approx(STRUCTURED[K][place], abs=0.01)


@pytest.mark.parametrize("K", STRUCTURED)
@pytest.mark.parametrize("full", [False, True])
def test_without_centred_logits_structured_scaling_is_that_of_probmetrics(K, full):
    predictions = checked(K)
    before = candidates.temperature(predictions.log_probs, predictions.codes)(predictions.log_probs)
    found = structured_scaling(before, predictions.codes, full=full, centred=False)
    moved = normalised(before @ found.matrix.T + found.shift)
    assert found.gap < 1e-10
    # Theirs stops where the gradient is below 1e-5.
    assert row_scores(moved, predictions.codes).losses.mean() == pytest.approx(STRUCTURED[K][full], abs=5e-6)


@pytest.mark.parametrize("score", MODEL_DIAGNOSTICS)
def test_the_in_sample_account_of_two_classes_is_that_of_model_diagnostics(score):
    log_probs, codes = normalised(sample(2)[0]), sample(2)[1]
    found = corp((log_probs[:, 0], log_probs[:, 1]), codes == 1, score=score)
    terms = found.miscalibration, found.discrimination, found.uncertainty, found.score
    assert terms == pytest.approx(MODEL_DIAGNOSTICS[score], abs=1e-12)


def test_model_diagnostics_still_says_so():
    scoring = pytest.importorskip("model_diagnostics.scoring", reason="model-diagnostics is not installed")
    logits, codes = sample(2)
    probs = np.exp(normalised(logits))[:, 1]
    for name, function in (("log", scoring.LogLoss()), ("brier", scoring.SquaredError())):
        (row,) = scoring.decompose(codes.astype(float), probs, scoring_function=function).rows()
        assert row == pytest.approx(MODEL_DIAGNOSTICS[name], abs=1e-12)


def test_probmetrics_still_says_so():
    metrics = pytest.importorskip("probmetrics.metrics", reason="probmetrics is not installed")
    torch = pytest.importorskip("torch")
    for K, (loss, brier, *_) in PROBMETRICS.items():
        logits, codes = (torch.tensor(each) for each in sample(K))
        found = metrics.Metrics.from_names(["logloss", "brier"]).compute_all_from_labels_logits(codes, logits)
        assert float(found["logloss"]) == pytest.approx(loss, abs=1e-9)
        assert float(found["brier"]) == pytest.approx(brier, abs=1e-9)
