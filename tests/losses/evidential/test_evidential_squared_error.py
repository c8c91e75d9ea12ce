"""Definition of `evidential_squared_error`."""

from mpmath import fsum
from tests.losses.evidential.test_evidential_cross_entropy import concentrations, inputs, truths
from tests.oracles.loss_tables import Definition


def definition(z, label, evidence):
    """The error of the mean and the variance about it, for each class."""
    alpha = concentrations(z, evidence)
    total = fsum(alpha)
    p = [a / total for a in alpha]
    return fsum((p[k] - (k == label)) ** 2 + p[k] * (1 - p[k]) / (total + 1) for k in range(len(p)))


DEFINITION = Definition(
    definition,
    source="Sensoy, Kaplan, Kandemir 2018, equation 5",
    inputs=inputs,
    parameters=({"evidence": "softplus"}, {"evidence": "exponential"}),
    units={"value": 8, "gradient": 16, "gradient of rows": True, "product": 64},
    truths=truths,
)
