import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels.softmax_curvature import curvature_product, pack, unpacked


def packed_probs(n=23, K=37, seed=0, concentration=0.3):
    probs = np.random.default_rng(seed).dirichlet(np.full(K, concentration), size=n).astype(np.float32)
    packed = np.empty((n, K), np.uint16)
    pack(probs, packed)
    return probs, packed


def test_packed_probabilities_are_distributions_of_8_significant_bits():
    probs, packed = packed_probs(n=400)
    ours = unpacked(packed).astype(float)
    assert np.abs(ours.sum(axis=1) - 1).max() < 1e-6
    largest = np.arange(400), probs.argmax(axis=1)
    others = np.ones(probs.shape, bool)
    others[largest] = False
    assert ((ours <= probs) & (ours >= probs * (1 - 2.0**-7)))[others & (probs > 1e-30)].all()
    assert (ours[largest] >= probs[largest] - 1e-6).all()


def test_a_confident_row_keeps_its_curvature():
    probs = np.asarray([[1 - 1.5e-6, 1e-6, 5e-7]], np.float32)
    packed = np.empty((1, 3), np.uint16)
    pack(probs, packed)
    direction = np.asarray([[0.0, 1.0, 0.0]], np.float32)
    product = curvature_product(direction, packed)[0]
    assert abs(product[1] - 1e-6) < 1e-8
    assert abs(product[0] + 1e-6) < 1e-8


@pytest.mark.parametrize("K", [1, 2, 15, 16, 17, 40, 300])
@pytest.mark.parametrize("weighted", [True, False])
def test_products_are_those_of_the_definition(K, weighted):
    rng = np.random.default_rng(K)
    _, packed = packed_probs(K=K)
    p = unpacked(packed).astype(float)
    directions = (rng.normal(size=p.shape) + 1).astype(np.float32)
    given = directions.copy()
    weights = rng.uniform(0.1, 2, size=len(p)).astype(np.float32) if weighted else None
    ours = curvature_product(directions, packed, weights)
    v = directions.astype(float)
    truth = p * (v - (p * v).sum(axis=1, keepdims=True)) * (1 if weights is None else weights[:, None])
    scale = np.abs(v).max(axis=1, keepdims=True) * (1 if weights is None else weights[:, None])
    # The rounding of the largest probability, one less a sum, is relative to 1.
    bound = (4 + K / 16) * np.finfo(np.float32).eps * scale * np.maximum(p, p.max(axis=1, keepdims=True))
    assert (np.abs(ours - truth) <= bound).all()
    assert np.array_equal(directions, given)


def test_no_rows_give_no_products():
    assert curvature_product(np.empty((0, 3), np.float32), np.empty((0, 3), np.uint16)).shape == (0, 3)


def test_arrays_of_other_kinds_are_refused():
    _, packed = packed_probs()
    directions = np.zeros(packed.shape, np.float32)
    with pytest.raises(DTypeError, match="`directions` must be float32"):
        curvature_product(directions.astype(float), packed)
    with pytest.raises(ShapeError, match="`weights` must have shape"):
        curvature_product(directions, packed, np.ones(3, np.float32))
    with pytest.raises(DomainError, match="`directions` must be C-contiguous"):
        curvature_product(np.asfortranarray(directions), packed)
