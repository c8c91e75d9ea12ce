import numpy as np

from xent.solvers.systematic_sample import stand_ins

RNG = np.random.default_rng(0)
SIZES = RNG.exponential(size=(500, 3)) ** 3
SHARE = SIZES.sum(axis=0) / 60


def test_rows_stand_for_the_whole_and_large_ones_for_themselves():
    drawn, after = stand_ins(SIZES, SHARE, np.zeros(3))
    assert np.allclose(after, 60)
    large = SIZES >= SHARE
    assert large.any(axis=0).all()
    assert np.array_equal(drawn[large], SIZES[large])
    rest = np.where(large, 0, drawn).sum(axis=0) / np.where(large, 0, SIZES).sum(axis=0)
    assert np.abs(rest - 1).max() < 0.2
    assert (np.count_nonzero(drawn, axis=0) < 61).all()
    others = drawn[~large] / np.broadcast_to(SHARE, SIZES.shape)[~large]
    assert set(np.round(others, 9)) == {0.0, 1.0}


def test_parts_of_the_rows_draw_what_the_whole_draws():
    whole, _ = stand_ins(SIZES, SHARE, np.zeros(3))
    total, parts = np.zeros(3), []
    for start in range(0, 500, 37):
        part, total = stand_ins(SIZES[start : start + 37], SHARE, total)
        parts.append(part)
    assert np.mean(np.concatenate(parts) == whole) > 0.998


def test_equal_rows_are_drawn_at_equal_distances():
    drawn, _ = stand_ins(np.ones((96, 1)), np.asarray([8.0]), np.zeros(1))
    places = np.flatnonzero(drawn)
    assert places.tolist() == list(range(3, 96, 8))
    assert (drawn[places] == 8).all()
