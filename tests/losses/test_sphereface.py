"""sphereface."""

from mpmath import acos, cos, floor, mpf, pi
from tests.oracles.loss_tables import Definition, scaled_cross_entropy


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
