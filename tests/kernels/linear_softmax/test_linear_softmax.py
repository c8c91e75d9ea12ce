import dataclasses
import functools

import numpy as np
import pytest
from mpmath import mp, mpf

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels.linear_softmax import (
    LinearRows,
    covariance,
    curvature_product,
    fused,
    is_readable,
    unpacked,
    value_and_gradient,
)

SINGLE = np.finfo(np.float32).eps


def problem(
    n=21, p=11, K=5, seed=0, *, weighted=True, changed=False, dtype=np.float64, layout="rows", size=0.3
):
    """Rows, a point and a direction."""
    rng = np.random.default_rng(seed)
    X = (rng.normal(size=(n, p)) + 0.5).astype(dtype)
    if layout == "columns":
        X = np.asfortranarray(X)
    elif layout != "rows":
        # The numbers beside the features must not be read.
        wide = np.full((n + 8, p + 3), np.nan, dtype, order="C" if layout == "some columns" else "F")
        wide[:n, :p] = X
        X = wide[:n, :p]
    weights = rng.uniform(0.1, 2, size=n) if weighted else 0.25
    change = {"centre": rng.normal(size=p), "factors": rng.uniform(0.5, 2, size=p)} if changed else {}
    rows = LinearRows(X, rng.integers(K, size=n), K, weights, **change)
    return rows, size * rng.normal(size=(K, p + 1)), rng.normal(size=(K, p + 1))


def exact(rows, point, direction):
    """Value, gradient, product and covariance as they are defined, in fifty digits."""
    n, p = rows.X.shape
    weights = np.broadcast_to(rows.weights, n).tolist()
    centre = np.zeros(p) if rows.centre is None else rows.centre
    factors = np.ones(p) if rows.factors is None else rows.factors
    value, probs, slopes, products, features = mpf(0), [], [], [], []
    with mp.workdps(50):
        for x, y, a in zip(rows.X.astype(float).tolist(), rows.codes.tolist(), weights, strict=True):
            full = [(mpf(u) - c) * f for u, c, f in zip(x, centre.tolist(), factors.tolist(), strict=True)]
            features.append([*full, mpf(1)])
            z, v = ([mp.fdot(of, features[-1]) for of in numbers.tolist()] for numbers in (point, direction))
            peak = max(z)
            powers = [mp.exp(one - peak) for one in z]
            total = mp.fsum(powers)
            value += a * (peak + mp.log(total) - z[y])
            probs.append([one / total for one in powers])
            mean = mp.fdot(probs[-1], v)
            slopes.append([a * (one - (k == y)) for k, one in enumerate(probs[-1])])
            products.append([a * one * (along - mean) for one, along in zip(probs[-1], v, strict=True)])
        weighted = [[a * one for one in row] for a, row in zip(weights, probs, strict=True)]
        spread = np.diag([mp.fsum(of_class) for of_class in zip(*weighted, strict=True)])
        spread = spread - _summed_products(weighted, probs)
        gradient, product = (_summed_products(rows, features) for rows in (slopes, products))
        return float(value), gradient.astype(float), product.astype(float), spread.astype(float)


def _summed_products(left, right):
    """Transpose of `left` times `right`, lists of rows of long numbers."""
    columns = list(zip(*right, strict=True))
    return np.asarray([[mp.fdot(one, two) for two in columns] for one in zip(*left, strict=True)])


CASES = {
    "whole tiles and vectors": {"n": 16, "p": 8, "K": 8},
    "incomplete tile and vectors": {},
    "fewer than a tile": {"n": 3, "p": 5, "K": 3},
    "one number for all weights": {"weighted": False},
    "centred and scaled": {"changed": True},
    "columns": {"layout": "columns"},
    "some of the rows": {"layout": "some rows"},
    "some of the columns": {"layout": "some columns"},
    "features of single precision": {"dtype": np.float32},
    "one feature": {"n": 9, "p": 1},
    "two vectors": {"K": 16},
    "three vectors": {"K": 17, "n": 10, "p": 3},
    "panels of two vectors": {"K": 60, "n": 10, "p": 3},
}
# The largest kernel takes a second to compile.
every_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(name, marks=pytest.mark.half_second if name == "panels of two vectors" else ())
        for name in CASES
    ],
)


@functools.cache
def solved(case):
    """Rows, a point and a direction of a case, and their exact sums; for all tests that read them."""
    given = problem(**CASES[case])
    return given, exact(*given)


@every_case
def test_sums_are_those_of_the_definition(case):
    (rows, point, direction), (value, gradient, product, spread) = solved(case)
    ours, slopes = value_and_gradient(rows, point)
    assert abs(ours / value - 1) < 1e-14
    for found, truth in [
        (slopes, gradient),
        (curvature_product(rows, point, direction), product),
        (covariance(rows, point), spread),
    ]:
        assert np.abs(found - truth).max() < 1e-14 * np.abs(truth).max()


@every_case
@pytest.mark.parametrize("kept", ["none", "some", "all"])
def test_sums_in_single_precision_are_those_of_the_definition(case, kept):
    (rows, point, direction), (_, _, product, spread) = solved(case)
    n = len(rows.codes)
    count = {"none": 0, "some": 8 * (n // 16), "all": n}[kept]
    # The memory behind the packed rows must not be read, nor written.
    memory = np.full((count + 8, rows.n_classes), 0x7FC0, np.uint16)
    packed = memory[:count]
    ours = covariance(rows, point, dtype=np.float32, packed=packed)
    assert np.abs(ours - spread).max() < 20 * SINGLE * np.abs(spread).max()
    assert (memory[count:] == 0x7FC0).all()
    ours = curvature_product(rows, point, direction, dtype=np.float32, packed=packed)
    # Packed probabilities have eight binary digits.
    bound = 50 * SINGLE if kept == "none" else 2.0**-7
    assert np.abs(ours - product).max() < bound * np.abs(product).max()
    assert np.array_equal(ours, curvature_product(rows, point, direction, dtype=np.float32, packed=packed))


def test_packed_probabilities_are_distributions_of_8_significant_bits():
    rows, point, _ = problem(n=400, K=37, size=1.0)
    packed = np.empty((400, 37), np.uint16)
    covariance(rows, point, dtype=np.float32, packed=packed)
    z = rows.X @ point[:, :-1].T + point[:, -1]
    probs = np.exp(z - z.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    ours = unpacked(packed).astype(float)
    assert np.abs(ours.sum(axis=1) - 1).max() < 1e-6
    largest = np.arange(400), probs.argmax(axis=1)
    others = np.ones(probs.shape, bool)
    others[largest] = False
    error = np.abs(ours - probs)
    assert (error <= (2.0**-8 + 1e-4) * probs)[others & (probs > 1e-30)].all()
    assert (error[largest] <= 2.0**-8 * (1 - probs[largest]) + 1e-6).all()


def test_equal_largest_probabilities_share_what_is_left():
    rows = LinearRows(np.zeros((1, 1)), np.zeros(1, np.int64), 4)
    point = np.asarray([[0, 1.0], [0, 0.0], [0, 1.0], [0, 0.0]])
    packed = np.empty((1, 4), np.uint16)
    covariance(rows, point, dtype=np.float32, packed=packed)
    a, b, c, d = unpacked(packed)[0]
    assert a == c
    assert b == d
    assert abs(a / b / np.e - 1) < 0.02
    assert abs(a + b + c + d - 1) < 1e-7
    direction = np.asarray([[0, 3.0], [0, 1.0], [0, -2.0], [0, 0.5]])
    ours = curvature_product(rows, point, direction, dtype=np.float32, packed=packed)[:, 1]
    p, v = unpacked(packed)[0].astype(float), direction[:, 1]
    assert np.abs(ours - p * (v - p @ v)).max() < 4 * SINGLE


@pytest.mark.parametrize("is_kept", [False, True])
def test_confident_rows_keep_their_digits(is_kept):
    rows, point, direction = problem(n=90, size=30.0)
    z = rows.X @ point[:, :-1].T + point[:, -1]
    second, first = np.sort(z, axis=1).T[-2:]
    sure = (first > second + 20) & (first < second + 60)
    assert sure.sum() > 11
    rows = LinearRows(rows.X[sure], z.argmax(axis=1)[sure], 5, rows.weights[sure])
    value, gradient, product, spread = exact(rows, point, direction)
    ours, slopes = value_and_gradient(rows, point)
    assert 0 < value < 1e-8
    # Rounding of a logit of hundreds is a relative error of its exponential.
    assert abs(ours / value - 1) < 1e-12
    for found, truth in [
        (slopes, gradient),
        (curvature_product(rows, point, direction), product),
        (covariance(rows, point), spread),
    ]:
        assert np.abs(found - truth).max() < 1e-11 * np.abs(truth).max()
    packed = np.empty((len(rows.codes) if is_kept else 0, 5), np.uint16)
    found = covariance(rows, point, dtype=np.float32, packed=packed)
    assert np.abs(found - spread).max() < 1e-3 * np.abs(spread).max()
    found = curvature_product(rows, point, direction, dtype=np.float32, packed=packed)
    assert np.abs(found - product).max() < 1e-2 * np.abs(product).max()


def test_chunks_add_up_and_threads_change_no_bit(monkeypatch):
    rows, point, direction = problem(n=5000, p=7, K=10)
    results = {}
    for chunk in (1024, 400):
        monkeypatch.setattr(fused, "_CHUNK", chunk)
        for threads in (1, 2, 5):
            monkeypatch.setattr(fused.RowsKernel, "threads", lambda *_, threads=threads: threads)
            packed = np.empty((800, 10), np.uint16)
            results[chunk, threads] = np.concatenate(
                [
                    np.ravel(value_and_gradient(rows, point)[0]),
                    np.ravel(value_and_gradient(rows, point)[1]),
                    np.ravel(covariance(rows, point, dtype=np.float32, packed=packed)),
                    np.ravel(curvature_product(rows, point, direction, dtype=np.float32, packed=packed)),
                ]
            )
    for chunk in (1024, 400):
        assert np.array_equal(results[chunk, 1], results[chunk, 2])
        assert np.array_equal(results[chunk, 1], results[chunk, 5])
    assert np.allclose(results[1024, 1], results[400, 1], rtol=1e-4, atol=1e-3)
    assert not np.array_equal(results[1024, 1], results[400, 1])


def test_no_rows_and_infinite_losses_are_summed_as_documented():
    empty = LinearRows(np.empty((0, 3)), np.empty(0, np.int64), 3)
    value, gradient = value_and_gradient(empty, np.ones((3, 4)))
    assert value == 0
    assert not gradient.any()
    assert not curvature_product(empty, np.ones((3, 4)), np.ones((3, 4))).any()
    assert not covariance(empty, np.ones((3, 4))).any()
    huge = LinearRows(np.asarray([[1e308], [0.1]]), np.asarray([0, 0]), 3, np.asarray([0.0, 1.0]))
    value, _ = value_and_gradient(huge, np.asarray([[0.0, 0.0], [10.0, 0.0], [-10.0, 0.0]]))
    assert abs(value - np.log(1 + np.e + 1 / np.e)) < 1e-15


@pytest.mark.parametrize(
    ("X", "readable"),
    [
        (np.zeros((4, 3)), True),
        (np.zeros((4, 3), np.float32, order="F"), True),
        (np.zeros((9, 6))[1:5, 2:5], True),
        (np.zeros((9, 6))[:, ::2], False),
        (np.zeros((4, 3))[::-1], False),
        (np.zeros((4, 3), np.int64), False),
        (np.broadcast_to(np.zeros(3), (4, 3)), False),
    ],
    ids=["rows", "columns", "a part", "every second column", "reversed", "integers", "one row repeated"],
)
def test_contiguous_rows_or_columns_are_readable(X, readable):
    assert is_readable(X) is readable
    rows = LinearRows(X, np.zeros(len(X), np.int64), 3)
    if readable:
        assert np.isclose(value_and_gradient(rows, np.zeros((3, X.shape[1] + 1)))[0], len(X) * np.log(3))
    else:
        with pytest.raises(DomainError, match="contiguous rows or columns"):
            value_and_gradient(rows, np.zeros((3, X.shape[1] + 1)))


def test_arrays_that_the_kernel_cannot_read_are_refused():
    rows, point, direction = problem()
    for changed, error, argument in [
        ({"codes": rows.codes[:-1]}, ShapeError, "codes"),
        ({"codes": rows.codes.astype(np.int32)}, DTypeError, "codes"),
        ({"weights": rows.weights[:-1]}, ShapeError, "weights"),
        ({"centre": point[0]}, ShapeError, "centre"),
        ({"centre": np.zeros(11), "factors": np.ones(3)}, ShapeError, "factors"),
    ]:
        with pytest.raises(error) as caught:
            value_and_gradient(dataclasses.replace(rows, **changed), point)
        assert caught.value.argument == argument
    with pytest.raises(ShapeError, match="`point` must have shape"):
        value_and_gradient(rows, point[:-1])
    with pytest.raises(ShapeError, match="`direction` must have shape"):
        curvature_product(rows, point, direction[:, :-1])
    with pytest.raises(DTypeError, match="`dtype` must be float64 or float32"):
        curvature_product(rows, point, direction, dtype=np.float16)
    for packed, dtype, match in [
        (np.empty((8, 5), np.uint16), np.float64, "in float32"),
        (np.empty((9, 5), np.uint16), np.float32, "a multiple of 8 rows"),
        (np.empty((8, 4), np.uint16), np.float32, "`packed` must have shape"),
        (np.empty((29, 5), np.uint16), np.float32, "`packed` must have shape"),
        (np.empty((8, 5), np.int16), np.float32, "`packed` must be uint16"),
    ]:
        with pytest.raises((DomainError, ShapeError, DTypeError), match=match):
            covariance(rows, point, dtype=dtype, packed=packed)


@pytest.mark.parametrize("kept", [0, 45])
def test_tiles_without_weight_are_not_read(kept):
    rows, point, direction = problem(n=45)
    weights = rows.weights.copy()
    weights[8:24] = weights[40:] = 0
    X = rows.X.copy()
    X[8:24] = X[40:] = np.nan
    counts = weights > 0
    part = LinearRows(rows.X[counts], rows.codes[counts], 5, weights[counts])
    whole = LinearRows(X, rows.codes, 5, weights)
    packed = np.zeros((kept, 5), np.uint16)
    for of_rows in (
        lambda each: value_and_gradient(each, point)[0],
        lambda each: value_and_gradient(each, point)[1],
        lambda each: covariance(each, point),
        lambda each: curvature_product(each, point, direction),
    ):
        assert np.allclose(of_rows(whole), of_rows(part), rtol=1e-12)
    single = covariance(whole, point, dtype=np.float32, packed=packed)
    assert np.allclose(single, covariance(part, point), rtol=1e-4)
    product = curvature_product(whole, point, direction, dtype=np.float32, packed=packed)
    truth = curvature_product(part, point, direction)
    assert np.abs(product - truth).max() < 2.0**-7 * np.abs(truth).max()
    assert not unpacked(packed)[8:24].any()
