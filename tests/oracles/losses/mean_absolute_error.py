"""Ghosh, Kumar, Sastry 2017, section 3."""

from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({},)
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# gradient or product.
UNITS = {"value": 6, "gradient": 6, "product": 8, "inflection": True}


def value(z, label):
    """``sum(|p_k - [k = y]|)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return others + others  # 1 - p_y is the sum of the others, which has its digits at any precision
