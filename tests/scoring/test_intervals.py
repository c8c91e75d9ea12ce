import math

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from xent.scoring.bootstrap import bootstrap_mean
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


def test_the_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(1).exponential(size=400) + 3
    ours = bootstrap_mean(values)
    theirs = bootstrap((values,), np.mean, method="percentile", rng=2).confidence_interval
    assert ours.value == values.mean()
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_dealing_many_rows_into_groups_keeps_the_interval():
    values = np.random.default_rng(1).exponential(size=60_123)
    ours = bootstrap_mean(values)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert ours.value == values.mean()
    assert (ours.high - ours.low) / 2 == pytest.approx(half, rel=0.08)
    assert ours.low < ours.value < ours.high


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
