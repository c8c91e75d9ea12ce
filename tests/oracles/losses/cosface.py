"""Wang et al. 2018, equation 4."""

from mpmath import mpf
from tests.oracles.loss_tables import scaled_cross_entropy

INPUTS = "cosines"
PARAMETERS = ({"margin": 0.35, "scale": 64.0}, {"margin": 0.1, "scale": 30.1})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "gradient of factors": True, "product": 16}


def value(c, label, margin, scale):
    """``-log softmax(scale * c)`` at the label, whose cosine is less `margin`."""
    return scaled_cross_entropy(c, label, scale, c[label] - mpf(margin))
