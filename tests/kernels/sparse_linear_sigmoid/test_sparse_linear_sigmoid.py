import dataclasses

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy import sparse

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels.sparse_linear_sigmoid import (
    CsrRows,
    curvature_product,
    curvatures,
    fused,
    value_and_gradient,
)


def rows(n=37, p=11, seed=0, *, weighted=True, dtype=np.float64, index=np.int32, soft=False, density=0.5):
    rng = np.random.default_rng(seed)
    X = sparse.random_array((n, p), density=density, rng=rng, format="csr", data_sampler=rng.normal)
    targets = rng.random(n) if soft else (rng.random(n) < 0.4).astype(float)
    weights = rng.uniform(0.1, 2, size=n) if weighted else 0.25
    columns, starts = X.indices.astype(index), X.indptr.astype(index)
    data = CsrRows(X.data.astype(dtype), columns, starts, p, targets, weights)
    return data, rng.normal(size=p + 1), rng.normal(size=p + 1)


def dense(data):
    """The rows as an array; numbers of one place add up."""
    X = np.zeros((data.n, data.p))
    places = np.repeat(np.arange(data.n), np.diff(data.starts))
    np.add.at(X, (places, data.columns[: data.starts[-1]]), data.numbers[: data.starts[-1]])
    return X


def exact(data, point, direction):
    """In fifty digits: value, gradient, curvature, and the Hessian's product, last column and diagonal."""
    p, weights = data.p, np.broadcast_to(data.weights, data.n)
    with mp.workdps(50):
        sums = [mpf(0)] * (4 * p + 5)
        for x, t, a in zip(dense(data).tolist(), data.targets.tolist(), weights.tolist(), strict=True):
            full = [*map(mpf, x), mpf(1)]
            z = mp.fdot(full, point.tolist())
            event = 1 / (1 + mp.exp(-z))
            curve = mpf(a) * event * (1 - event)
            value = mpf(a) * (mpf(t) * mp.log1p(mp.exp(-z)) + (1 - mpf(t)) * mp.log1p(mp.exp(z)))
            along = curve * mp.fdot(full, direction.tolist())
            parts = [value, *(mpf(a) * (event - t) * u for u in full), curve]
            parts += [
                *(along * u for u in full),
                *(curve * u for u in full),
                *(curve * u * u for u in full[:-1]),
            ]
            sums = [total + part for total, part in zip(sums, parts, strict=True)]
        return np.asarray([float(total) for total in sums])


def all_sums(data, point, direction):
    sums, curvature = value_and_gradient(data, point), curvatures(data, point)
    product = curvature_product(data, curvature.of_rows, direction)
    parts = [sums.value, *sums.gradient, sums.curvature, *product, *curvature.first, *curvature.squares]
    return np.asarray(parts)


CASES = {
    "incomplete tile": {},
    "whole tiles": {"n": 16, "p": 8},
    "fewer rows than a tile": {"n": 3, "p": 5, "density": 1.0},
    "rows of fewer numbers than chains": {"n": 60, "p": 3, "density": 0.6},
    "one number for all weights": {"weighted": False},
    "soft targets": {"soft": True},
    "single precision": {"dtype": np.float32},
    "long integers": {"index": np.int64},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_sums_are_those_of_the_definition(case):
    given = rows(**case)
    ours, truth = all_sums(*given), exact(*given)
    assert np.abs(truth).min() > 1e-4
    assert np.abs(ours - truth).max() < 1e-14 * np.abs(truth).max()
    assert np.abs(ours / truth - 1).max() < 1e-12


def test_confident_rows_keep_their_digits():
    data, point, direction = rows(n=80, soft=False)
    point = 40 * point
    z = dense(data) @ point[:-1] + point[-1]
    sure = dataclasses.replace(data, targets=(z > 0).astype(float), weights=(np.abs(z) > 25) * 1.0)
    assert sure.weights.sum() > 11
    truth = exact(sure, point, direction)
    assert 0 < truth[0] < 1e-8
    # Rounding of a logit of a hundred is a relative error of its exponential.
    assert np.abs(all_sums(sure, point, direction) / truth - 1)[: data.p + 2].max() < 1e-12


def test_numbers_of_one_place_add_up_and_rows_without_numbers_have_the_intercept():
    numbers, columns = np.asarray([1.0, 2.0, 4.0, 8.0, 16.0, 1.0]), np.asarray([0, 0, 0, 0, 0, 1])
    data = CsrRows(numbers, columns, np.asarray([0, 5, 5, 6]), 2, np.asarray([1.0, 0.0, 1.0]))
    point, direction = np.asarray([0.01, 0.3, 0.2]), np.asarray([0.1, 0.4, 0.5])
    # The diagonal alone is that of a matrix whose numbers are not added up yet.
    given = slice(0, -data.p)
    assert np.allclose(
        all_sums(data, point, direction)[given], exact(data, point, direction)[given], rtol=1e-13
    )


def test_chunks_add_up_and_threads_change_no_bit(monkeypatch):
    data, point, direction = rows(n=3000, p=7)
    one = all_sums(data, point, direction)
    results = []
    for per_column in (64, 10**9):
        monkeypatch.setattr(fused, "_NUMBERS_PER_COLUMN", per_column)
        for threads in (1, 2, 5):
            monkeypatch.setattr(fused.RowsKernel, "threads", lambda *_, threads=threads: threads)
            results.append(all_sums(data, point, direction))
    assert all(np.array_equal(one, other) for other in results[:3])
    assert not np.array_equal(one, results[3])
    assert np.allclose(one, results[3], rtol=1e-11)


def test_no_rows_and_infinite_logits_are_summed_as_documented():
    nothing = CsrRows(np.empty(0), np.empty(0, np.int32), np.zeros(1, np.int32), 3, np.empty(0))
    assert not all_sums(nothing, np.ones(4), np.ones(4)).any()
    data = CsrRows(np.asarray([1e308, -1e308]), np.zeros(2, int), np.arange(3), 1, np.asarray([1.0, 0.0]))
    assert value_and_gradient(data, np.asarray([1e10, 0.0])).value == 0
    other = dataclasses.replace(data, targets=1 - data.targets)
    assert value_and_gradient(other, np.asarray([1e10, 0.0])).value == np.inf


def test_arrays_that_the_kernel_cannot_read_are_refused():
    data, point, _ = rows()
    outside = data.columns.copy()
    outside[5] = data.p
    back = data.starts.copy()
    back[3] = back[5]
    for changed, error, argument in [
        ({"numbers": data.numbers.astype(np.int64)}, DTypeError, "numbers"),
        ({"columns": data.columns[:-1]}, ShapeError, "columns"),
        ({"columns": data.columns.astype(np.int16)}, DTypeError, "columns"),
        ({"columns": outside}, DomainError, "columns"),
        ({"columns": outside - 1 - data.p}, DomainError, "columns"),
        ({"starts": data.starts[:-1]}, ShapeError, "starts"),
        ({"starts": back}, DomainError, "starts"),
        ({"starts": data.starts + 1}, DomainError, "starts"),
        ({"weights": data.weights[:-1]}, ShapeError, "weights"),
    ]:
        with pytest.raises(error) as caught:
            dataclasses.replace(data, **changed)
        assert caught.value.argument == argument
    with pytest.raises(ShapeError):
        value_and_gradient(data, point[:-1])
    with pytest.raises(ShapeError):
        curvature_product(data, point, point)
