"""squared_emd."""

from mpmath import fsum
from tests.oracles.loss_tables import Definition, softmax


def definition(z, label):
    """``sum((cumsum(p) - cumsum(one_hot)) ** 2)``."""
    p = softmax(z)
    return fsum((fsum(p[: k + 1]) - (k >= label)) ** 2 for k in range(len(z)))


DEFINITION = Definition(
    definition,
    source="Hou, Yu, Samaras 2016, section 3: the squared distance of two cumulative distributions",
    inputs="logits",
    parameters=({},),
    units={"value": 8, "gradient": 8, "gradient of rows": True, "product": 32},
)
