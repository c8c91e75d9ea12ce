import numpy as np
import pytest
from tests.solvers.problems import problem, random_point

from xent.solvers.standardisation import distant_centre, standardisation_of


def test_coordinates_and_points_are_inverse():
    objective = problem(K=3)
    coordinates = standardisation_of(objective.X, fit_intercept=True)
    point = random_point(objective)
    assert np.allclose(coordinates.point(coordinates.coordinates(point)), point, rtol=1e-13)
    standard = (objective.X - coordinates.mean) / coordinates.scale
    there = coordinates.coordinates(point)
    logits = objective.X @ point[:, :-1].T + point[:, -1]
    assert np.allclose(standard @ there[:, :-1].T + there[:, -1], logits, rtol=1e-12, atol=1e-13)


def test_slopes_are_the_gradient_in_coordinates():
    objective = problem(K=3)
    coordinates = objective.standardisation
    point, way = random_point(objective), random_point(objective, seed=7)
    slope = np.vdot(coordinates.slopes(objective.evaluate(point).gradient), way)
    assert slope == pytest.approx(
        np.vdot(objective.evaluate(point).gradient, coordinates.point(way)), rel=1e-12
    )


def test_a_constant_has_the_scale_one_and_without_an_intercept_nothing_is_centred():
    X = np.column_stack([np.full(9, 1e9 + 0.1), np.arange(9.0)])
    assert standardisation_of(X, fit_intercept=True).scale[0] == 1
    free = standardisation_of(X, fit_intercept=False)
    assert not free.mean.any()
    assert free.scale[1] == pytest.approx(np.sqrt(np.mean(np.arange(9.0) ** 2)))


def test_only_features_far_from_the_origin_are_centred_in_passes():
    X = np.random.default_rng(0).normal(size=(50, 3)) + np.asarray([0.0, 20.0, 1.7e9])
    centre = distant_centre(X)
    assert centre[:2].tolist() == [0, 0]
    assert centre[2] == pytest.approx(1.7e9)
    assert distant_centre(X[:, :2]) is None
