import numpy as np
import pytest
from tests.solvers.problems import problem

from xent.solvers import descent
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.neighbour import minimise_near
from xent.solvers.optimality_gap import optimality_gap


@pytest.mark.parametrize(("method", "there"), [("newton", "lbfgs"), ("newton-cg", "newton-cg")])
def test_a_neighbour_is_solved_by_the_same_method(method, there):
    whole = problem(n=400, p=6, K=5)
    part = whole.subset(np.arange(300)).penalised(3.0)
    solved = minimise(whole, solver=method)
    found = minimise_near(part, solved.point, solved, tol=1e-10, max_iter=100)
    exact = minimise(part, tol=1e-14)
    assert found.converged
    assert {step.solver for step in found.iterations} == {there}
    assert found.iterations[-1].gap <= 1e-10
    assert found.point == pytest.approx(exact.point, abs=1e-4 * np.abs(exact.point).max())
    assert np.abs(found.point - solved.point).max() > 1e-2


def test_a_limit_of_steps_near_a_solution_is_told():
    whole = problem(n=400, p=6, K=5)
    solved = minimise(whole)
    found = minimise_near(whole.penalised(30.0), solved.point, solved, tol=1e-14, max_iter=1)
    assert not found.converged
    assert "limit of 1 steps" in found.reason


def test_a_factor_of_the_neighbour_saves_most_steps():
    whole = problem(n=400, p=6, K=3)
    solved = minimise(whole, solver="newton")
    near = minimise_near(whole.subset(np.arange(300)), solved.point, solved, tol=1e-8, max_iter=500)
    assert near.iterations[-1].step <= 12


@pytest.mark.parametrize("K", [2, 5])
def test_no_pass_is_spent_on_a_certificate_that_nobody_reads(monkeypatch, K):
    whole = problem(n=400, p=6, K=K)
    solved = minimise(whole)
    part = whole.subset(np.arange(300))
    monkeypatch.setattr(descent, "optimality_gap", None)
    near = minimise_near(part, solved.point, solved, tol=1e-10, max_iter=100)
    monkeypatch.undo()
    assert near.converged
    assert optimality_gap(part, near.point, part.evaluate(near.point)) < 2e-10
