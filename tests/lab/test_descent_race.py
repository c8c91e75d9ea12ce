import itertools

import numpy as np
import pytest
from tests.solvers.problems import problem

from xent.lab.descent_race import race
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.penalised_sums import null_point


@pytest.fixture(scope="module", params=[2, 4], ids=["two classes", "four classes"])
def fitted(request):
    objective = problem(n=400, K=request.param, C=100.0)
    return objective, minimise(objective).point


@pytest.mark.parametrize("start", ["zero", "wrong"])
def test_both_runs_begin_at_the_same_point(fitted, start):
    objective, point = fitted
    run = race(objective.X, objective.codes, point, start)
    assert run.cross_entropy.cross_entropy[0] == run.squared_error.cross_entropy[0]
    assert run.cross_entropy.error[0] == run.squared_error.error[0]
    assert run.cross_entropy.steps == run.squared_error.steps
    assert run.cross_entropy.steps[0] == 0
    assert run.cross_entropy.steps[-1] == 200
    if start == "zero":
        assert run.cross_entropy.cross_entropy[0] == pytest.approx(np.log(objective.n_classes), rel=1e-14)


def test_cross_entropy_falls_at_every_recorded_step(fitted):
    objective, point = fitted
    losses = race(objective.X, objective.codes, point, "wrong").cross_entropy.cross_entropy
    assert all(b < a for a, b in itertools.pairwise(losses))


def test_where_the_model_is_sure_and_wrong_squared_error_hardly_moves(fitted):
    objective, point = fitted
    run = race(objective.X, objective.codes, 20 * point, "wrong")
    assert run.squared_error.gradient_norm[0] < 0.3 * run.cross_entropy.gradient_norm[0]
    assert run.squared_error.cross_entropy[-1] > 1.5 * run.cross_entropy.cross_entropy[-1]


def test_the_first_step_is_that_of_the_definition(fitted):
    """One step from zero weights by hand: p is 1/K, so both gradients are known in closed form."""
    objective, point = fitted
    X, codes, K = objective.X, objective.codes, objective.n_classes
    run = race(X, codes, point, "zero")
    ones = np.column_stack([X, np.ones(len(X))])
    hot = np.eye(K)[codes]
    slopes = 1 / K - hot
    squared = slopes / K if K > 2 else slopes / 2
    if K == 2:
        slopes, squared = slopes[:, 1:], squared[:, 1:]
    assert run.cross_entropy.gradient_norm[0] == pytest.approx(
        np.linalg.norm(slopes.T @ ones / len(X)), rel=1e-12
    )
    assert run.squared_error.gradient_norm[0] == pytest.approx(
        np.linalg.norm(squared.T @ ones / len(X)), rel=1e-12
    )


def test_many_rows_are_raced_on_five_hundred():
    objective = problem(n=3000, K=2)
    assert race(objective.X, objective.codes, null_point(objective), "zero").rows == 500


def test_thousands_of_features_need_no_eigenvalues_of_a_matrix_of_that_size(monkeypatch):
    sizes, eigvalsh = [], np.linalg.eigvalsh

    def counted(matrix):
        sizes.append(len(matrix))
        return eigvalsh(matrix)

    monkeypatch.setattr(np.linalg, "eigvalsh", counted)
    X = np.random.default_rng(0).normal(size=(30, 200)) + 1
    run = race(X, np.arange(30) % 2, np.zeros((1, 201)), "zero")
    assert sizes == [30]
    ones = np.column_stack([X, np.ones(30)])
    assert run.step_length == pytest.approx(4 / eigvalsh(ones.T @ ones / 30)[-1], rel=1e-12)


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("start", ["zero", "wrong"])
def test_descent_with_more_features_than_rows_is_that_of_the_definition(K, start):
    rng = np.random.default_rng(4)
    X, codes = rng.normal(size=(20, 50)) + 0.5, np.arange(20) % K
    fitted = rng.normal(size=(1 if K == 2 else K, 51))
    run = race(X, codes, fitted, start)
    point = np.zeros_like(fitted)
    if start == "wrong":
        point = -fitted if K == 2 else np.roll(fitted, 1, axis=0)
    ones = np.column_stack([X, np.ones(20)])
    norms = {}
    for step in range(201):
        logits = ones @ point.T
        if K == 2:
            slopes = 1 / (1 + np.exp(-logits)) - codes[:, None]
        else:
            weights = np.exp(logits - logits.max(axis=1, keepdims=True))
            slopes = weights / weights.sum(axis=1, keepdims=True) - np.eye(K)[codes]
        gradient = slopes.T @ ones / 20
        norms[step] = np.linalg.norm(gradient)
        point = point - run.step_length * gradient
    curve = run.cross_entropy
    np.testing.assert_allclose(curve.gradient_norm, [norms[step] for step in curve.steps], rtol=1e-9)
