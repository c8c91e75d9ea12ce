"""Sensoy, Kaplan, Kandemir 2018, equation 5."""

from mpmath import fsum
from tests.oracles.losses.evidential_cross_entropy import concentrations, inputs, truths

__all__ = ["PARAMETERS", "UNITS", "inputs", "truths", "value"]

PARAMETERS = ({"evidence": "softplus"}, {"evidence": "exponential"})
UNITS = {"value": 8, "gradient": 16, "gradient of rows": True, "product": 64}


def value(z, label, evidence):
    """The error of the mean and the variance about it, for each class."""
    alpha = concentrations(z, evidence)
    total = fsum(alpha)
    p = [a / total for a in alpha]
    return fsum((p[k] - (k == label)) ** 2 + p[k] * (1 - p[k]) / (total + 1) for k in range(len(p)))
