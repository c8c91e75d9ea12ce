import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

from xent.data import repeated_rows as module
from xent.data.repeated_rows import chance_of_equal_rows, repeated_rows


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 6)).round(1)
    X[rng.random(X.shape) < 0.6] = 0
    X[:, 0] = rng.permutation(400)
    return X, rng.integers(2, size=400)


def test_the_copies_are_those_of_the_definition(rows, monkeypatch):
    X, codes = rows
    held_out, theirs = np.concatenate([X[5:60], X[:30] + 0.5]), np.concatenate([codes[5:60], codes[:30]])
    theirs[:10] = 1 - theirs[:10]
    train = {(*row, code) for row, code in zip(X.tolist(), codes.tolist(), strict=True)}
    expected = [(*row, code) in train for row, code in zip(held_out.tolist(), theirs.tolist(), strict=True)]
    assert sum(expected) == 45
    assert repeated_rows(X, codes, held_out, theirs).tolist() == expected
    sparse = repeated_rows(sp.csr_array(X), codes, sp.csr_array(held_out), theirs)
    assert sparse.tolist() == expected
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert repeated_rows(X, codes, held_out, theirs).tolist() == expected


def test_a_zero_of_either_sign_is_the_same():
    codes = np.asarray([0])
    assert repeated_rows(np.asarray([[0.0, 1.0]]), codes, np.asarray([[-0.0, 1.0]]), codes).all()


@pytest.mark.parametrize("scale", [1.0, 2.0**20, 2.0**-30])
def test_round_numbers_in_other_places_are_other_rows(scale):
    """Numbers such as 1 and 2 differ in a few high bits alone, and rows of them must not collide."""
    grid = np.stack(np.meshgrid(*[np.arange(10.0)] * 4), axis=-1).reshape(-1, 4) * scale
    codes = np.zeros(5_000, dtype=int)
    assert not repeated_rows(grid[::2], codes, grid[1::2], codes).any()
    assert repeated_rows(grid[::2], codes, grid[::2][::-1], codes).all()


def test_equal_rows_by_chance_are_estimated_from_the_levels():
    rng = np.random.default_rng(0)
    table = pa.table({"a": rng.integers(40, size=3000), "b": rng.integers(70, size=3000), "c": [None] * 3000})
    assert chance_of_equal_rows(table) == pytest.approx(1 / 2800, rel=0.05)
    numbers = rng.normal(size=50)
    assert chance_of_equal_rows(pa.table({"x": numbers})) == 0
    assert chance_of_equal_rows(pa.table({"x": [1.0]})) == 1
