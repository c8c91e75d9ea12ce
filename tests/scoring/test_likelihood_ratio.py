import math

import numpy as np
import pytest
from scipy.stats import ncx2, norm

from tests.scoring.closed_truths import POPULATIONS
from xent.scoring import checked_predictions
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import clusters_of
from xent.scoring.likelihood_ratio import Gain, gain_of

CANDIDATES = pytest.importorskip("xent.calibration.candidates").CANDIDATES
widest_map = pytest.importorskip("xent.calibration.widest_map").widest_map


def test_the_ends_are_the_losses_at_which_the_gain_has_the_tails_of_noncentral_chi_squared():
    gain = Gain(value=0.02, error=0.006, coefficients=3)
    low, high = gain.interval()
    statistic = (2 * 0.02 / 0.006) ** 2
    for end, tail in ((low, 0.975), (high, 0.025)):
        assert ncx2.cdf(statistic, 3, statistic * end / 0.02) == pytest.approx(tail, rel=1e-6)
    assert 0 < low < 0.02 - gain.bias < high


@pytest.mark.parametrize("quantiles", [(-4.5, 1.4), (-2.1, 3.0)])
def test_skewed_differences_move_the_tails_to_their_own_quantiles(quantiles):
    gain = Gain(value=0.02, error=0.004, coefficients=1, quantiles=quantiles)
    statistic = (2 * 0.02 / 0.004) ** 2
    for end, quantile in zip(gain.interval(), reversed(quantiles), strict=True):
        assert ncx2.cdf(statistic, 1, statistic * end / 0.02) == pytest.approx(norm.cdf(quantile), rel=1e-6)


def test_a_gain_takes_the_quantiles_of_its_studentised_differences():
    clusters = clusters_of(60)
    values = np.random.default_rng(0).exponential(size=60)
    gain, mean = gain_of(values, clusters, 1), bootstrap_mean(values, clusters=clusters)
    below, above = gain.quantiles
    ends = (gain.value - above * gain.error, gain.value - below * gain.error)
    assert ends == pytest.approx((mean.low, mean.high), rel=1e-12)
    assert -below > above


def test_beyond_six_standard_errors_the_square_root_of_the_statistic_is_normal():
    ends = [
        Gain(value=0.05, error=0.005, coefficients=1, quantiles=(-quantile, quantile)).interval()
        for quantile in (5.999999, 6.000001)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=1e-4)
    assert Gain(value=0.01, error=0.005, coefficients=1, quantiles=(-50.0, 50.0)).interval()[0] == 0


@pytest.mark.parametrize(("name", "n"), [("calibrated, 2 classes", 120), ("calibrated, 3 classes", 60)])
def test_the_gain_of_the_widest_map_is_never_negative_however_few_the_rows(name, n):
    population, rng, nothing = POPULATIONS[name], np.random.default_rng(3), 0
    maps = [one for one in CANDIDATES if one.suits(population.K, n)]
    for _ in range(40):
        predictions = checked_predictions(*population.draw(n, rng), classes="abc"[: population.K], caller="f")
        of_log, _ = widest_map(predictions, maps, whole=True, encloses=True)
        nothing += of_log.high == 0
    # By chance alone 1 in 40, where the statistic is below all but 2.5 % of the values of noise.
    assert nothing <= 4


def test_a_gain_that_chance_makes_has_an_interval_from_0():
    # The gain of a fit of 5 coefficients to noise in 500 rows is d/2n on average, its error sqrt(d)/n.
    gain = Gain(value=5 / 1000, error=math.sqrt(5) / 500, coefficients=5)
    assert gain.bias == pytest.approx(5 / 1000, rel=1e-12)
    low, high = gain.interval()
    assert low == 0
    assert 0.005 < high < 0.02


def test_far_from_0_the_bias_is_that_of_a_fit_to_so_many_units():
    # The spread of the gain says 0.0025 a coefficient, half a unit 0.001.
    assert Gain(value=0.01, error=0.01, coefficients=3, units=500).bias == pytest.approx(0.003, rel=1e-12)


def test_equal_forecasts_bear_no_more_coefficients_than_there_are_other_classes():
    # The widest map of three classes has six coefficients; one distribution of two seen classes has one.
    log_probs, codes = POPULATIONS["rare disaster"].draw(1000, np.random.default_rng(3))
    predictions = checked_predictions(log_probs, codes, classes="abc", caller="f")
    maps = [one for one in CANDIDATES if one.suits(3, 1000)]
    of_log, _ = widest_map(predictions, maps, whole=True, encloses=True)
    share = np.mean(codes == 1)
    entropy = -(share * math.log(share) + (1 - share) * math.log1p(-share))
    assert of_log.refined.mean() - entropy == pytest.approx(1 / 2000, rel=0.1)


def test_equal_forecasts_of_many_classes_count_as_one_at_any_place():
    rng = np.random.default_rng(0)
    for K in (8, 9, 11, 13):
        probs = rng.dirichlet(np.full(K, 3.0))
        codes = rng.choice(K, size=1003, p=probs)
        classes = [str(k) for k in range(K)]
        log_probs = np.log(np.tile(probs, (1003, 1)))
        predictions = checked_predictions(log_probs, codes, classes=classes, caller="f")
        maps = [one for one in CANDIDATES if one.suits(K, 1003)]
        of_log, _ = widest_map(predictions, maps, whole=True, encloses=True)
        share = np.bincount(codes, minlength=K) / 1003
        entropy = -share @ np.log(share)
        assert of_log.refined.mean() - entropy == pytest.approx((K - 1) / 2006, rel=0.15)


@pytest.mark.parametrize(
    "gain", [Gain(0.0, 0.1, 2), Gain(-0.1, 0.1, 2), Gain(0.1, 0.0, 2), Gain(0.1, math.inf, 2)]
)
def test_a_map_without_gain_or_spread_bounds_nothing_away_from_0(gain):
    assert gain.interval() == (0.0, 0.0)


def test_the_error_is_that_of_groups():
    values = np.random.default_rng(0).exponential(size=60)
    alone = gain_of(values, clusters_of(60), 1)
    copies = gain_of(np.repeat(values, 20), clusters_of(1200, groups=np.repeat(np.arange(60), 20)), 1)
    assert alone.error == pytest.approx(values.std(ddof=1) / math.sqrt(60), rel=1e-12)
    assert (copies.value, copies.error) == pytest.approx((alone.value, alone.error), rel=1e-9)


def test_units_of_equal_differences_have_no_spread_and_bound_nothing_away_from_0():
    gain = gain_of(np.full(7, 0.1), clusters_of(7), 11)
    assert gain.error == 0
    assert gain.interval() == (0.0, 0.0)


@pytest.mark.parametrize("error", [1e-3, 0.99e-3, 1e-9])
def test_the_interval_does_not_break_where_the_error_is_tiny(error):
    low, high = Gain(value=0.5, error=error, coefficients=5).interval()
    assert (high - low) / error == pytest.approx(2 * norm.ppf(0.975), rel=2e-3)


def test_far_from_0_the_interval_is_that_of_the_normal_distribution():
    low, high = Gain(value=1.0, error=0.01, coefficients=2).interval()
    assert (low, high) == pytest.approx((1 - 0.0196, 1 + 0.0196), abs=1e-3)


@pytest.mark.half_second
@pytest.mark.parametrize(
    ("name", "maps", "coefficients"),
    [
        ("calibrated, 2 classes", CANDIDATES, 3),
        ("calibrated, 3 classes", CANDIDATES[:2], 1),
        ("calibrated, 3 classes", CANDIDATES[:4], 5),
        ("calibrated, 3 classes", CANDIDATES, 6),
    ],
)
def test_noise_gains_half_a_unit_for_each_coefficient(name, maps, coefficients):
    population, rng, n, gains = POPULATIONS[name], np.random.default_rng(1), 1000, []
    maps = [one for one in maps if one.classes in {None, population.K}]
    for _ in range(40):
        log_probs, codes = population.draw(n, rng)
        predictions = checked_predictions(log_probs, codes, classes="abc"[: population.K], caller="f")
        of_log, _ = widest_map(predictions, maps, whole=True, encloses=True)
        gains.append(2 * n * (predictions.losses - of_log.refined).mean())
    # Means of 40 centred chi-squared variables.
    assert abs(np.mean(gains)) < 4 * math.sqrt(2 * coefficients / 40)


@pytest.mark.half_second
def test_a_chosen_identity_does_not_say_that_there_is_no_miscalibration():
    from tests.scoring.test_account import accounted

    population = POPULATIONS["shifted"]
    highs = [
        found.miscalibration.high
        for found in (accounted(*population.draw(500, np.random.default_rng(seed))) for seed in range(8))
        if found.seen_by == "identity"
    ]
    # By the spread of the rows alone, half of them would end below the truth.
    assert len(highs) >= 2
    assert np.mean(np.asarray(highs) > 0.8 * population.miscalibration) == 1


def test_the_brier_score_has_ends_in_proportion_to_the_divergences():
    log_probs, codes = POPULATIONS["too sharp"].draw(3000, np.random.default_rng(2))
    predictions = checked_predictions(log_probs, codes, classes="abc", caller="f")
    of_log, of_brier = widest_map(predictions, CANDIDATES[:2], whole=False, encloses=True)
    # The calibrated forecasts have inverse temperature 1/2: both divergences from them are known.
    truth = np.exp(log_probs / 2) / np.exp(log_probs / 2).sum(axis=1, keepdims=True)
    squared = ((truth - np.exp(log_probs)) ** 2).sum(axis=1).mean()
    relative = (truth * (np.log(truth) - log_probs)).sum(axis=1).mean()
    assert of_brier.high / of_log.high == pytest.approx(squared / relative, rel=0.1)
    assert of_brier.low < squared < of_brier.high
    assert of_log.refined is None
