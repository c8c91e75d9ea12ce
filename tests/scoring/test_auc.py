import math

import numpy as np
import pytest
from scipy.stats import norm

from xent.scoring.auc import auc

metrics = pytest.importorskip("sklearn.metrics")


@pytest.mark.parametrize("decimals", [15, 1, 0])
def test_the_area_is_that_of_scikit_learn_with_and_without_ties(decimals):
    rng = np.random.default_rng(0)
    scores, events = rng.normal(size=200).round(decimals), rng.random(200) < 0.3
    assert auc(scores, events).value == pytest.approx(metrics.roc_auc_score(events, scores), rel=1e-14)


def test_the_area_is_the_share_of_pairs_in_order():
    scores, events = np.asarray([0.3, 0.3, 0.7, 0.1]), np.asarray([True, False, True, False])
    assert auc(scores, events).value == (0.5 + 1 + 1 + 1) / 4


def test_minus_infinity_ranks_last():
    assert auc(np.asarray([-np.inf, -1.0]), np.asarray([False, True])).value == 1


@pytest.mark.parametrize("events", [[True, True], [False, False], []])
def test_without_events_of_both_kinds_the_area_is_unknown(events):
    found = auc(np.zeros(len(events)), np.asarray(events, dtype=bool))
    assert math.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


def test_a_perfect_ranking_of_few_rows_keeps_an_interval_below_1():
    found = auc(np.arange(20.0), np.arange(20) >= 10)
    assert (found.value, found.high) == (1, 1)
    assert 0.6 < found.low < 0.9


def test_the_interval_ends_where_the_variance_says():
    """Method 5 of Newcombe: the distance to either end is z times the square root of the variance there."""
    rng = np.random.default_rng(1)
    events = np.arange(70) < 25
    found = auc(rng.normal(size=70) + events, events)
    for end in (found.low, found.high):
        spread = 34 * (1 - end) / (2 - end) + 34 * end / (1 + end)
        variance = end * (1 - end) * (1 + spread) / (25 * 45)
        assert abs(end - found.value) == pytest.approx(1.959963984540054 * math.sqrt(variance), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "m", "n"), [(0.5, 20, 30), (1.5, 20, 30), (1.5, 200, 100)])
def test_the_interval_covers_the_true_area(shift, m, n):
    rng = np.random.default_rng(0)
    truth, events = norm.cdf(shift / math.sqrt(2)), np.arange(m + n) < m
    found = [auc(rng.normal(size=m + n) + shift * events, events) for _ in range(600)]
    # The binomial noise of 600 draws at 95 % is 0.9 points; the method is known to lie a little above.
    assert 0.93 <= np.mean([one.low <= truth <= one.high for one in found]) <= 0.985
