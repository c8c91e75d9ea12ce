"""Shi, Cao, Raschka 2023, section 3: minus the logarithm of the chain rule's product."""

from mpmath import exp, log, mpf
from tests.oracles.losses.coral import INPUTS, PARAMETERS, UNITS, truths

__all__ = ["INPUTS", "PARAMETERS", "UNITS", "truths", "value"]


def value(z, label):
    """``-log P(label)``: above 0, and above 1 given that, and so on, and at last not above the label."""
    prob = mpf(1)
    for x in z[:label]:
        prob *= 1 / (1 + exp(-x))
    if label < len(z):
        prob *= 1 / (1 + exp(z[label]))
    return -log(prob)
