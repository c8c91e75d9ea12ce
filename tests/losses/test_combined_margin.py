"""combined_margin."""

from mpmath import acos, cos, floor, mpf, pi, sin
from tests.oracles.loss_tables import Definition, scaled_cross_entropy


def definition(c, label, *, multiplier, angle, shift, scale):
    """``-log softmax(scale * c)`` at the label, whose cosine has three margins."""
    alpha = mpf(multiplier) * acos(c[label]) + mpf(angle)
    k = int(floor(alpha / pi))
    of_label = (-1) ** k * cos(alpha) - 2 * k
    if k and multiplier == 1:
        of_label = c[label] - mpf(angle) * sin(mpf(angle))
    return scaled_cross_entropy(c, label, scale, of_label - mpf(shift))


DEFINITION = Definition(
    definition,
    source="Deng et al. 2019, equation 4; past pi falling, as in the codes of SphereFace and ArcFace",
    inputs="cosines",
    parameters=(
        {"multiplier": 1.0, "angle": 0.3, "shift": 0.2, "scale": 64.0},
        {"multiplier": 2.0, "angle": 0.4, "shift": 0.15, "scale": 30.1},
    ),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)
