"""Sensoy, Kaplan, Kandemir 2018, equation 3."""

from mpmath import fsum, log
from tests.oracles.losses.evidential_cross_entropy import concentrations, inputs, truths

__all__ = ["PARAMETERS", "UNITS", "inputs", "truths", "value"]

PARAMETERS = ({"evidence": "softplus"}, {"evidence": "exponential"})
UNITS = {"value": 8, "gradient": 16, "gradient of rows": True, "product": 64}


def value(z, label, evidence):
    """Minus the logarithm of the expected ``p_y`` under a Dirichlet distribution."""
    alpha = concentrations(z, evidence)
    return -log(alpha[label] / fsum(alpha))
