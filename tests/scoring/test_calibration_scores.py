import math

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from tests.scoring.closed_truths import POPULATIONS
from xent.scoring import calibration_scores, checked_predictions, row_scores
from xent.scoring.calibration_scores import _debiased, calibration_test, equal_mass_bins
from xent.scoring.hall_statistic import hall_statistic
from xent.scoring.smooth_calibration_error import smooth_calibration_error


def scored(log_probs, codes, **options):
    classes = [str(k) for k in range(log_probs.shape[1])]
    predictions = checked_predictions(log_probs, codes, classes=classes, caller="f", **options)
    return predictions, row_scores(predictions.log_probs, predictions.codes)


@pytest.fixture(scope="module")
def squared():
    """The sample of the reference values: f uniform, y = 1 with probability f²."""
    rng = np.random.default_rng(0)
    f = rng.random(2000)
    y = rng.random(2000) < f * f
    return f, y, calibration_scores(*scored(np.log(np.stack([1 - f, f], axis=1)), y.astype(int)))


def test_errors_in_bins_of_equal_mass_are_those_of_the_reference(squared):
    _, _, found = squared
    plug_in = sum(one.count / 2000 * (one.predicted - one.observed.value) ** 2 for one in found.bins)
    assert plug_in == pytest.approx(0.036315, abs=1e-6)
    assert found.debiased_squared == pytest.approx(0.035345, abs=1e-6)
    assert [one.count for one in found.bins] == [134] * 5 + [133] * 10
    assert found.expected_error == pytest.approx(1 / 6, abs=0.01)


def test_the_smooth_error_is_that_of_relplot(squared):
    f, y, found = squared
    # relplot stops bisecting at steps of 2**-10.
    assert found.smooth_error == pytest.approx(0.168187, abs=1e-3)
    z = np.asarray([0.4, 0.3, 0.2, 0.1, 0.5, 0.9])
    assert smooth_calibration_error(z, np.arange(6) >= 3) == pytest.approx(0.141330, abs=1e-3)
    assert smooth_calibration_error(f, y, np.full(2000, 3.0)) == pytest.approx(found.smooth_error, rel=1e-9)


@pytest.mark.slow
def test_calibrated_forecasts_have_the_error_that_chance_expects():
    errors, expected, squares = [], [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        f = rng.random(2000)
        log_probs = np.log(np.stack([1 - f, f], axis=1))
        found = calibration_scores(*scored(log_probs, (rng.random(2000) < f).astype(int)))
        errors.append(found.expected_error)
        expected.append(found.chance_error)
        squares.append(found.debiased_squared)
    assert np.mean(errors) == pytest.approx(np.mean(expected), rel=0.08)
    assert abs(np.mean(squares)) < 3 * np.std(squares) / np.sqrt(40)


def weighted_squares(samples, rows, draw):
    """Debiased squared errors of calibrated rows of `draw`, which returns forecasts, outcomes and weights."""
    rng = np.random.default_rng(0)
    for _ in range(samples):
        p, y, weights = draw(rng, rows)
        bins, widths = equal_mass_bins(p, y, weights)
        yield _debiased(p, y, bins, widths, weights)


def forecast_of_heavy_rows(rng, rows):
    p = np.repeat([0.2, 0.5, 0.7], rows // 3)
    return p, rng.random(rows) < p, rng.exponential(size=rows) ** 2


def forecast_of_a_thinned_class(rng, rows):
    """One of ten rows of the first class kept, with the weight 10."""
    p = np.full(10 * rows, 0.1)
    y = rng.random(10 * rows) < p
    kept = y | (rng.random(10 * rows) < 0.1)
    return p[kept], y[kept], np.where(y, 1.0, 10.0)[kept]


@pytest.mark.slow
@pytest.mark.parametrize("draw", [forecast_of_heavy_rows, forecast_of_a_thinned_class])
def test_weighted_rows_of_calibrated_forecasts_have_a_debiased_error_of_0_in_the_mean(draw):
    # The variance of as many rows without weights is off by 30 standard errors and more.
    found = np.asarray(list(weighted_squares(2000, 60, draw)))
    assert abs(found.mean()) < 3 * found.std() / math.sqrt(len(found))


def test_the_bias_of_equal_weights_is_that_of_none(squared):
    f, y, found = squared
    bins, widths = equal_mass_bins(f, y)
    again = _debiased(f, y, bins, widths, np.full(2000, 3.0))
    assert again == pytest.approx(found.debiased_squared, rel=1e-12)


@pytest.mark.parametrize("weights", [[1.0, 1e-200], [1.0, 0.0]])
def test_a_bin_of_one_row_but_for_rounding_has_no_debiased_error(weights):
    f, y, weights = np.full(2, 0.3), np.asarray([True, False]), np.asarray(weights)
    assert _debiased(f, y, *equal_mass_bins(f, y, weights), weights) == 0


def test_the_error_by_chance_is_that_of_weighted_shares():
    weights = np.repeat([0.0, 1.0, 3.0], 20)
    found = calibration_scores(
        *scored(np.log(np.full((60, 2), 0.5)), np.arange(60) % 2, sample_weight=weights)
    )
    deviation = 0.5 * np.sqrt(np.square(weights).sum()) / weights.sum()
    assert found.chance_error == pytest.approx(np.sqrt(2 / np.pi) * deviation, rel=1e-12)


def test_the_top_label_is_looked_at_where_pooling_would_hide_the_error():
    for K in (10, 100):
        probs = np.full((1000, K), 0.01 / (K - 1))
        probs[:, 0] = 0.99
        found = calibration_scores(*scored(np.log(probs), np.where(np.arange(1000) % 2, 0, 1)))
        assert found.view == "top label"
        assert found.expected_error == pytest.approx(0.49, rel=1e-9)
        assert found.overconfidence.value == pytest.approx(0.49, rel=1e-9)
        assert found.class_wise_error < 0.1


def test_equal_forecasts_share_a_bin_also_at_one():
    log_probs = np.asarray([[-np.inf, 0.0]] * 50 + [[np.log(0.5)] * 2] * 50)
    found = calibration_scores(*scored(log_probs, np.asarray([1] * 50 + [0, 1] * 25)))
    assert [(one.count, one.predicted, one.observed.value) for one in found.bins] == [
        (50, pytest.approx(0.5), 0.5),
        (50, 1.0, 1.0),
    ]
    assert found.expected_error == pytest.approx(0, abs=1e-15)


@pytest.mark.slow
def test_the_exact_test_rejects_calibrated_forecasts_at_its_level_and_sharp_ones_always():
    rng, rejected = np.random.default_rng(5), 0
    for _ in range(400):
        rejected += (
            calibration_test(*scored(*POPULATIONS["calibrated, 3 classes"].draw(200, rng))).p_value < 0.05
        )
    assert 8 <= rejected <= 34, "20 expected, standard deviation 4.4"
    assert calibration_test(*scored(*POPULATIONS["too sharp"].draw(500, rng))).p_value < 1e-6


@pytest.mark.slow
def test_the_test_with_groups_is_not_fooled_by_copies():
    rng, rows, groups = np.random.default_rng(6), 0, 0
    for _ in range(60):
        log_probs, codes = POPULATIONS["calibrated, 3 classes"].draw(100, rng)
        log_probs, codes = np.repeat(log_probs, 20, axis=0), np.repeat(codes, 20)
        rows += calibration_test(*scored(log_probs, codes)).p_value < 0.05
        of = scored(log_probs, codes, groups=np.repeat(np.arange(100), 20))
        groups += calibration_test(*of).p_value < 0.05
    assert rows > 25
    assert groups < 10


def test_few_groups_are_tested_by_the_t_distribution_with_one_degree_of_freedom_less():
    log_probs, codes = POPULATIONS["too sharp"].draw(8, np.random.default_rng(3))
    predictions, scores = scored(
        np.repeat(log_probs, 2, axis=0), np.repeat(codes, 2), groups=np.arange(16) // 2
    )
    found, excess = calibration_test(predictions, scores), (scores.losses - scores.expected)[::2]
    z = hall_statistic(float(ttest_1samp(excess, 0.0).statistic), excess - excess.mean())
    assert found.z == pytest.approx(z, rel=1e-9)
    assert found.p_value == pytest.approx(2 * student.sf(abs(z), 7), rel=1e-9)


def test_groups_of_unequal_size_leave_fewer_degrees_of_freedom():
    log_probs, codes = POPULATIONS["too sharp"].draw(5, np.random.default_rng(3))
    sizes = np.asarray([1, 2, 3, 4, 20])
    found = calibration_test(
        *scored(
            np.repeat(log_probs, sizes, axis=0), np.repeat(codes, sizes), groups=np.repeat(range(5), sizes)
        )
    )
    freedom = (sizes**2).sum() ** 2 / (sizes**4).sum() - 1
    assert freedom < 0.2
    assert found.p_value == pytest.approx(2 * student.sf(abs(found.z), freedom), rel=1e-9)


def test_a_single_group_of_positive_weight_is_not_tested():
    log_probs, codes = POPULATIONS["too sharp"].draw(30, np.random.default_rng(3))
    options = {"groups": np.arange(30) // 15, "sample_weight": np.repeat([1.0, 0.0], 15)}
    assert math.isnan(calibration_test(*scored(log_probs, codes, **options)).p_value)


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 39])
def test_fifty_groups_of_calibrated_forecasts_are_rejected_at_the_level(most):
    # Student's t alone rejects 8.7 and 10.3 %. The standard error of a share is 0.9 points.
    rng, rejected, samples = np.random.default_rng(6), 0, 600
    log_probs, codes = POPULATIONS["calibrated, 2 classes"].draw(50 * samples, rng)
    weights = rng.integers(1, most + 1, 50 * samples).astype(float)
    for rows in np.arange(50 * samples).reshape(samples, 50):
        options = {"groups": np.arange(50), "sample_weight": weights[rows]}
        rejected += calibration_test(*scored(log_probs[rows], codes[rows], **options)).p_value < 0.05
    assert 0.03 <= rejected / samples <= 0.075


def test_an_impossible_outcome_refutes_the_forecasts():
    log_probs = np.asarray([[0.0, -np.inf], [np.log(0.5)] * 2])
    assert calibration_test(*scored(log_probs, np.asarray([1, 0]))).p_value == 0


@pytest.mark.parametrize("K", [2, 3, 7])
def test_the_rounding_of_uniform_forecasts_refutes_nothing(K):
    found = calibration_test(*scored(np.log(np.full((1000, K), 1 / K)), np.arange(1000) % K))
    assert (found.z, found.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(("codes", "z"), [([0, 0, 0, 0], -math.inf), ([0, 1, 0, 1], math.inf)])
def test_equal_sums_of_groups_have_a_z_with_the_sign_of_their_excess(codes, z):
    log_probs = np.log(np.tile([0.9, 0.1], (4, 1)))
    assert calibration_test(*scored(log_probs, np.asarray(codes), groups=np.asarray([0, 0, 1, 1]))).z == z


def test_weights_count_as_repetitions_do():
    log_probs, codes = POPULATIONS["too sharp"].draw(80, np.random.default_rng(2))
    weights = np.arange(80) % 3
    weighted = calibration_scores(*scored(log_probs, codes, sample_weight=weights.astype(float)))
    repeated = calibration_scores(*scored(np.repeat(log_probs, weights, axis=0), np.repeat(codes, weights)))
    assert weighted.smooth_error == pytest.approx(repeated.smooth_error, rel=1e-9)
    assert weighted.overconfidence.value == pytest.approx(repeated.overconfidence.value, rel=1e-9)
    assert weighted.test.excess.value == pytest.approx(repeated.test.excess.value, rel=1e-9)
