import numpy as np
import pytest

from xent import LogisticRegression
from xent.models.inference import class_standard_errors
from xent.solvers.wide_information import penalised_variances


@pytest.mark.parametrize("has_intercept", [True, False], ids=["with intercept", "without"])
def test_variances_are_those_of_the_inverse(has_intercept):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(12, 30)) + rng.normal(size=30)
    curvature, prior = rng.uniform(0.01, 0.25, 12), rng.uniform(0.1, 10, 30)
    design = np.column_stack([features, np.ones(12)]) if has_intercept else features
    precision = np.append(1 / prior, 0.0)[: design.shape[1]]
    whole = np.linalg.inv(design.T @ (design * curvature[:, None]) + np.diag(precision))
    found = penalised_variances(features, curvature, prior, has_intercept=has_intercept)
    assert found == pytest.approx(whole.diagonal()[:30], rel=1e-11)


@pytest.mark.parametrize("has_intercept", [True, False], ids=["with intercept", "without"])
def test_curvatures_that_underflow_leave_the_variances_of_the_penalty(has_intercept):
    features, prior = np.random.default_rng(0).normal(size=(12, 30)), np.linspace(0.1, 10, 30)
    for curvature in (np.zeros(12), np.full(12, 5e-310)):
        found = penalised_variances(features, curvature, prior, has_intercept=has_intercept)
        assert found == pytest.approx(prior, rel=1e-14)


def test_standard_errors_of_a_wide_fit_are_those_of_its_inference():
    rng = np.random.default_rng(1)
    X = 3 * rng.normal(size=(25, 40)) + rng.normal(size=40)
    y, weights = np.arange(25) % 2, rng.uniform(0.5, 2, 25)
    model = LogisticRegression(C=0.3).fit(X, y, weights)
    found = class_standard_errors(model, X, y, weights)
    assert found.shape == (1, 40)
    assert found[0] == pytest.approx(
        model.inference(X, y, sample_weight=weights).standard_errors[1:], rel=1e-8
    )
