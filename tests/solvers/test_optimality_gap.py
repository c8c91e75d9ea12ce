import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import entr, softmax
from tests.solvers.problems import KINDS, problem, random_point

from xent.solvers import optimality_gap as module
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.optimality_gap import optimality_gap
from xent.solvers.penalised_sums import null_point


def least(objective):
    """The minimum, by another library's solver."""
    shape = objective.shape

    def fun(flat):
        at = objective.evaluate(flat.reshape(shape))
        return at.objective, at.gradient.ravel()

    return minimize(fun, null_point(objective).ravel(), jac=True, method="BFGS", options={"gtol": 1e-9}).fun


@pytest.mark.parametrize("kind", [k for k in KINDS if "block" not in k])
@pytest.mark.parametrize("C", [0.01, 1.0, 1e4])
def test_the_gap_is_never_less_than_what_remains(kind, C, make):
    objective = problem(make=make, **KINDS[kind]).penalised(C)
    minimum = least(objective)
    finite = 0
    for scale in (0, 1e-6, 1e-3, 0.1, 1):
        point = null_point(objective) + random_point(objective, scale=scale)
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
        null_point(objective).ravel(),
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
def test_the_gap_is_the_objective_less_its_dual(kind, make):
    """Against the definition: the dual at distributions that are made here, by other means."""
    objective, rows = problem(make=make, **KINDS[kind]), problem(**KINDS[kind])
    solution = minimise(objective, tol=1e-2)
    point = solution.point + random_point(objective, scale=0.02)
    X, K, a = rows.X, objective.n_classes, objective.weights
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


@pytest.mark.parametrize("K", [2, 3])
def test_a_small_shift_is_bounded_without_probabilities(monkeypatch, K):
    """Against the exact divergence: a thousandth above it at most, where the intercepts alone are off."""
    objective = problem(K=K, C=1e-3, weighted=True)
    point = minimise(objective, tol=1e-13).point
    point[:, -1] += np.linspace(1e-4, 4e-4, len(point))
    evaluation = objective.evaluate(point)
    monkeypatch.setattr(ObjectiveInMemory, "tilt", None)
    bound = optimality_gap(objective, point, evaluation)
    monkeypatch.undo()
    monkeypatch.setattr(module, "_SMALL_SHIFT", 0.0)
    exact = optimality_gap(objective, point, evaluation)
    assert exact > 1e-10
    assert exact <= bound <= 1.001 * exact


def test_without_a_penalty_only_the_objective_itself_is_certified():
    objective = problem()
    objective.decay = 0.0
    point = null_point(objective)
    evaluation = objective.evaluate(point)
    assert optimality_gap(objective, point, evaluation) == evaluation.objective


def test_far_from_the_minimum_the_objective_itself_is_the_bound_rather_than_something_wrong():
    objective = problem(K=3, C=1e-6)
    point = null_point(objective)
    point[0, -1] += 8
    evaluation = objective.evaluate(point)
    assert optimality_gap(objective, point, evaluation) == evaluation.objective


def test_no_bound_is_above_the_objective_itself():
    objective = problem(K=3, C=1e-3)
    for seed in range(40):
        point = minimise(objective).point + random_point(objective, scale=0.4, seed=seed)
        evaluation = objective.evaluate(point)
        assert optimality_gap(objective, point, evaluation) <= evaluation.objective


def test_probability_that_a_class_without_rows_still_has_is_not_neglected():
    rows = problem(K=3)
    codes = np.where(rows.codes == 1, 0, rows.codes)
    objective = ObjectiveInMemory(rows.X, codes, 3).penalised(1.0)
    best = minimise(objective)
    assert best.converged
    for logit in (-2.0, -10.0, -20.0):
        point = best.point.copy()
        point[1, -1] = point[0, -1] + logit
        evaluation = objective.evaluate(point)
        excess = evaluation.objective - best.iterations[-1].objective
        assert excess > 1e-10
        assert optimality_gap(objective, point, evaluation) >= excess
