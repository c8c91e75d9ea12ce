import math

import numpy as np
import pytest

from xent.scoring.thresholds import MISS_COSTS, Threshold, cheapest, threshold_table


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)
    probs = rng.random(2000)
    return np.log(np.column_stack([1 - probs, probs])), (rng.random(2000) < probs).astype(int)


def test_the_counts_are_those_of_the_definition(problem):
    log_probs, codes = problem
    probs = np.exp(log_probs[:, 1])
    for one in threshold_table(log_probs, codes):
        above = probs > one.probability
        assert one.hits == np.sum(above & (codes == 1))
        assert one.false_alarms == np.sum(above & (codes == 0))
        assert one.misses == np.sum(~above & (codes == 1))
        assert one.correct_rejections == np.sum(~above & (codes == 0))
        assert one.precision == one.hits / above.sum()
        assert one.recall == one.hits / codes.sum()
        assert one.cost(5.0) == pytest.approx((one.false_alarms + 5 * one.misses) / 2000, rel=1e-14)


def test_at_one_half_the_decision_is_that_of_the_most_probable_class_also_in_a_tie():
    log_probs = np.log([[0.5, 0.5], [0.4, 0.6], [0.6, 0.4]])
    (half,) = [one for one in threshold_table(log_probs, np.asarray([1, 1, 1])) if one.probability == 0.5]
    assert (half.hits, half.misses) == (1, 2)
    assert half.hits == np.sum(log_probs.argmax(axis=1) == 1)


def test_the_least_cost_of_calibrated_probabilities_lies_where_theory_says(problem):
    table = threshold_table(*problem)
    for miss in MISS_COSTS:
        assert abs(cheapest(table, miss).probability - 1 / (1 + miss)) <= 0.1


def test_of_equal_costs_the_one_nearest_to_theory_is_taken():
    table = tuple(Threshold(p, 5, 0, 0, 5) for p in (0.1, 0.2, 0.5, 0.9))
    assert [cheapest(table, miss).probability for miss in (5.0, 1.0, 0.1)] == [0.2, 0.5, 0.9]


def test_rates_of_nothing_are_unknown():
    none = Threshold(0.5, 0, 0, 0, 7)
    assert math.isnan(none.precision)
    assert math.isnan(none.recall)


def test_certain_probabilities_are_on_their_side():
    log_probs = np.asarray([[0.0, -np.inf], [-np.inf, 0.0]])
    for one in threshold_table(log_probs, np.asarray([0, 1])):
        assert (one.hits, one.correct_rejections) == (1, 1)
