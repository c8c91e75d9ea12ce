import math

import numpy as np
import pytest

from tests.scoring.closed_truths import POPULATIONS
from xent.scoring import account, checked_predictions, row_scores

cross_fitted = pytest.importorskip("xent.calibration.cross_fitting").cross_fitted


def accounted(log_probs, codes, score="log", prior=None, **options):
    classes = [str(k) for k in range(log_probs.shape[1])]
    predictions = checked_predictions(log_probs, codes, classes=classes, caller="f", **options)
    scores, fitted = row_scores(predictions.log_probs, predictions.codes), cross_fitted(predictions)
    return account(
        predictions,
        scores.losses if score == "log" else scores.squared,
        fitted.losses if score == "log" else fitted.squared,
        score=score,
        seen_by=fitted.seen_by,
        coefficients=fitted.chosen.coefficients(len(classes), len(codes)),
        prior=prior,
        widest=None if fitted.widest is None else fitted.widest[score == "brier"],
    )


def terms(found):
    return found.total, found.uncertainty, found.resolution, found.miscalibration


@pytest.mark.parametrize("score", ["log", "brier"])
def test_the_terms_add_up_to_the_score(score):
    found = accounted(*POPULATIONS["too sharp"].draw(700, np.random.default_rng(0)), score=score)
    summed = found.uncertainty.value - found.resolution.value + found.miscalibration.value
    assert found.total.value == pytest.approx(summed, rel=1e-12)
    assert found.seen_by == "temperature"
    assert found.cross_fitted < found.miscalibration.value < found.in_sample
    assert all(one.low <= one.value <= one.high for one in terms(found))


@pytest.mark.slow
def test_terms_of_the_brier_score_are_those_of_squared_chance():
    found = accounted(*POPULATIONS["squared chance"].draw(40_000, np.random.default_rng(1)), score="brier")
    truth = (2 / 6, 2 * 2 / 9, 2 * 4 / 45, 2 / 30)
    for one, value in zip(terms(found), truth, strict=True):
        assert one.value == pytest.approx(value, abs=0.01)


def test_a_calibrated_model_has_no_miscalibration_where_a_fit_to_noise_would_claim_some():
    found = accounted(*POPULATIONS["calibrated, 10 classes"].draw(500, np.random.default_rng(2)))
    # Vector scaling would gain .019 in the sample and lose .021 outside.
    assert abs(found.miscalibration.value) < 0.004
    assert found.miscalibration.low <= 0 <= found.miscalibration.high


def test_a_given_prior_is_the_uncertainty():
    log_probs, codes = POPULATIONS["too sharp"].draw(600, np.random.default_rng(3))
    prior = np.asarray([0.5, 0.3, 0.2])
    found = accounted(log_probs, codes, prior=prior)
    assert found.uncertainty.value == pytest.approx(-np.log(prior)[codes].mean(), rel=1e-12)
    summed = found.uncertainty.value - found.resolution.value + found.miscalibration.value
    assert found.total.value == pytest.approx(summed, rel=1e-12)


@pytest.mark.half_second
def test_copies_in_groups_have_the_intervals_of_the_rows():
    log_probs, codes = POPULATIONS["too sharp"].draw(300, np.random.default_rng(4))
    alone = accounted(log_probs, codes)
    copies = accounted(
        np.repeat(log_probs, 20, axis=0), np.repeat(codes, 20), groups=np.repeat(np.arange(300), 20)
    )
    rows = accounted(np.repeat(log_probs, 20, axis=0), np.repeat(codes, 20))
    for one, many in zip(terms(alone), terms(copies), strict=True):
        assert many.high - many.low == pytest.approx(one.high - one.low, rel=0.25)
    assert rows.total.high - rows.total.low < 0.3 * (copies.total.high - copies.total.low)


def test_the_matrix_is_seen_by_matrix_scaling_and_only_in_part_by_temperature():
    from xent.calibration.candidates import CANDIDATES

    log_probs, codes = POPULATIONS["behind a matrix"].draw(4000, np.random.default_rng(5))
    whole = accounted(log_probs, codes)
    assert whole.seen_by == "matrix scaling"
    predictions = checked_predictions(log_probs, codes, classes="abc", caller="f")
    fitted = cross_fitted(predictions, candidates=CANDIDATES[:2])
    part = (predictions.losses - fitted.losses[0]).mean()
    assert part < 0.7 * whole.miscalibration.value
    # Cross-entropy 1.0564 by Monte Carlo; the calibrated forecasts behind the matrix cost 5/6.
    assert whole.miscalibration.low < 1.0564 - 5 / 6 < whole.miscalibration.high


def assert_covered(name, n, repetitions, *, misses, seed):
    """Of so many repetitions, intervals of a term miss the truth in at most `misses`; more end the test."""
    population, rng = POPULATIONS[name], np.random.default_rng(seed)
    truth = (
        population.cross_entropy,
        population.uncertainty,
        population.resolution,
        population.miscalibration,
    )
    missed = np.zeros(4, int)
    for _ in range(repetitions):
        found = terms(accounted(*population.draw(n, rng)))
        missed += [
            not one.low - 1e-12 <= value <= one.high + 1e-12 for one, value in zip(found, truth, strict=True)
        ]
        assert missed.max() <= misses


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["squared chance", "calibrated, 3 classes", "too sharp", "slightly too sharp", "shifted"]
)
def test_intervals_cover_the_closed_truths(name):
    # A cheap version of `python -m benchmarks scoring --coverage`: fewer than 20 of 25 have a chance of
    # 1 in 1,000 at 95 %.
    assert_covered(name, 500, 25, misses=5, seed=11)


@pytest.mark.half_second
def test_equal_forecasts_may_have_no_resolution():
    for seed in range(12):
        found = accounted(*POPULATIONS["rare disaster"].draw(1000, np.random.default_rng(seed)))
        assert found.resolution.low <= 0 <= found.resolution.high


def test_one_unit_has_no_intervals():
    predictions = checked_predictions(np.log([[0.5, 0.5]]), np.asarray([0]), classes="ab", caller="f")
    losses = predictions.losses
    found = account(predictions, losses, (losses, losses), score="log", seen_by="identity", coefficients=0)
    assert math.isnan(found.uncertainty.low)
    assert found.miscalibration.value == 0
