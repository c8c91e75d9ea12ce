import math

import numpy as np
import pytest

from tests.scoring.closed_truths import drawn_classes, normalised
from xent.scoring import SliceColumn, checked_predictions, comparison, row_scores


def compared(first, second, codes, columns=(), **options):
    classes = [str(k) for k in range(first.shape[1])]
    pair = tuple(
        checked_predictions(each, codes, classes=classes, caller="f", **options) for each in (first, second)
    )
    scores = tuple(row_scores(one.log_probs, one.codes) for one in pair)
    return comparison(("a", "b"), pair, scores, columns)


def calibrated_and_sharp(n, rng):
    q = rng.dirichlet(np.ones(3), n)
    return np.log(q), normalised(2 * np.log(q)), drawn_classes(q, rng)


@pytest.mark.slow
def test_the_difference_is_that_of_the_losses_and_covers_the_truth():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(30):
        found = compared(*calibrated_and_sharp(400, rng))
        hits += found.difference.low <= 0.9434976835 - 5 / 6 <= found.difference.high
    assert hits >= 24
    first, second, codes = calibrated_and_sharp(400, rng)
    found = compared(first, second, codes)
    rows = np.arange(400)
    assert found.difference.value == pytest.approx((first - second)[rows, codes].mean(), rel=1e-12)
    assert found.p_value < 0.01
    assert (found.first_errors_only, found.second_errors_only, found.error_p_value) == (0, 0, 1.0)


@pytest.mark.slow
def test_models_of_equal_worth_are_told_apart_at_the_level_of_the_test():
    rng, rejected = np.random.default_rng(1), 0
    for _ in range(80):
        q = rng.dirichlet(np.ones(3), 120)
        codes = drawn_classes(q, rng)
        a, b = (normalised(np.log(q) + 0.7 * rng.standard_normal(q.shape)) for _ in range(2))
        rejected += compared(a, b, codes).p_value < 0.05
    assert rejected <= 11, "4 expected"


def test_copies_of_rows_make_no_difference_significant_if_they_are_grouped():
    rng = np.random.default_rng(2)
    q = rng.dirichlet(np.ones(3), 40)
    codes = drawn_classes(q, rng)
    a, b = (normalised(np.log(q) + 0.5 * rng.standard_normal(q.shape)) for _ in range(2))
    alone = compared(a, b, codes)
    many = [np.repeat(each, 30, axis=0) for each in (a, b)]
    groups = np.repeat(np.arange(40), 30)
    grouped = compared(*many, np.repeat(codes, 30), groups=groups)
    assert grouped.p_value == pytest.approx(alone.p_value, abs=0.03)
    assert compared(*many, np.repeat(codes, 30)).p_value < grouped.p_value / 3


def test_infinite_differences_are_counted_and_no_p_value_is_invented():
    half = math.log(0.5)
    first = np.asarray([[half, half]] * 6)
    second = first.copy()
    second[0] = [-np.inf, 0.0]
    both = first.copy()
    both[0] = [-np.inf, 0.0]
    codes = np.asarray([0, 1, 0, 1, 0, 1])
    found = compared(first, second, codes)
    assert (found.only_first_infinite, found.only_second_infinite, found.both_infinite) == (0, 1, 0)
    assert math.isnan(found.p_value)
    assert found.difference.value == 0
    assert found.differing[0].second == 0
    same = compared(both, second, codes)
    assert same.both_infinite == 1
    assert same.p_value == 1


def test_infinite_losses_of_rows_without_weight_do_not_count():
    first, second, codes = calibrated_and_sharp(30, np.random.default_rng(8))
    lost = second.copy()
    lost[:5] = np.where(np.arange(3) == codes[:5, None], -np.inf, np.log(0.5))
    weights = (np.arange(30) >= 5).astype(float)
    found = compared(first, lost, codes, sample_weight=weights)
    assert (found.only_first_infinite, found.only_second_infinite, found.both_infinite) == (0, 0, 0)
    assert found.p_value == compared(first, second, codes, sample_weight=weights).p_value < 1


@pytest.mark.parametrize("weights", [None, np.asarray([1.0, 2.0, 0.0])])
def test_models_that_are_infinite_on_every_row_of_weight_are_not_compared(weights):
    lost = np.asarray([[-np.inf, 0.0]] * 2 + [[np.log(0.5)] * 2])[: 2 if weights is None else 3]
    found = compared(lost, lost, np.zeros(len(lost), dtype=int), sample_weight=weights)
    assert (found.only_first_infinite, found.only_second_infinite, found.both_infinite) == (0, 0, 2)
    assert math.isnan(found.difference.value)
    assert math.isnan(found.p_value)


def test_slices_and_rows_of_largest_difference_come_first():
    first, second, codes = calibrated_and_sharp(300, np.random.default_rng(3))
    second[:40] = np.log(1 / 3)
    column = SliceColumn("part", (np.arange(300) >= 40).astype(int), ("flat", "sharp"))
    found = compared(first, second, codes, [column])
    assert {one.name for one in found.slices} == {"part = flat", "part = sharp"}
    sizes = [abs(math.log(row.first / row.second)) for row in found.differing]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 10
