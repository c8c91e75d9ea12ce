"""Liu et al. 2017, equation 7, and the annealing of its code."""

from mpmath import acos, cos, floor, mpf, pi
from tests.oracles.loss_tables import scaled_cross_entropy

INPUTS = "cosines"
PARAMETERS = (
    {"margin": 4, "scale": 30.0, "annealing": 0.0},
    {"margin": 3, "scale": 64.0, "annealing": 0.0},
    {"margin": 2, "scale": 10.3, "annealing": 5.1},
)
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "gradient of factors": True, "product": 16}


def psi(c, margin):
    """Cosine of `margin` times the angle of cosine `c`, continued so that it falls."""
    angle = margin * acos(c)
    k = int(floor(angle / pi))
    return (-1) ** k * cos(angle) - 2 * k


def value(c, label, margin, scale, annealing):
    """``-log softmax(scale * c)`` at the label, whose angle is multiplied by `margin`."""
    weight = mpf(annealing)
    of_label = (weight * c[label] + psi(c[label], margin)) / (1 + weight)
    return scaled_cross_entropy(c, label, scale, of_label)
