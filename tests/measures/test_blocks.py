"""Large arrays, which are summed in blocks."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent import measures
from xent.formulas import i_divergence
from xent.measures.blocks import summed_by_blocks

SHAPES = [(3, 40_000), (1_000, 100), (2, 3, 20_000), (500_000,), (0, 5), (40_000, 1)]


def total(array, *, xp):
    return xp.sum(array, axis=-1)


@pytest.mark.parametrize("shape", SHAPES)
def test_blocks_cover_every_entry_once(shape):
    whole = np.random.default_rng(31).integers(0, 1000, size=shape).astype(float)
    found = summed_by_blocks(total, whole, xp=np)
    assert found.shape == shape[:-1]
    np.testing.assert_array_equal(found, whole.sum(axis=-1))


def test_arrays_in_any_memory_order_are_summed():
    p = np.random.default_rng(37).dirichlet(np.ones(300), size=200)
    assert_within(4, measures.entropy(np.asfortranarray(p)), measures.entropy(p))
    assert_within(4, measures.entropy(p.T, axis=0), measures.entropy(p))


def test_large_divergences_are_those_of_the_formula():
    rng = np.random.default_rng(41)
    p, q = rng.dirichlet(np.ones(100), size=(2, 300))
    q[:100] = p[:100] * (1 + 1e-6 * rng.standard_normal((100, 100)))
    q[:100] /= q[:100].sum(axis=-1, keepdims=True)
    q[100] = p[100]
    q[101, :2] = 0, q[101, :2].sum()
    with np.errstate(all="ignore"):
        truth = i_divergence.value(p, q, xp=np)
    found = measures.kl_divergence(p, q)
    assert_within(8, found, truth)
    assert found[100] == 0
    assert found[101] == np.inf
    assert 0 < found[:100].max() < 1e-10


def test_a_long_row_keeps_its_digits():
    rng = np.random.default_rng(43)
    p, q = rng.dirichlet(np.ones(500_000), size=2)
    near = p * (1 + 1e-6 * rng.standard_normal(p.size))
    near /= near.sum()
    for model in (q, near):
        found = measures.kl_divergence(p, model)
        d = (model - p) / p
        series = p * d**2 * (1 / 2 - d / 3 + d**2 / 4)
        far = (model - p) - p * np.log(model / p)
        np.testing.assert_allclose(found, np.where(abs(d) < 1e-4, series, far).sum(), rtol=1e-12)
