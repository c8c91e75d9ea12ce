"""symmetric_cross_entropy."""

from mpmath import log, mpf
from tests.oracles.loss_tables import Definition, softmax


def definition(z, label, alpha, beta, log_zero):
    """``-alpha * log(p_y) - beta * sum(p_k * log(e_k))``, where `log_zero` is the logarithm of 0."""
    p = softmax(z)
    reverse = -sum(p[k] * (0 if k == label else mpf(log_zero)) for k in range(len(z)))
    return -mpf(alpha) * log(p[label]) + mpf(beta) * reverse


DEFINITION = Definition(
    definition,
    source="Wang et al. 2019: cross-entropy, and the reverse one with a number for the logarithm of 0",
    inputs="logits",
    parameters=({"alpha": 0.1, "beta": 1.0, "log_zero": -4.0}, {"alpha": 0.0, "beta": 0.3, "log_zero": -2.5}),
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)
