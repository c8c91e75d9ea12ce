"""Definition and edge cases of `sphereface`."""

import math

import numpy as np
import pytest
from mpmath import acos, cos, floor, mpf, pi
from tests.oracles.loss_tables import Definition, scaled_cross_entropy

from xent.losses import sphereface


def psi(c, margin):
    """Cosine of `margin` times the angle of cosine `c`, continued so that it falls."""
    angle = margin * acos(c)
    k = int(floor(angle / pi))
    return (-1) ** k * cos(angle) - 2 * k


def definition(c, label, margin, scale, annealing):
    """``-log softmax(scale * c)`` at the label, whose angle is multiplied by `margin`."""
    weight = mpf(annealing)
    of_label = (weight * c[label] + psi(c[label], margin)) / (1 + weight)
    return scaled_cross_entropy(c, label, scale, of_label)


DEFINITION = Definition(
    definition,
    source="Liu et al. 2017, equation 7, and the annealing of its code",
    inputs="cosines",
    parameters=(
        {"margin": 4, "scale": 30.0, "annealing": 0.0},
        {"margin": 3, "scale": 64.0, "annealing": 0.0},
        {"margin": 2, "scale": 10.3, "annealing": 5.1},
    ),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)


@pytest.mark.parametrize("margin", [2, 3, 4, 7])
def test_the_multiple_angle_has_no_jump_and_the_square_of_the_margin_for_slope_at_the_ends(margin):
    for k in range(1, margin):
        edge = math.cos(k * math.pi / margin)
        cosines = np.asarray([[edge - 1e-9, 0.0], [edge + 1e-9, 0.0]])
        value, gradient = sphereface.value_and_gradient(cosines, np.asarray([0, 0]), margin=margin, scale=1)
        assert abs(value[0] - value[1]) < 1e-15 * margin**2
        assert np.abs(gradient[:, 0]).max() < 1e-7 * margin**2
    gradient = sphereface.gradient(
        np.asarray([[1.0, 0.0], [-1.0, 0.0]]), np.asarray([0, 0]), margin=margin, scale=1
    )
    p = 1 / (1 + np.exp([1.0, 1.0 - 2 * margin]))
    np.testing.assert_allclose(gradient[:, 0], -(margin**2) * p, rtol=1e-14)
