import dataclasses
import itertools

import numpy as np
import pytest
from tests.solvers.problems import problem

from xent.solvers import maximum_likelihood
from xent.solvers.descent import Descent
from xent.solvers.maximum_likelihood import minimise, stratified_sample
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.penalised_sums import null_point


@pytest.mark.parametrize("K", [2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_both_solvers_end_at_the_same_point(make, K, weighted):
    objective = problem(make=make, K=K, weighted=weighted)
    newton = minimise(objective, solver="newton", tol=1e-13)
    lbfgs = minimise(objective, solver="lbfgs", tol=1e-13)
    assert newton.converged
    assert lbfgs.converged
    assert newton.iterations[-1].solver == "newton"
    assert lbfgs.iterations[-1].solver == "lbfgs"
    assert np.abs(newton.point - lbfgs.point).max() < 1e-5 * np.abs(newton.point).max()


def test_many_rows_are_solved_through_a_sample(make, monkeypatch):
    monkeypatch.setattr(maximum_likelihood, "_SAMPLE_AT_LEAST", 1000)
    monkeypatch.setattr(maximum_likelihood, "_SAMPLE_PER_COEFFICIENT", 10)
    objective = problem(make=make, n=30_000, K=3, weighted=True)
    through = minimise(objective, tol=1e-10)
    directly = minimise(objective, tol=1e-10, solver="newton")
    kinds = [iteration.solver for iteration in through.iterations]
    assert set(kinds) == {"newton on a sample", "lbfgs"}
    assert kinds.count("lbfgs") <= 12
    assert through.converged
    assert np.abs(through.point - directly.point).max() < 1e-3 * np.abs(directly.point).max()


def test_a_class_that_a_sample_would_miss_is_in_it(make, monkeypatch):
    monkeypatch.setattr(maximum_likelihood, "_SAMPLE_AT_LEAST", 200)
    monkeypatch.setattr(maximum_likelihood, "_SAMPLE_PER_COEFFICIENT", 1)
    rng = np.random.default_rng(0)
    codes = np.zeros(20_000, dtype=int)
    codes[::2] = 1
    codes[7:10] = 2
    X = rng.normal(size=(20_000, 2)) + codes[:, None]
    objective = make(X, codes, 3).penalised(1.0)
    sample = stratified_sample(objective, 200)
    assert np.bincount(sample.codes).tolist() == [99, 99, 3]
    assert np.allclose(sample.class_mass, objective.class_mass, rtol=1e-12)
    solution = minimise(objective)
    assert solution.converged
    assert solution.iterations[0].solver == "newton on a sample"


def test_separable_classes_have_an_optimum_under_any_penalty(make):
    X = np.asarray([[-2.0], [-1.0], [1.0], [3.0]])
    codes = np.asarray([0, 0, 1, 1])
    before = 0.0
    for C in (1.0, 1e3, 1e6, 1e9):
        solution = minimise(make(X, codes, 2).penalised(C))
        assert solution.converged, solution.reason
        assert solution.point[0, 0] > before
        before = solution.point[0, 0]


@pytest.mark.parametrize(
    ("solver", "scales"), [("newton", [1e-3, 1, 1e3, 1e5]), ("lbfgs", [0.1, 1, 10, 100])]
)
def test_features_of_very_different_scale_do_no_harm(make, solver, scales):
    plain = problem(K=3)
    scaled = make(plain.X * scales, plain.codes, 3)
    # So weak a penalty that the scales hardly matter to the optimum.
    solution = minimise(scaled.penalised(1e9), solver=solver)
    assert solution.converged, solution.reason
    free = minimise(plain.penalised(1e9))
    assert solution.iterations[-1].loss == pytest.approx(free.iterations[-1].loss, rel=1e-4)


def test_the_objective_never_rises_and_every_step_is_told(make):
    told = []
    objective = problem(make=make, K=4)
    solution = minimise(objective, solver="newton", on_iteration=told.append)
    last = solution.iterations[-1]
    for mine, other in zip(told, solution.iterations, strict=True):
        # The last certificate holds for earlier points too, and is better than those made on the way.
        assert mine.gap >= other.gap >= other.objective - last.objective
        assert dataclasses.replace(mine, gap=other.gap) == other
    assert solution.iterations[0].gap == pytest.approx(told[0].objective - last.objective, rel=1e-6)
    assert [i.step for i in told] == list(range(len(told)))
    values = [i.objective for i in told]
    assert all(b <= a * (1 + 1e-14) for a, b in itertools.pairwise(values))


SHAPES = {
    "few rows": ("newton", {"n": 500, "p": 4, "K": 2}),
    "many coefficients": ("newton-cg", {"n": 500, "p": 60, "K": 4}),
    "many coefficients of one logit": ("lbfgs", {"n": 200, "p": 1600, "K": 2}),
    "many coefficients and more rows": (
        "newton on a sample, then lbfgs",
        {"n": 80_000, "p": 50, "K": 3},
    ),
    "correlated": ("newton on a sample, then lbfgs", {"n": 12_000, "p": 6, "K": 2}),
    "many rows of three classes": ("newton on a sample, then lbfgs", {"n": 12_000, "p": 6, "K": 3}),
}


@pytest.mark.half_second
@pytest.mark.parametrize("name", SHAPES)
def test_the_report_names_the_method_its_reason_and_its_work(name):
    solver, shape = SHAPES[name]
    solution = minimise(problem(**shape, C=0.01))
    report = solution.report
    assert solution.converged
    assert report.solver == solver
    assert len(report.reason) > 20
    assert report.passes >= len(solution.iterations)
    assert report.certificates >= 1
    assert (report.products > 0) == (solver == "newton-cg")
    assert set(report.seconds) == {"passes", "certificates", "directions"}
    assert min(report.seconds.values()) > 0
    assert minimise(problem(), solver="newton").report.reason == "it was asked for"


def test_uncorrelated_features_need_no_hessian_even_of_few_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 100))
    codes = (X @ rng.normal(size=100) + 3 * rng.logistic(size=4000) > 0).astype(int)
    assert minimise(ObjectiveInMemory(X, codes, 2).penalised(1.0)).report.solver == "lbfgs"
    # They are still the fewest operations where there are few of them.
    small = ObjectiveInMemory(X[:, :10], codes, 2).penalised(1.0)
    assert minimise(small).report.solver == "newton"


def test_uncorrelated_features_need_no_sample():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 8)) * np.geomspace(1e-3, 1e3, 8) + 5
    truth = rng.normal(size=8) / np.geomspace(1e-3, 1e3, 8)
    codes = (X @ truth + rng.logistic(size=20_000) > 0).astype(int)
    solution = minimise(ObjectiveInMemory(X, codes, 2).penalised(1.0))
    assert solution.converged
    assert "hardly correlated" in solution.report.reason
    assert {i.solver for i in solution.iterations} == {"lbfgs"}
    assert solution.report.passes < 25


def test_a_limit_of_steps_is_told_not_hidden(make):
    solution = minimise(problem(make=make, K=3), solver="lbfgs", max_iter=2)
    assert not solution.converged
    assert solution.reason == "the limit of 2 steps was reached"
    assert solution.iterations[-1].step == 2


def test_a_tolerance_below_rounding_is_told_not_looped_over(make):
    solution = minimise(problem(make=make, K=3), tol=1e-300)
    assert not solution.converged
    assert "rounding" in solution.reason
    assert solution.iterations[-1].gap < 1e-15


def test_whatever_the_listener_raises_ends_the_fit(make):
    def stop(iteration):
        if iteration.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimise(problem(make=make, K=3), on_iteration=stop)


def test_a_step_that_climbs_is_halved(make):
    objective = problem(make=make, K=3)
    descent = Descent()
    descent.begin(objective, null_point(objective), "by hand")
    gradient = descent.evaluation.gradient
    assert descent.step(-1e3 * gradient)
    assert descent.iterations[1].objective < descent.iterations[0].objective
    moved = np.linalg.norm(descent.point - null_point(objective)) / np.linalg.norm(gradient)
    assert np.log2(1e3 / moved) == pytest.approx(round(np.log2(1e3 / moved)), abs=1e-9)
    assert moved < 1e3


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
def test_without_a_penalty_the_minimum_is_reached_though_nothing_certifies_it(make, solver):
    objective = problem(make=make, K=3, C=np.inf)
    assert objective.decay == 0
    solution = minimise(objective, solver=solver, max_iter=200)
    assert not solution.converged
    assert solution.iterations[-1].gap == solution.iterations[-1].objective
    assert np.abs(objective.evaluate(solution.point).gradient).max() < 1e-7


def test_a_class_of_rare_weight_keeps_it_in_a_sample(make):
    rng = np.random.default_rng(0)
    codes = np.arange(4000) % 2
    weights = np.where((codes == 0) | (rng.random(4000) < 0.005), 1.5, 0.0)
    objective = make(rng.normal(size=(4000, 2)), codes, 2, weights=weights).penalised(1.0)
    sample = stratified_sample(objective, 200)
    assert sample.class_mass == pytest.approx(objective.class_mass)
    assert (sample.weights > 0).all()


def test_a_class_without_rows_is_given_no_probability(make):
    rng = np.random.default_rng(0)
    codes = rng.choice([0, 2], size=120)
    X = rng.normal(size=(120, 2)) + codes[:, None] / 2
    objective, others = make(X, codes, 3).penalised(1.0), make(X, codes // 2, 2).penalised(2.0)
    assert stratified_sample(objective, 60).class_mass[1] == 0
    least = minimise(others).iterations[-1]
    for solver in ("newton", "lbfgs"):
        solution = minimise(objective, solver=solver)
        assert solution.converged, solution.reason
        reached = solution.iterations[-1]
        # Two rows of weights that share the slope cost half the penalty of one.
        assert reached.objective == pytest.approx(least.objective, abs=1e-8)
        assert reached.loss == pytest.approx(least.loss, rel=1e-3)
