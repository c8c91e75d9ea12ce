import numpy as np
import pytest

from xent.scoring.hall_statistic import hall_statistic


def test_the_statistic_is_a_cube_of_a_linear_function():
    residuals = np.asarray([-1.0, -1.0, -1.0, 3.0])
    k = (residuals**3).sum() / (residuals**2).sum() ** 1.5
    for t in (-30.0, -2.0, 0.0, 1.5, 8.0):
        cube = ((1 + k * t / 3) ** 3 - 1) / k + k / 6
        assert hall_statistic(t, residuals) == pytest.approx(cube, rel=1e-12)


def test_symmetric_units_leave_the_statistic_as_it_is():
    assert hall_statistic(1.7, np.asarray([-2.0, -1.0, 1.0, 2.0])) == 1.7


def test_the_statistic_rises_with_t_however_skewed_the_units_are():
    residuals = np.append(np.full(99, -1.0), 99.0)
    values = [hall_statistic(t, residuals) for t in np.linspace(-20, 20, 401)]
    assert min(np.diff(values)) >= 0
