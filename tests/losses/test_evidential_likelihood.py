"""evidential_likelihood."""

from mpmath import fsum, log
from tests.losses.test_evidential_cross_entropy import concentrations, inputs, truths
from tests.oracles.loss_tables import Definition


def definition(z, label, evidence):
    """Minus the logarithm of the expected ``p_y`` under a Dirichlet distribution."""
    alpha = concentrations(z, evidence)
    return -log(alpha[label] / fsum(alpha))


DEFINITION = Definition(
    definition,
    source="Sensoy, Kaplan, Kandemir 2018, equation 3",
    inputs=inputs,
    parameters=({"evidence": "softplus"}, {"evidence": "exponential"}),
    units={"value": 8, "gradient": 16, "gradient of rows": True, "product": 64},
    truths=truths,
)
