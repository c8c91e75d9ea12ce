import numpy as np
import pytest

from xent.scoring import whole_groups
from xent.scoring.held_out import split_rows
from xent.scoring.whole_groups import deal_groups


def problem(n=900, groups=150, seed=0):
    rng = np.random.default_rng(seed)
    of = rng.integers(groups, size=n)
    # The class depends on the group, as among the visits of a patient.
    return (rng.random(n) < np.random.default_rng(1).random(groups)[of]).astype(int), of


def test_no_group_is_on_both_sides_and_every_class_has_its_share():
    codes, groups = problem()
    train, held_out = split_rows(codes, 0.2, seed=0, groups=groups)
    assert sorted([*train, *held_out]) == list(range(900))
    assert not set(groups[train]) & set(groups[held_out])
    for k in (0, 1):
        assert np.mean(codes[held_out] == k) == pytest.approx(np.mean(codes == k), abs=0.02)
    assert len(held_out) == pytest.approx(180, abs=5)


def test_seeds_give_splits():
    codes, groups = problem()
    first, again, other = (split_rows(codes, 0.2, seed=seed, groups=groups)[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_class_of_one_group_stays_in_training():
    codes, groups = np.asarray([0, 1] * 20 + [2] * 10), np.asarray([*np.repeat(range(10), 4), *[10] * 10])
    for seed in range(5):
        train, held_out = split_rows(codes, 0.9, seed=seed, groups=groups)
        assert set(codes[train]) == {0, 1, 2}
        assert 2 not in codes[held_out]


def test_groups_that_are_classes_leave_nothing_to_hold_out():
    codes = np.repeat([0, 1], 10)
    _, held_out = split_rows(codes, 0.2, seed=0, groups=codes)
    assert len(held_out) == 0


def test_folds_of_whole_groups_are_about_equal_in_every_class():
    codes, groups = problem()
    part = deal_groups(codes, groups, [0.2] * 5, seed=0)
    assert all(len(set(part[groups == group])) == 1 for group in set(groups))
    for k in (0, 1):
        counts = np.bincount(part[codes == k], minlength=5)
        assert np.ptp(counts) <= 0.08 * np.sum(codes == k)


def test_many_groups_are_dealt_at_random_after_the_largest(monkeypatch):
    monkeypatch.setattr(whole_groups, "_PLACED", 30)
    codes, groups = problem()
    part = deal_groups(codes, groups, (0.75, 0.25), seed=0)
    assert all(len(set(part[groups == group])) == 1 for group in set(groups))
    assert np.mean(part == 1) == pytest.approx(0.25, abs=0.08)
