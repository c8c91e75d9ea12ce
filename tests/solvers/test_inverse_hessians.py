import numpy as np
import pytest
from tests.solvers.problems import problem, random_point

from xent.solvers import kronecker
from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.kronecker import KroneckerInverse
from xent.solvers.penalised_sums import null_point


def test_the_cholesky_factor_solves_badly_scaled_systems():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(40, 6))
    scales = np.asarray([1e-9, 1.0, 1e9, 1e4, 1e-5, 3.0])
    matrix = (A.T @ A) * scales * scales[:, None]
    truth = rng.normal(size=6) / scales
    solved = CholeskyFactor(matrix).solve(matrix @ truth)
    assert np.abs(solved / truth - 1).max() < 1e-10


def test_the_cholesky_factor_mends_a_matrix_that_rounding_left_indefinite():
    v = np.asarray([[1.0, 1.0], [1.0, 1.0 - 1e-16]])
    solved = CholeskyFactor(v - np.diag([0, 1e-12])).solve(np.asarray([1.0, 2.0]))
    assert np.isfinite(solved).all()
    assert solved @ np.asarray([1.0, 2.0]) > 0


@pytest.mark.parametrize("K", [2, 4])
def test_the_kronecker_inverse_is_exact_at_the_null_point(K, make):
    objective = problem(K=K, weighted=True, C=0.3, make=make)
    gradient = random_point(objective)
    if K > 2:
        gradient -= gradient.mean(axis=0)
    H = objective.hessian(null_point(objective))
    exact = np.linalg.solve(H, gradient.ravel()).reshape(gradient.shape)
    close = KroneckerInverse(objective).solve(gradient)
    # Only that it penalises the intercepts too keeps it from being the inverse.
    free = objective.penalised(1e9)
    H = free.hessian(null_point(free))
    exact_free = np.linalg.solve(H, gradient.ravel()).reshape(gradient.shape)
    close_free = KroneckerInverse(free).solve(gradient)
    if K > 2:
        # Along a shift of all classes alike there is only the penalty, so rounding is free there.
        exact_free -= exact_free.mean(axis=0)
        close_free -= close_free.mean(axis=0)
    assert np.abs(close_free - exact_free).max() < 1e-5 * np.abs(exact_free).max()
    assert np.abs(close - exact).max() < 0.05 * np.abs(exact).max()


def test_many_features_are_scaled_one_by_one(monkeypatch, make):
    monkeypatch.setattr(kronecker, "MOST_FEATURES", 2)
    objective = problem(K=3, make=make)
    gradient = random_point(objective)
    solved = KroneckerInverse(objective).solve(gradient)
    assert np.vdot(solved, gradient) > 0
    assert solved.shape == gradient.shape


@pytest.mark.parametrize("K", [2, 4])
def test_without_a_penalty_the_kronecker_inverse_is_the_pseudo_inverse(K):
    objective = problem(K=K, weighted=True, C=np.inf)
    assert objective.decay == 0
    gradient = random_point(objective)
    H = objective.hessian(null_point(objective))
    if K > 2:
        gradient -= gradient.mean(axis=0)
        # Without the gauge, so that a shift of all classes alike has no curvature.
        last = np.arange(objective.shape[1] - 1, gradient.size, objective.shape[1])
        H[np.ix_(last, last)] -= 1 / K
    exact = (np.linalg.pinv(H, rcond=1e-12) @ gradient.ravel()).reshape(gradient.shape)
    solved = KroneckerInverse(objective).solve(gradient)
    assert np.abs(solved - exact).max() < 1e-10 * np.abs(exact).max()


def test_without_a_penalty_a_gradient_common_to_all_classes_moves_nothing():
    objective = problem(K=4, C=np.inf)
    common = np.tile(random_point(objective)[0], (4, 1))
    assert np.abs(common).min() > 1e-2
    assert np.abs(KroneckerInverse(objective).solve(common)).max() < 1e-12
