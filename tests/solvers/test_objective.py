import math

import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.optimize import minimize
from scipy.special import entr, softmax
from tests.solvers.problems import problem, random_point

from xent.solvers import objective as objective_module
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective import Objective
from xent.solvers.optimality_gap import optimality_gap

KINDS = {
    "two classes": {"K": 2},
    "three classes": {"K": 3},
    "weighted": {"K": 3, "weighted": True},
    "weighted, two classes": {"K": 2, "weighted": True},
    "without intercept": {"K": 3, "fit_intercept": False},
    "more rows than a block": {"K": 3, "n": 40_000},
}


@pytest.fixture(params=KINDS, ids=str)
def objective(request):
    return problem(**KINDS[request.param])


def definition(objective, point, digits=50):
    """The objective as it is defined, in many digits."""
    with mp.workdps(digits):
        total = mpf(0)
        weight = mpf(0)
        for x, y, a in zip(
            objective.X.tolist(), objective.codes.tolist(), objective.weights.tolist(), strict=True
        ):
            z = [mp.fdot(row[:-1], x) + row[-1] for row in point.tolist()]
            z = [mpf(0), *z] if objective.n_classes == 2 else z
            total += mpf(a) * (mp.log(mp.fsum(mp.exp(t) for t in z)) - z[y])
            weight += mpf(a)
        squares = mp.fsum(mpf(w) ** 2 for row in point.tolist() for w in row[:-1])
        return total / weight + mpf(objective.decay) / 2 * squares


@pytest.mark.parametrize("K", [2, 4])
def test_the_value_is_that_of_the_definition(K):
    objective = problem(n=80, K=K, weighted=True)
    point = random_point(objective)
    truth = definition(objective, point)
    assert definition(objective, point, digits=100) == pytest.approx(truth, rel=1e-45)
    assert abs(objective.evaluate(point).objective / float(truth) - 1) < 1e-14


def test_the_gradient_is_the_central_difference(objective):
    point = random_point(objective)
    gradient = objective.evaluate(point).gradient
    rng = np.random.default_rng(2)
    for _ in range(5):
        way = rng.normal(size=point.shape)
        if not objective.fit_intercept:
            way[:, -1] = 0
        h = 1e-5
        ahead = objective.evaluate(point + h * way).objective
        behind = objective.evaluate(point - h * way).objective
        slope = float(np.vdot(gradient, way))
        assert abs((ahead - behind) / (2 * h) - slope) < 1e-7 * max(1, abs(slope))


def test_the_hessian_is_the_difference_of_gradients(objective):
    point = random_point(objective)
    H = objective.hessian(point)
    assert np.abs(H - H.T).max() < 1e-14 * np.abs(H).max()
    rng = np.random.default_rng(3)
    way = rng.normal(size=point.shape)
    # The gauge term answers to a common shift of all intercepts, to which the objective is blind.
    way[:, -1] -= way[:, -1].mean() if len(way) > 1 else 0
    if not objective.fit_intercept:
        way[:, -1] = 0
    h = 1e-6
    ahead = objective.evaluate(point + h * way).gradient
    behind = objective.evaluate(point - h * way).gradient
    product = (H @ way.ravel()).reshape(way.shape)
    assert np.abs((ahead - behind) / (2 * h) - product).max() < 1e-7 * np.abs(product).max()


def test_gradients_of_intercepts_sum_to_zero():
    objective = problem(K=4, weighted=True)
    gradient = objective.evaluate(random_point(objective)).gradient
    assert abs(gradient[:, -1].sum()) < 1e-15


def test_two_classes_are_softmax_with_one_logit_fixed():
    binary = problem(K=2, weighted=True)
    point = random_point(binary)
    softmax = Objective(binary.X, binary.codes, 3, weights=binary.weights, decay=binary.decay)
    # A third class that cannot happen, and the first as the reference.
    both = np.vstack([np.zeros_like(point), point, np.zeros_like(point)])
    both[2, -1] = -800
    assert softmax.evaluate(both).loss == pytest.approx(binary.evaluate(point).loss, rel=1e-14)


def test_a_weight_counts_like_a_repeated_row():
    once = problem(K=3, n=60)
    times = np.random.default_rng(4).integers(0, 4, size=60)
    weighted = Objective(once.X, once.codes, 3, weights=times.astype(float)).penalised(2.0)
    rows = np.repeat(np.arange(60), times)
    repeated = Objective(once.X[rows], once.codes[rows], 3).penalised(2.0)
    point = random_point(once)
    assert weighted.evaluate(point).objective == pytest.approx(repeated.evaluate(point).objective, rel=1e-13)
    assert np.allclose(
        weighted.evaluate(point).gradient, repeated.evaluate(point).gradient, rtol=1e-11, atol=1e-15
    )
    assert np.allclose(weighted.hessian(point), repeated.hessian(point), rtol=1e-11, atol=1e-15)


def least(objective):
    """The minimum, by another library's solver."""
    shape = objective.shape

    def fun(flat):
        at = objective.evaluate(flat.reshape(shape))
        return at.objective, at.gradient.ravel()

    return minimize(fun, objective.null_point().ravel(), jac=True, method="BFGS", options={"gtol": 1e-9}).fun


@pytest.mark.parametrize("kind", [k for k in KINDS if "block" not in k])
@pytest.mark.parametrize("C", [0.01, 1.0, 1e4])
def test_the_gap_is_never_less_than_what_remains(kind, C):
    objective = problem(**KINDS[kind]).penalised(C)
    minimum = least(objective)
    finite = 0
    for scale in (0, 1e-6, 1e-3, 0.1, 1):
        point = objective.null_point() + random_point(objective, scale=scale)
        evaluation = objective.evaluate(point)
        gap = optimality_gap(objective, point, evaluation)
        assert gap >= evaluation.objective - minimum - 1e-15
        finite += math.isfinite(gap)
    assert finite >= 3


@pytest.mark.parametrize("K", [2, 3])
def test_the_gap_closes_at_the_minimum_in_proportion_to_what_remains(K):
    objective = problem(K=K, C=1.0)
    result = minimize(
        lambda flat: objective.evaluate(flat.reshape(objective.shape)).objective,
        objective.null_point().ravel(),
        jac=lambda flat: objective.evaluate(flat.reshape(objective.shape)).gradient.ravel(),
        method="BFGS",
        options={"gtol": 1e-12},
    )
    best = result.x.reshape(objective.shape)
    ratios = []
    for scale in (1e-2, 1e-3):
        point = best + random_point(objective, scale=scale)
        evaluation = objective.evaluate(point)
        ratios.append(optimality_gap(objective, point, evaluation) / (evaluation.objective - result.fun))
    assert all(1 <= ratio < 1e5 for ratio in ratios)
    assert abs(ratios[0] / ratios[1] - 1) < 0.2


@pytest.mark.parametrize("kind", ["two classes", "weighted", "weighted, two classes", "without intercept"])
def test_the_gap_is_the_objective_less_its_dual(kind):
    """Against the definition: the dual at distributions that are made here, by other means."""
    objective = problem(**KINDS[kind])
    solution = minimise(objective, tol=1e-2)
    point = solution.point + random_point(objective, scale=0.02)
    X, K, a = objective.X, objective.n_classes, objective.weights
    z = X @ point[:, :-1].T + point[:, -1]
    p = softmax(np.column_stack([np.zeros(len(z)), z]) if K == 2 else z, axis=1)
    hot = np.eye(K)[objective.codes]
    q = p
    if objective.fit_intercept:
        covariance = np.diag(a @ p) - (p * a[:, None]).T @ p
        shift = np.linalg.lstsq(covariance, a @ (hot - p), rcond=1e-12)[0]
        q = p * (1 + shift - (p @ shift)[:, None])
        assert np.abs(a @ (q - hot)).max() < 1e-15
        assert q.min() > 0
        assert np.abs(q - p).max() > 1e-4
    slope = (a[:, None] * (q - hot)).T @ X
    slope = slope[1:] if K == 2 else slope
    dual = a @ entr(q).sum(axis=1) - (slope**2).sum() / (2 * objective.decay)
    evaluation = objective.evaluate(point)
    gap = optimality_gap(objective, point, evaluation)
    assert gap == pytest.approx(evaluation.objective - dual, rel=1e-9)
    assert gap > 1e-5


def test_blocks_and_groups_of_rows_add_up_to_the_whole(monkeypatch):
    objective = problem(n=20_000, K=3, weighted=True)
    point = random_point(objective)
    whole = objective.evaluate(point)
    monkeypatch.setattr(objective_module, "_BLOCK", 8 * 300)
    parts = objective.evaluate(point)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-13)
    assert np.allclose(parts.gradient, whole.gradient, rtol=1e-11, atol=1e-15)
    assert np.allclose(parts.covariance, whole.covariance, rtol=1e-12)


def test_without_a_penalty_only_the_objective_itself_is_certified():
    objective = problem()
    objective.decay = 0.0
    point = objective.null_point()
    evaluation = objective.evaluate(point)
    assert optimality_gap(objective, point, evaluation) == evaluation.objective


def test_the_null_point_predicts_the_classes_frequencies():
    for K in (2, 5):
        objective = problem(K=K, weighted=True)
        gradient = objective.evaluate(objective.null_point()).gradient
        assert np.abs(gradient[:, -1]).max() < 1e-15


def test_moments_are_those_of_the_features_and_one():
    objective = problem(weighted=True)
    ones = np.column_stack([objective.X, np.ones(len(objective.X))])
    moments = (ones * objective.weights[:, None]).T @ ones
    assert np.allclose(objective.moments(), moments, rtol=1e-13)
    assert np.allclose(objective.moments(diagonal=True), moments.diagonal(), rtol=1e-13)


def test_far_from_the_minimum_the_objective_itself_is_the_bound_rather_than_something_wrong():
    objective = problem(K=3, C=1e-6)
    point = objective.null_point()
    point[0, -1] += 8
    evaluation = objective.evaluate(point)
    assert optimality_gap(objective, point, evaluation) == evaluation.objective


def test_no_bound_is_above_the_objective_itself():
    objective = problem(K=3, C=1e-3)
    for seed in range(40):
        point = minimise(objective).point + random_point(objective, scale=0.4, seed=seed)
        evaluation = objective.evaluate(point)
        assert optimality_gap(objective, point, evaluation) <= evaluation.objective
