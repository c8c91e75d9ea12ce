"""soft_bootstrap."""

from mpmath import fsum, log
from tests.oracles.loss_tables import Definition, softmax


def definition(z, label, beta=0.95):
    """``-sum((beta * one_hot + (1 - beta) * p) * log(p))``."""
    p = softmax(z)
    return -fsum((beta * (k == label) + (1 - beta) * x) * log(x) for k, x in enumerate(p) if x > 0)


DEFINITION = Definition(
    definition,
    source="Reed et al. 2015, section 3.2",
    inputs="logits",
    parameters=({}, {"beta": 0.7}),
    units={"value": 16, "gradient": 16, "gradient of rows": True, "product": 128},
)
