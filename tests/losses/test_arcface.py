"""arcface."""

from mpmath import acos, cos, mpf, pi, sin
from tests.oracles.loss_tables import Definition, scaled_cross_entropy


def definition(c, label, margin, scale):
    """``-log softmax(scale * c)`` at the label, whose angle is widened by `margin`."""
    m = mpf(margin)
    angle = acos(c[label])
    of_label = cos(angle + m) if angle + m <= pi else c[label] - m * sin(m)
    return scaled_cross_entropy(c, label, scale, of_label)


DEFINITION = Definition(
    definition,
    source="Deng et al. 2019, equation 3, and past pi the line of its code",
    inputs="cosines",
    parameters=(
        {"margin": 0.5, "scale": 64.0},
        {"margin": 0.3, "scale": 30.1},
        {"margin": 1.2, "scale": 10.0},
    ),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)
