import math

import numpy as np
import pytest
from scipy.stats import binomtest

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import clusters_of
from xent.scoring.wilson import wilson_interval


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (10, 10), (3, 17), (1, 1000), (999, 1000), (0, 1)])
def test_wilson_agrees_with_scipy(hits, count):
    ours = wilson_interval(hits, count)
    theirs = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert ours.value == hits / count
    assert ours.low == pytest.approx(theirs.low, abs=1e-15)
    assert ours.high == pytest.approx(theirs.high, abs=1e-15)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1


def test_wilson_of_nothing_knows_nothing():
    nothing = wilson_interval(0, 0)
    assert math.isnan(nothing.value)
    assert (nothing.low, nothing.high) == (0.0, 1.0)


def studentised(values, *, resamples, seed):
    """Ends of the bootstrap-t interval of a mean as Efron and Tibshirani define it, resample by resample."""
    rng = np.random.default_rng(seed)
    error = values.std(ddof=1) / math.sqrt(len(values))
    t = []
    for _ in range(resamples):
        drawn = rng.choice(values, len(values))
        t.append((drawn.mean() - values.mean()) / (drawn.std(ddof=0) * math.sqrt(1 / (len(values) - 1))))
    low, high = np.quantile(t, [0.025, 0.975])
    return values.mean() - high * error, values.mean() - low * error


@pytest.mark.half_second
def test_the_interval_is_the_studentised_bootstrap_of_efron_and_tibshirani():
    values = np.random.default_rng(1).exponential(size=100) + 3
    ours = bootstrap_mean(values)
    low, high = studentised(values, resamples=20_000, seed=2)
    assert ours.value == values.mean()
    assert ours.low == pytest.approx(low, abs=0.01)
    assert ours.high == pytest.approx(high, abs=0.02)
    # Skewed to the right, as the values are: a symmetric interval would not be.
    assert ours.high - ours.value > 1.1 * (ours.value - ours.low)


def test_clusters_are_drawn_whole():
    rng = np.random.default_rng(4)
    values = rng.exponential(size=80)
    copies = np.repeat(values, 20)
    clusters = clusters_of(1600, groups=np.repeat(np.arange(80), 20))
    ours, rows = bootstrap_mean(copies, clusters=clusters), bootstrap_mean(copies)
    alone = bootstrap_mean(values)
    assert (ours.low, ours.high) == pytest.approx((alone.low, alone.high), rel=1e-9)
    assert rows.high - rows.low < 0.3 * (ours.high - ours.low)


def test_weights_scale_like_repetitions():
    rng = np.random.default_rng(4)
    values, weights = rng.exponential(size=300), rng.integers(0, 4, size=300)
    ours = bootstrap_mean(values, clusters=clusters_of(300, weights=weights.astype(float)))
    groups = np.repeat(np.arange(300), weights)
    theirs = bootstrap_mean(np.repeat(values, weights), clusters=clusters_of(len(groups), groups=groups))
    assert ours.value == pytest.approx(theirs.value, rel=1e-12)
    assert ours.high - ours.low == pytest.approx(theirs.high - theirs.low, rel=0.1)


def test_a_row_of_weight_zero_counts_nothing_whatever_its_loss():
    weights = np.asarray([1.0, 1.0, 0.0])
    ours = bootstrap_mean(np.asarray([1.0, 3.0, math.inf]), clusters=clusters_of(3, weights=weights))
    assert ours.value == 2
    assert math.isfinite(ours.high)


def test_one_unit_has_no_interval():
    alone = bootstrap_mean(np.asarray([2.5]))
    assert alone.value == 2.5
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)


@pytest.mark.slow
def test_a_few_rows_that_carry_the_loss_are_covered_where_percentiles_are_not():
    rng = np.random.default_rng(7)
    ours = 0
    for _ in range(120):
        values = np.where(rng.random(500) < 0.01, 9.21, 0.01005)
        found = bootstrap_mean(values)
        ours += found.low <= 0.01 * 9.21 + 0.99 * 0.01005 <= found.high
    # The percentile interval covers about 108 of 120.
    assert ours >= 112


def test_a_few_rows_that_carry_the_loss_have_a_finite_interval():
    values = np.full(500, 0.01)
    values[:2] = 9.21
    found = bootstrap_mean(values)
    # Without the floor, resamples that hold neither of the two rows would send the upper end to 1e8 and
    # beyond.
    assert 0.1 < found.high < 0.5


def test_dealing_many_rows_into_groups_keeps_the_interval():
    values = np.random.default_rng(1).exponential(size=60_123)
    ours = bootstrap_mean(values)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert ours.value == values.mean()
    assert (ours.high - ours.low) / 2 == pytest.approx(half, rel=0.1)
    assert ours.low < ours.value < ours.high


@pytest.mark.slow
def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        estimate = bootstrap_mean(rng.exponential(size=100), seed=seed)
        hits += estimate.low <= 1 <= estimate.high
    assert 176 <= hits <= 199


def test_an_infinite_value_makes_the_mean_infinite():
    estimate = bootstrap_mean(np.asarray([1.0, math.inf, 2.0]))
    assert estimate.value == math.inf
    assert estimate.high == math.inf
    assert not math.isnan(estimate.low)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(size=50)
    assert bootstrap_mean(values) == bootstrap_mean(values)
    assert bootstrap_mean(values) != bootstrap_mean(values, seed=1)
