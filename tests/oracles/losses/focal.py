"""Lin et al. 2017, equation 4."""

from mpmath import log
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({"gamma": 2.0}, {"gamma": 0.5}, {"gamma": 5.0})
# Units in the last place: of each value, each entry of a gradient, the largest entry of a row's product.
UNITS = {"value": 16, "gradient": 16, "product": 64}


def value(z, label, gamma):
    """``-(1 - p_y) ** gamma * log(p_y)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return -(others**gamma) * log(p[label])
