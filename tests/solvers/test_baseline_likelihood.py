import numpy as np
import pytest
from tests.solvers.problems import problem

from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.definite_inverse import inverse_of, log_determinant
from xent.solvers.fisher_scoring import fisher_scoring
from xent.solvers.jeffreys import adjusted_score, log_prior
from xent.solvers.overlap import overlap
from xent.solvers.profile_likelihood import Profile
from xent.solvers.standardised_design import dependent_columns, standardised


def likelihood_of(K, *, n=200, p=3):
    objective = problem(n=n, p=p, K=K, weighted=True)
    design = np.column_stack([objective.X, np.ones(n)])
    return BaselineLikelihood(design, objective.codes.astype(np.intp), objective.weights * n, K)


def differences(function, theta, step=1e-5):
    """Central differences of a function of `theta`, stacked in the shape of `theta` in front."""
    found = []
    for place in range(theta.size):
        move = np.zeros(theta.size)
        move[place] = step
        move = move.reshape(theta.shape)
        found.append((np.asarray(function(theta + move)) - np.asarray(function(theta - move))) / (2 * step))
    return np.asarray(found)


@pytest.mark.parametrize("K", [2, 3, 5])
def test_score_and_information_are_the_derivatives_of_the_value(K):
    likelihood = likelihood_of(K)
    theta = 0.2 * np.random.default_rng(1).normal(size=likelihood.shape)
    score = differences(likelihood.value, theta)
    assert np.abs(likelihood.score(theta).ravel() / score - 1).max() < 1e-6
    information = -differences(lambda at: likelihood.score(at).ravel(), theta)
    assert np.abs(likelihood.information(theta) - information).max() < 1e-7 * np.abs(information).max()


@pytest.mark.parametrize("K", [2, 3, 5])
def test_the_adjusted_score_is_the_derivative_of_the_penalised_value(K):
    likelihood = likelihood_of(K)
    theta = 0.2 * np.random.default_rng(1).normal(size=likelihood.shape)
    expected = differences(lambda at: likelihood.value(at) + log_prior(likelihood.information(at)), theta)
    found = adjusted_score(likelihood, theta, inverse_of(likelihood.information(theta))).ravel()
    assert np.abs(found / expected - 1).max() < 1e-6
    # The prior's part is not lost in that of the likelihood.
    assert np.abs(found - likelihood.score(theta).ravel()).max() > 1e-3 * np.abs(found).max()


@pytest.mark.parametrize("K", [2, 3])
def test_the_gap_of_overlap_bounds_what_remains(K):
    # With more columns some classes are too improbable to prove anything.
    likelihood = likelihood_of(K, p=2)
    best = fisher_scoring(likelihood, np.zeros(likelihood.shape), jeffreys=False, tol=1e-12)
    proven = 0
    for scale in (0.3, 0.03, 0.003, 3e-6):
        theta = best.theta + scale * np.random.default_rng(2).normal(size=best.theta.shape)
        step = inverse_of(likelihood.information(theta)) @ likelihood.score(theta).ravel()
        found = overlap(likelihood, theta, step.reshape(theta.shape))
        assert found.gap >= best.value - likelihood.value(theta) - 1e-11
        if found.proven:
            proven += 1
            assert found.gap < 2 * (best.value - likelihood.value(theta)) + 1e-11
    assert proven >= 3


def test_the_least_margin_is_that_of_the_definition():
    likelihood = likelihood_of(4)
    theta = np.random.default_rng(3).normal(size=likelihood.shape)
    logits = np.column_stack([np.zeros(200), likelihood.X @ theta.T])
    margins = [
        logits[i, y] - logits[i, k] for i, y in enumerate(likelihood.codes) for k in range(4) if k != y
    ]
    assert likelihood.least_margin(theta) == pytest.approx(min(margins), rel=1e-12)
    apart = BaselineLikelihood(np.asarray([[-3.0], [2.0]]), np.asarray([0, 1]), np.ones(2), 2)
    assert apart.least_margin(np.asarray([[1.0]])) == 2


def test_a_fixed_coefficient_stays_and_the_others_are_at_their_maximum():
    likelihood = likelihood_of(3)
    free = np.ones(likelihood.shape, dtype=bool)
    free[1, 2] = False
    start = np.zeros(likelihood.shape)
    start[1, 2] = 0.7
    found = fisher_scoring(likelihood, start, jeffreys=True, free=free, tol=1e-10)
    assert found.theta[1, 2] == 0.7
    inverse = inverse_of(likelihood.information(found.theta))
    score = adjusted_score(likelihood, found.theta, inverse)
    assert np.abs(score[free]).max() < 1e-7
    assert abs(score[1, 2]) > 1e-2


def test_the_ends_of_a_profile_interval_have_the_requested_deviance():
    likelihood = likelihood_of(2)
    best = fisher_scoring(likelihood, np.zeros(likelihood.shape), jeffreys=False)
    profile = Profile(likelihood, best.theta, best.value, (0, 1), jeffreys=False, scale=4.0)
    assert profile.deviance(best.theta[0, 1] / 4) == pytest.approx(0, abs=1e-9)
    low, high = profile.interval(3.84, 0.01)
    assert low < best.theta[0, 1] / 4 < high
    assert profile.deviance(low) == pytest.approx(3.84, rel=1e-8)
    assert profile.deviance(high) == pytest.approx(3.84, rel=1e-8)


def test_an_interval_of_a_profile_that_levels_off_is_infinite():
    X = np.column_stack([np.repeat([0.0, 1.0], 10), np.ones(20)])
    codes = np.asarray([0, 1] * 5 + [1] * 10)
    likelihood = BaselineLikelihood(X, codes, np.ones(20), 2)
    theta = np.asarray([[25.0, 0.0]])
    profile = Profile(likelihood, theta, likelihood.value(theta), (0, 0), jeffreys=False)
    low, high = profile.interval(3.84, 1.0)
    assert np.isfinite(low)
    assert high == np.inf


def test_inverse_and_determinant_refuse_what_is_not_definite():
    matrix = np.asarray([[1e8, 1.0], [1.0, 1e-6]])
    assert inverse_of(matrix) == pytest.approx(np.linalg.inv(matrix), rel=1e-12)
    assert log_determinant(matrix) == pytest.approx(np.log(99.0), rel=1e-12)
    with pytest.raises(np.linalg.LinAlgError):
        inverse_of(np.ones((2, 2)))
    assert log_prior(np.ones((2, 2))) == -np.inf


def test_standardised_coefficients_map_back():
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(50, 3)) * [1, 1e3, 1e-3] + [5, 1e6, 0], rng.uniform(0.5, 2, size=50)
    for centred in (True, False):
        design = standardised(X, weights, fit_intercept=True, centred=centred)
        theta = rng.normal(size=(2, 4))
        raw = design.coefficients(theta)
        logits = design.matrix @ theta.T
        assert np.abs(X @ raw[:, :3].T + raw[:, 3] - logits).max() < 1e-8
        assert design.standardised_coefficients(raw) == pytest.approx(theta, rel=1e-9)
    assert np.average(standardised(X, weights, fit_intercept=True).matrix[:, 0], weights=weights) == (
        pytest.approx(0, abs=1e-12)
    )


def test_columns_that_depend_on_earlier_ones_are_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) + 1.7e9
    more = np.column_stack([np.full(60, 3.0), X, X[:, 0] - X[:, 2], rng.normal(size=60), X[:, 1] * 1e-9])
    design = standardised(more, np.ones(60), fit_intercept=True)
    assert list(dependent_columns(design, np.ones(60))) == [0, 4, 6]
    design = standardised(more, np.ones(60), fit_intercept=False)
    assert 0 not in dependent_columns(design, np.ones(60))
