"""Deng et al. 2019, equation 4; past pi falling, as in the codes of SphereFace and ArcFace."""

from mpmath import acos, cos, floor, mpf, pi, sin
from tests.oracles.loss_tables import scaled_cross_entropy

INPUTS = "cosines"
PARAMETERS = (
    {"multiplier": 1.0, "angle": 0.3, "shift": 0.2, "scale": 64.0},
    {"multiplier": 2.0, "angle": 0.4, "shift": 0.15, "scale": 30.1},
)
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "gradient of factors": True, "product": 16}


def value(c, label, *, multiplier, angle, shift, scale):
    """``-log softmax(scale * c)`` at the label, whose cosine has three margins."""
    alpha = mpf(multiplier) * acos(c[label]) + mpf(angle)
    k = int(floor(alpha / pi))
    of_label = (-1) ** k * cos(alpha) - 2 * k
    if k and multiplier == 1:
        of_label = c[label] - mpf(angle) * sin(mpf(angle))
    return scaled_cross_entropy(c, label, scale, of_label - mpf(shift))
