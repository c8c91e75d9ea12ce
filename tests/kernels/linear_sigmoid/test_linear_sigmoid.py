import numpy as np
import pytest
from mpmath import mp, mpf

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels.linear_sigmoid import LinearRows, curvature_product, fused, value_and_gradient


def rows(n=37, p=11, seed=0, *, weighted=True, centred=False, dtype=np.float64, soft=False):
    rng = np.random.default_rng(seed)
    X = (rng.normal(size=(n, p)) + 0.5).astype(dtype)
    targets = rng.random(n) if soft else (rng.random(n) < 0.4).astype(float)
    weights = rng.uniform(0.1, 2, size=n) if weighted else 0.25
    centre = rng.normal(size=p) if centred else None
    return LinearRows(X, targets, weights, centre), rng.normal(size=p + 1), rng.normal(size=p + 1)


def exact(data, point, direction=None):
    """The sums as they are defined, in fifty digits: value, those of weights and intercept, curvature."""
    n, p = data.X.shape
    weights = np.broadcast_to(data.weights, n)
    centre = np.zeros(p) if data.centre is None else data.centre
    with mp.workdps(50):
        totals = [mpf(0)] * (p + 3)
        for x, t, a in zip(
            data.X.astype(float).tolist(), data.targets.tolist(), weights.tolist(), strict=True
        ):
            full = [mpf(u) - mpf(c) for u, c in zip(x, centre.tolist(), strict=True)] + [mpf(1)]
            z = mp.fdot(full, point.tolist())
            event = 1 / (1 + mp.exp(-z))
            factor = mpf(a) * (event - t)
            if direction is not None:
                factor = mpf(a) * event * (1 - event) * mp.fdot(full, direction.tolist())
            value = mpf(a) * (mpf(t) * mp.log1p(mp.exp(-z)) + (1 - mpf(t)) * mp.log1p(mp.exp(z)))
            parts = [*(factor * u for u in full), value, mpf(a) * event * (1 - event)]
            totals = [total + part for total, part in zip(totals, parts, strict=True)]
        return np.asarray([float(total) for total in totals])


def as_array(sums):
    return np.asarray([*sums.of_weights, sums.of_intercept, sums.value, sums.curvature])


CASES = {
    "whole vectors": {"n": 16, "p": 8},
    "incomplete tile and vector": {},
    "fewer than a vector": {"n": 3, "p": 5},
    "one number for all weights": {"weighted": False},
    "centred": {"centred": True},
    "soft targets": {"soft": True},
    "single precision": {"dtype": np.float32},
    "one feature": {"n": 9, "p": 1},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_sums_are_those_of_the_definition(case):
    data, point, direction = rows(**case)
    for way in (None, direction):
        ours = as_array(
            value_and_gradient(data, point) if way is None else curvature_product(data, point, way)
        )
        truth = exact(data, point, way)
        assert np.abs(truth).min() > 1e-4
        assert np.abs(ours - truth).max() < 1e-14 * np.abs(truth).max()
        assert np.abs(ours / truth - 1).max() < 1e-12


def test_confident_rows_keep_their_digits():
    data, point, _ = rows(n=40)
    point = 40 * point
    z = data.X @ point[:-1] + point[-1]
    far = np.abs(z) > 25
    assert far.sum() > 11
    sure = LinearRows(data.X[far], (z[far] > 0).astype(float), data.weights[far])
    truth = exact(sure, point)
    assert 0 < truth[-2] < 1e-8
    # Rounding of a logit of a hundred is a relative error of its exponential.
    assert np.abs(as_array(value_and_gradient(sure, point)) / truth - 1).max() < 1e-12


def test_chunks_add_up_and_threads_change_no_bit(monkeypatch):
    data, point, direction = rows(n=5000, p=40)
    results = {}
    for chunk in (131_072, 4000):
        monkeypatch.setattr(fused, "_CHUNK", chunk)
        for threads in (1, 2, 5):
            monkeypatch.setattr(fused.RowsKernel, "threads", lambda *_, threads=threads: threads)
            sums = (value_and_gradient(data, point), curvature_product(data, point, direction))
            results[chunk, threads] = np.concatenate([as_array(one) for one in sums])
    for chunk in (131_072, 4000):
        assert np.array_equal(results[chunk, 1], results[chunk, 2])
        assert np.array_equal(results[chunk, 1], results[chunk, 5])
    assert np.allclose(results[131_072, 1], results[4000, 1], rtol=1e-11)
    assert not np.array_equal(results[131_072, 1], results[4000, 1])


def test_no_rows_and_infinite_logits_are_summed_as_documented():
    empty = value_and_gradient(LinearRows(np.empty((0, 3)), np.empty(0)), np.ones(4))
    assert not as_array(empty).any()
    huge = LinearRows(np.asarray([[1e308], [-1e308]]), np.asarray([1.0, 0.0]))
    sums = value_and_gradient(huge, np.asarray([1e10, 0.0]))
    assert sums.value == 0
    assert value_and_gradient(LinearRows(huge.X, 1 - huge.targets), np.asarray([1e10, 0.0])).value == np.inf


def test_arrays_that_the_kernel_cannot_read_are_refused():
    data, point, _ = rows()
    for changed, error, argument in [
        ({"X": np.asfortranarray(data.X)}, DomainError, "X"),
        ({"X": data.X.astype(np.int64)}, DTypeError, "X"),
        ({"targets": data.targets[:-1]}, ShapeError, "targets"),
        ({"weights": data.weights[:-1]}, ShapeError, "weights"),
        ({"centre": point}, ShapeError, "centre"),
    ]:
        given = {"X": data.X, "targets": data.targets, "weights": data.weights, "centre": None} | changed
        with pytest.raises(error) as caught:
            value_and_gradient(LinearRows(**given), point)
        assert caught.value.argument == argument
    with pytest.raises(ShapeError):
        value_and_gradient(data, point[:-1])


def test_tiles_without_weight_are_not_read():
    data, point, direction = rows(n=45)
    weights = data.weights.copy()
    weights[8:24] = weights[40:] = 0
    X, targets = data.X.copy(), data.targets.copy()
    X[8:24] = X[40:] = np.nan
    kept = weights > 0
    part = LinearRows(data.X[kept], data.targets[kept], weights[kept])
    whole = LinearRows(X, targets, weights)
    for way in (None, direction):
        ours, truth = (
            as_array(value_and_gradient(each, point) if way is None else curvature_product(each, point, way))
            for each in (whole, part)
        )
        assert np.allclose(ours, truth, rtol=1e-13)
