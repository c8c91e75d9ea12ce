import math

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp, ttest_ind

from xent.scoring.clusters import clusters_of
from xent.scoring.hall_statistic import hall_statistic
from xent.scoring.welch_test import larger_than_rest, larger_than_zero

SAMPLES = 1500
"""With so many the standard error of a share of 5 % is 0.56 points."""


def rejected(draw, part, **given):
    """Share of samples of `draw` in which rows of equal means are found to differ at a nominal 5 %."""
    rng, clusters = np.random.default_rng(0), clusters_of(len(part), **given)
    return np.mean([larger_than_rest(draw(rng), part, clusters) < 0.05 for _ in range(SAMPLES)])


@pytest.mark.slow
@pytest.mark.parametrize(("outside", "most"), [(3, 0.085), (5, 0.07), (10, 0.065)])
def test_few_groups_outside_are_found_lower_at_the_level(outside, most):
    # Degrees of freedom of the 30 groups inside alone find 12.7, 7.9 and 5.9 %.
    groups = np.repeat(np.arange(30 + outside), 4)

    def draw(rng):
        return (rng.normal(size=30 + outside) + 1)[groups] + rng.normal(size=len(groups))

    assert 0.035 <= rejected(draw, groups < 30, groups=groups) <= most


@pytest.mark.slow
def test_independent_rows_of_skewed_losses_are_found_higher_at_the_level():
    # Student's t without the correction for skewness finds 2.5 %.
    part = np.arange(330) < 30
    assert 0.032 <= rejected(lambda rng: rng.exponential(size=330), part) <= 0.065


@pytest.mark.slow
@pytest.mark.parametrize("groups", [4, 8])
def test_groups_with_rows_on_both_sides_are_paired(groups):
    # Welch's number, twice as large, finds 7.6 % of four groups.
    unit, part = np.repeat(np.arange(groups), 2), np.arange(2 * groups) % 2 == 0

    def draw(rng):
        return rng.normal(size=groups)[unit] + rng.normal(size=2 * groups)

    assert 0.035 <= rejected(draw, part, groups=unit) <= 0.065


def test_rows_of_one_weight_are_compared_by_the_test_of_welch():
    rng = np.random.default_rng(1)
    values, part = rng.normal(size=20), np.arange(20) < 7
    values[part] *= 3
    found = ttest_ind(values[part], values[~part], equal_var=False)
    residuals = [
        (rows - rows.mean()) / math.sqrt(len(rows) * (len(rows) - 1))
        for rows in (values[part], values[~part])
    ]
    t = hall_statistic(found.statistic, np.concatenate([residuals[0], -residuals[1]]))
    assert larger_than_rest(values, part, clusters_of(20)) == pytest.approx(student.sf(t, found.df), rel=1e-9)


def test_groups_in_equal_parts_on_both_sides_are_compared_by_the_paired_test():
    values = np.random.default_rng(2).normal(size=12)
    part, unit = np.arange(12) % 2 == 0, np.arange(12) // 2
    differences = values[part] - values[~part]
    t = hall_statistic(ttest_1samp(differences, 0).statistic, differences - differences.mean())
    found = larger_than_rest(values, part, clusters_of(12, groups=unit))
    assert found == pytest.approx(student.sf(t, 5), rel=1e-9)


def test_weights_leave_fewer_degrees_of_freedom():
    values, weights = np.random.default_rng(3).normal(size=5), np.asarray([1.0, 2.0, 3.0, 4.0, 20.0])
    clusters = clusters_of(5, weights=weights)
    mean = clusters.mean(values)
    residuals = weights * (values - mean)
    t = mean * weights.sum() / math.sqrt(clusters.variance(residuals))
    freedom = (weights**2).sum() ** 2 / (weights**4).sum() - 1
    found = larger_than_zero(values, np.ones(5, dtype=bool), clusters)
    assert found == pytest.approx(student.sf(hall_statistic(t, residuals), freedom), rel=1e-9)


@pytest.mark.parametrize("single", [True, False])
def test_one_group_on_a_side_leaves_nothing_to_compare(single):
    groups = np.repeat(np.arange(8), 5)
    values = np.random.default_rng(4).normal(size=40)
    part = (groups == 0) == single
    clusters = clusters_of(40, groups=groups)
    assert math.isnan(larger_than_rest(values, part, clusters))
    assert math.isnan(larger_than_zero(values, part, clusters)) == single


@pytest.mark.parametrize("heavy", [0, 39])
def test_one_unit_with_all_weight_of_a_side_but_for_rounding_leaves_nothing_to_compare(heavy):
    values, weights = np.random.default_rng(5).normal(size=40), np.ones(40)
    weights[heavy] = 1e12
    clusters = clusters_of(40, weights=weights)
    assert math.isnan(larger_than_rest(values, np.arange(40) < 20, clusters))


def test_infinite_values_of_rows_without_weight_do_not_count():
    values, weights = np.random.default_rng(6).normal(size=12), np.repeat([1.0, 0.0, 1.0], 4)
    part, lost = np.arange(12) % 2 == 0, np.where(weights > 0, values, np.inf)
    for test in (larger_than_rest, larger_than_zero):
        one, other = (test(each, part, clusters_of(12, weights=weights)) for each in (values, lost))
        assert one == other


@pytest.mark.parametrize(("shift", "found"), [(0.1, 0.0), (0.0, 1.0), (-0.1, 1.0)])
def test_without_spread_the_sign_alone_decides(shift, found):
    part = np.arange(10) < 5
    values = np.where(part, 0.3 + shift, 0.3)
    assert larger_than_rest(values, part, clusters_of(10), rounding=1e-15) == found
    assert larger_than_zero(values - 0.3, part, clusters_of(10), rounding=1e-15) == found
