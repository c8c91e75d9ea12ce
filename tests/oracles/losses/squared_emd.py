"""Hou, Yu, Samaras 2016, section 3: the squared distance of two cumulative distributions."""

from mpmath import fsum
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({},)
UNITS = {"value": 8, "gradient": 8, "gradient of rows": True, "product": 32}


def value(z, label):
    """``sum((cumsum(p) - cumsum(one_hot)) ** 2)``."""
    p = softmax(z)
    return fsum((fsum(p[: k + 1]) - (k >= label)) ** 2 for k in range(len(z)))
