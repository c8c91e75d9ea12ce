"""corn."""

from mpmath import exp, log, mpf
from tests.losses.test_coral import truths
from tests.oracles.loss_tables import Definition


def definition(z, label):
    """``-log P(label)``: above 0, and above 1 given that, and so on, and at last not above the label."""
    prob = mpf(1)
    for x in z[:label]:
        prob *= 1 / (1 + exp(-x))
    if label < len(z):
        prob *= 1 / (1 + exp(z[label]))
    return -log(prob)


DEFINITION = Definition(
    definition,
    source="Shi, Cao, Raschka 2023, section 3: minus the logarithm of the chain rule's product",
    inputs="logits",
    parameters=({},),
    units={"value": 4, "gradient": 4, "product": 8},
    truths=truths,
)
