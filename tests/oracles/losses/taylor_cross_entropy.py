"""Feng et al. 2020: the first terms of the Taylor series of the logarithm."""

from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({"order": 2}, {"order": 6})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# gradient or product.
UNITS = {"value": 6, "gradient": 6, "product": 8, "inflection": True}


def value(z, label, order):
    """``sum((1 - p_y) ** n / n)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return sum(others**n / n for n in range(1, order + 1))
