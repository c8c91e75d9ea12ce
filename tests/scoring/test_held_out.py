import numpy as np
import pytest

from xent.errors import DomainError
from xent.scoring.held_out import check_split, split_rows


def test_every_row_is_on_one_side_and_every_class_on_both():
    codes = np.repeat([0, 1, 2], [40, 8, 2])
    train, held_out = split_rows(codes, 0.25, seed=3)
    assert sorted([*train, *held_out]) == list(range(50))
    assert np.bincount(codes[held_out]).tolist() == [10, 2, 1]
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(held_out) > 0)


def test_equal_seeds_split_equally_and_others_do_not():
    codes = np.repeat([0, 1], [60, 40])
    one, same, other = (split_rows(codes, 0.2, seed=seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_only_row_of_a_class_is_trained_on():
    codes = np.asarray([0, 0, 0, 1, 0])
    train, held_out = split_rows(codes, 0.9, seed=0)
    assert 3 in train
    assert len(held_out) == 3


@pytest.mark.parametrize("absent", [0, 1, 2])
def test_a_class_without_rows_changes_nothing(absent):
    codes = np.repeat([0, 1], [12, 8])
    with_gap = codes + (codes >= absent)
    for mine, other in zip(split_rows(with_gap, 0.3, seed=5), split_rows(codes, 0.3, seed=5), strict=True):
        assert np.array_equal(mine, other)


def test_no_rows_are_split_into_no_rows():
    train, held_out = split_rows(np.zeros(0, dtype=int), 0.3, seed=0)
    assert len(train) == len(held_out) == 0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"held_out": 1.5}, "fit: `held_out` must lie between 0 and 1; got 1.5."),
        ({"held_out": float("nan")}, "fit: `held_out` must lie between 0 and 1; got nan."),
        ({"held_out": "0.2"}, "fit: `held_out` must lie between 0 and 1; got str."),
        ({"seed": -1}, "fit: `seed` must be a whole number >= 0; got -1."),
        ({"seed": True}, "fit: `seed` must be a whole number >= 0; got True."),
        ({"seed": "1" * 10_000}, "fit: `seed` must be a whole number >= 0; got str."),
    ],
)
def test_options_out_of_range_are_named_in_a_line(options, text):
    with pytest.raises(DomainError) as caught:
        check_split(**{"held_out": 0.2, "seed": 0, **options}, caller="fit")
    assert str(caught.value) == text


def test_numpy_numbers_are_numbers():
    check_split(held_out=np.float32(0.5), seed=np.int64(7), caller="fit")
