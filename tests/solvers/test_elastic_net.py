import math

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize
from sklearn.datasets import make_classification

from xent.solvers.elastic_net import ElasticNet, elastic_net_gap
from xent.solvers.linear_rows import LinearRows
from xent.solvers.newton_products import newton_products
from xent.solvers.proximal_newton import proximal_newton
from xent.solvers.quadratic_model import QuadraticModel

CASES = {
    "two classes": {"K": 2},
    "three classes": {"K": 3},
    "offsets": {"K": 3, "offsets": True},
    "offsets, two classes": {"K": 2, "offsets": True},
    "sparse": {"K": 3, "form": sparse.csr_array},
    "sparse by column": {"K": 2, "form": sparse.csc_array},
    "single precision": {"K": 2, "form": lambda X: X.astype(np.float32)},
    "integers": {"K": 3, "form": lambda X: np.asfortranarray(np.rint(X).astype(np.int8))},
    "without intercept": {"K": 3, "fit_intercept": False},
}


def rows_of(K, *, n=150, p=6, form=np.asarray, offsets=False, fit_intercept=True, seed=0):
    rng = np.random.default_rng(seed)
    X = np.rint(4 * rng.normal(size=(n, p)) @ np.diag([1, 2, 1, 1, 0.5, 1])) / 2 + [0, 1, 0, 0, 0, 2]
    codes = (X @ rng.normal(size=(p, K)) / 4 + rng.gumbel(size=(n, K))).argmax(axis=1)
    assert len(np.unique(codes)) == K
    M = 1 if K == 2 else K
    return LinearRows(
        form(X),
        codes,
        K,
        weights=rng.uniform(0.5, 2, size=n),
        offsets=rng.normal(size=(M, n)) if offsets else None,
        fit_intercept=fit_intercept,
    )


def objective(rows, penalty, point):
    return rows.loss(point) + penalty.value(point[:, :-1])


def minimum_by_splitting(rows, penalty):
    """Least value by another method: weights as differences of numbers >= 0 make the penalty smooth."""
    M, P = rows.shape
    size = M * (P - 1)

    def point_of(flat):
        weights = (flat[:size] - flat[size : 2 * size]).reshape(M, P - 1)
        return np.column_stack([weights, flat[2 * size :] * rows.fit_intercept])

    def fun(flat):
        point = point_of(flat)
        gradient = rows.state(point).gradient
        smooth = (gradient[:, :-1] + penalty.squared * point[:, :-1]).ravel()
        value = rows.loss(point) + penalty.squared / 2 * (point[:, :-1] ** 2).sum()
        slopes = np.concatenate([smooth + penalty.absolute, -smooth + penalty.absolute, gradient[:, -1]])
        return value + penalty.absolute * flat[: 2 * size].sum(), slopes

    bounds = [(0, None)] * (2 * size) + [(None, None)] * M
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 20_000, "maxfun": 100_000}
    return minimize(
        fun, np.zeros(2 * size + M), jac=True, bounds=bounds, method="L-BFGS-B", options=options
    ).fun


@pytest.mark.half_second
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "ratio", [pytest.param(0.0, marks=pytest.mark.slow), 0.4, pytest.param(1.0, marks=pytest.mark.slow)]
)
def test_the_minimum_is_that_of_another_method_and_certified(case, ratio):
    rows = rows_of(**CASES[case])
    penalty = ElasticNet(0.05 * ratio, 0.05 * (1 - ratio))
    found = proximal_newton(rows, penalty, np.zeros(rows.shape), tol=1e-10, max_iter=50)
    assert found.converged
    assert found.iterations[-1].gap <= 1e-10
    least = minimum_by_splitting(rows, penalty)
    assert objective(rows, penalty, found.point) == pytest.approx(least, rel=1e-8)
    if ratio == 1:
        assert (found.point[:, :-1] == 0).any()


@pytest.mark.parametrize("case", ["two classes", "three classes", "offsets", "without intercept"])
@pytest.mark.parametrize("ratio", [0.0, 0.4, 1.0])
def test_the_gap_is_never_less_than_what_remains_and_closes(case, ratio):
    rows = rows_of(**CASES[case])
    penalty = ElasticNet(0.03 * ratio, 0.03 * (1 - ratio))
    best = proximal_newton(rows, penalty, np.zeros(rows.shape), tol=1e-13, max_iter=100).point
    least = objective(rows, penalty, best)
    gaps = []
    for scale in (1.0, 0.1, 1e-2, 1e-3):
        move = scale * np.random.default_rng(1).normal(size=best.shape)
        if not rows.fit_intercept:
            move[:, -1] = 0
        point = best + move
        gaps.append(elastic_net_gap(rows, penalty, point, rows.state(point)))
        assert gaps[-1] >= objective(rows, penalty, point) - least - 1e-13
    assert gaps[-1] < 0.05


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("ratio", [0.4, 1.0])
def test_the_gap_is_the_objective_less_its_dual(K, ratio):
    rows = rows_of(K)
    penalty = ElasticNet(0.05 * ratio, 0.05 * (1 - ratio))
    point = proximal_newton(rows, penalty, np.zeros(rows.shape), tol=1e-4, max_iter=50).point
    point = point + 0.01 * np.random.default_rng(2).normal(size=rows.shape)
    weights, y = rows.weights[:, None], np.eye(K)[rows.codes]
    logits = rows.logits(point).T
    if K == 2:
        logits = np.column_stack([np.zeros(len(y)), logits])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # The shift of the intercepts that balances the distributions.
    covariance = np.diag((weights * p).sum(axis=0)) - (weights * p).T @ p
    shift = -np.linalg.pinv(covariance) @ (weights * (p - y)).sum(axis=0)
    q = p * (1 + shift - (p @ shift)[:, None])
    assert np.abs((weights * (p - y)).sum(axis=0)).max() > 1e-3
    assert np.abs((weights * (q - y)).sum(axis=0)).max() < 1e-12
    v = np.abs((weights * (q - y)).T @ rows.X)
    if K == 2:
        v = v[1:]
    conjugate = 0.0
    if ratio == 1:
        share = penalty.absolute / v.max()
        assert share < 1
        q = share * q + (1 - share) * y
    else:
        conjugate = (np.maximum(v - penalty.absolute, 0) ** 2).sum() / (2 * penalty.squared)
    entropy = -(weights * q * np.log(q)).sum()
    expected = objective(rows, penalty, point) - (entropy - conjugate)
    assert expected < 0.1
    assert elastic_net_gap(rows, penalty, point, rows.state(point)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_derivatives_are_those_of_the_loss(case):
    rows = rows_of(**CASES[case])
    point = 0.2 * np.random.default_rng(3).normal(size=rows.shape)
    if not rows.fit_intercept:
        point[:, -1] = 0
    state = rows.state(point)
    free = slice(None) if rows.fit_intercept else slice(-1)

    def differences(function, step=1e-5):
        found = []
        for place in np.ndindex(*point[:, free].shape):
            move = np.zeros_like(point)
            move[place] = step
            found.append(
                (np.asarray(function(point + move)) - np.asarray(function(point - move))) / (2 * step)
            )
        return np.asarray(found)

    assert state.gradient[:, free].ravel() == pytest.approx(differences(rows.loss), rel=1e-6, abs=1e-9)
    hessian = differences(lambda at: rows.state(at).gradient[:, free].ravel())
    q = rows.shape[1]
    curvature = rows.curvature(state, np.arange(q - 1))[:, free, :, free]
    assert curvature.reshape(hessian.shape) == pytest.approx(hessian, rel=1e-5, abs=1e-8)
    diagonal = rows.curvature_diagonal(state)[:, free].ravel()
    assert diagonal == pytest.approx(hessian.diagonal(), rel=1e-5, abs=1e-8)
    direction = np.random.default_rng(4).normal(size=point.shape)
    direction[:, -1] *= rows.fit_intercept
    product = rows.curvature_product(state, direction)[:, free].ravel()
    assert product == pytest.approx(hessian @ direction[:, free].ravel(), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("case", ["two classes", "offsets", "sparse", "without intercept"])
def test_products_with_the_hessian_end_where_the_matrix_does(case):
    rows = rows_of(**CASES[case])
    penalty = ElasticNet(0.0, 0.02)
    by_matrix = proximal_newton(rows, penalty, np.zeros(rows.shape), tol=1e-12, max_iter=50)
    by_products = newton_products(rows, penalty, np.zeros(rows.shape), tol=1e-12, max_iter=50)
    assert by_products.converged
    weights = by_matrix.point[:, :-1]
    assert np.abs(by_products.point[:, :-1] - weights).max() < 1e-5 * np.abs(weights).max()


def test_dependent_columns_and_a_weak_penalty_still_end_certified():
    X, codes = make_classification(n_samples=100, n_informative=3, random_state=0)
    assert np.linalg.matrix_rank(X) < X.shape[1]
    rows = LinearRows(X, codes, 2)
    found = proximal_newton(rows, ElasticNet(1e-6, 0.0), np.zeros(rows.shape), tol=1e-6, max_iter=20)
    assert found.converged


def test_the_model_of_doubled_columns_has_one_minimum():
    X = np.random.default_rng(0).normal(size=(50, 3))
    rows = LinearRows(np.hstack([X, X]), np.arange(50) % 2, 2)
    model = QuadraticModel(rows, ElasticNet(1e-6, 0.0), rows.state(np.zeros(rows.shape)), np.arange(6))
    curvatures = np.linalg.eigvalsh(model.H)
    assert curvatures[0] > 1e-8 * curvatures[-1]


def test_a_strong_penalty_leaves_no_weight_and_the_class_frequencies():
    rows = rows_of(3)
    found = proximal_newton(rows, ElasticNet(10.0, 0.0), np.zeros(rows.shape), tol=1e-12, max_iter=20)
    assert not found.point[:, :-1].any()
    mass = np.bincount(rows.codes, weights=rows.weights)
    logs = np.log(mass) - np.log(mass).mean()
    assert found.point[:, -1] - found.point[:, -1].mean() == pytest.approx(logs, rel=1e-4)


def test_steps_that_run_out_are_told():
    rows = rows_of(3)
    for solver in (proximal_newton, newton_products):
        found = solver(rows, ElasticNet(0.0, 1e-4), np.zeros(rows.shape), tol=1e-12, max_iter=1)
        assert not found.converged
        assert found.reason == "the limit of 1 steps was reached"
        assert math.isfinite(found.iterations[-1].gap)
