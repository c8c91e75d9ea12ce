"""Leng et al. 2022, the poly-1 loss."""

from mpmath import log, mpf
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({"epsilon": 1.0}, {"epsilon": -1.0})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# gradient or product.
UNITS = {"value": 6, "gradient": 6, "product": 8, "inflection": True}


def value(z, label, epsilon):
    """``-log(p_y) + epsilon * (1 - p_y)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return -log(p[label]) + mpf(epsilon) * others
