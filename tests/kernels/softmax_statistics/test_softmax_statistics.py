import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels import runs_here
from xent.kernels.softmax_statistics import RowNumbers, gradient_in_place, row_numbers

pytestmark = pytest.mark.skipif(not runs_here(), reason="kernels do not run here")

LENGTHS = [1, 5, 16, 64, 65, 1000]
DTYPES = [np.float32, np.float64]


def logits_of(K, dtype):
    """Logits off the origin: one row leads by 60, one has a class of probability 0."""
    logits = np.random.default_rng(K).normal(3.0, 5.0, size=(7, K)).astype(dtype)
    logits[2, K // 2] += 60
    logits[3, 1:2] = -np.inf
    return logits


def truth_of(logits):
    """Argmax, rests, mean distances, probabilities and distances in the longest floats."""
    wide = logits.astype(np.longdouble)
    tops = wide.argmax(1)
    distances = wide.max(1, keepdims=True) - wide
    powers = np.exp(-distances)
    distances = np.where(powers > 0, distances, 0)
    others = powers.copy()
    others[np.arange(len(tops)), tops] = 0
    rests = others.sum(1)
    total = (1 + rests)[:, None]
    return tops, rests, (powers * distances).sum(1) / total[:, 0], powers / total, distances


def units(found, truth):
    """Largest relative error in units of the dtype; equal numbers have none."""
    error = np.abs(found - truth) / np.where(truth == 0, 1, np.abs(truth))
    return float(error.max() / np.finfo(found.dtype).eps)


@pytest.mark.parametrize("K", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_keep_their_digits(K, dtype):
    logits = logits_of(K, dtype)
    tops, rests, distances, _, _ = truth_of(logits)
    found = row_numbers(logits)
    assert (found.tops == tops).all()
    assert units(found.rests, rests) < 6
    assert units(found.mean_distances, distances) < 6


@pytest.mark.parametrize("K", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_gradients_are_those_of_the_definition(K, dtype):
    logits = logits_of(K, dtype)
    _, _, means, probs, distances = truth_of(logits)
    rng = np.random.default_rng(1)
    pull, spread = (rng.normal(size=7).astype(dtype) for _ in range(2))
    spread[:4] = 0
    truth = probs * (pull[:, None] + spread[:, None] * (distances - means[:, None]))
    gradient = logits.copy()
    gradient_in_place(gradient, row_numbers(logits), pull, spread)
    assert units(gradient[:4], truth[:4]) < 6
    scale = probs * (np.abs(pull)[:, None] + np.abs(spread)[:, None] * (distances + means[:, None]))
    assert (np.abs(gradient - truth) <= 6 * np.finfo(dtype).eps * scale).all()


@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.nan, 0.0], [np.inf, 0.0]])
def test_a_row_without_a_softmax_is_nan_unless_its_gradients_are_0(row):
    logits = np.asarray([row, row])
    found = row_numbers(logits)
    assert (found.tops == -1).all()
    assert np.isnan(found.rests).all()
    assert np.isnan(found.mean_distances).all()
    gradient_in_place(logits, found, np.asarray([1.0, 0.0]), np.zeros(2))
    assert np.isnan(logits[0]).all()
    assert (logits[1] == 0).all()


def test_the_first_of_tied_classes_is_the_argmax():
    found = row_numbers(np.zeros((1, 40)))
    assert found.tops[0] == 0
    assert found.rests[0] == 39


def test_arrays_that_do_not_fit_are_refused():
    logits = np.zeros((2, 3), np.float32)
    found = row_numbers(logits)
    with pytest.raises(DTypeError, match="`logits`"):
        row_numbers(logits.astype(np.float16))
    with pytest.raises(ShapeError, match="`logits` must have 2 axes"):
        row_numbers(logits[0])
    with pytest.raises(ShapeError, match="`of_entropy`"):
        gradient_in_place(logits, found, np.zeros(2, np.float32), np.zeros(3, np.float32))
    frozen = logits.copy()
    frozen.flags.writeable = False
    with pytest.raises(DomainError, match="`logits` must be writeable; got a read-only array"):
        gradient_in_place(frozen, found, np.zeros(2, np.float32), np.zeros(2, np.float32))
    assert (frozen == logits).all()
    wide = RowNumbers(found.tops, found.rests.astype(float), found.mean_distances)
    with pytest.raises(DTypeError, match="`rests`"):
        gradient_in_place(logits, wide, np.zeros(2, np.float32), np.zeros(2, np.float32))
