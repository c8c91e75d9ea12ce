"""evidential_cross_entropy."""

import numpy as np
from mpmath import exp, fsum, log, loggamma, mpf, psi
from tests.oracles.loss_tables import Definition


def definition(z, label, evidence, annealing):
    """The expectation of ``-log p_y`` under a Dirichlet distribution, and the divergence."""
    alpha = concentrations(z, evidence)
    found = psi(0, fsum(alpha)) - psi(0, alpha[label])
    return found + mpf(annealing) * divergence(alpha, label) if annealing else found


def inputs():
    """Rows of logits that give little evidence, much, or both; all are exact in 32 bits."""
    rng = np.random.default_rng(20261127)
    for row in ((0.0, -0.5), (9.0, -7.0), (-20.0, -21.0), (24.0, 31.0), (80.0, 11.0)):
        yield np.float32(row)
    for scale, shift in ((1.0, 0.0), (3.0, 3.0), (8.0, -4.0), (0.1, 14.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.float32([-np.inf, 1.25, -np.inf, 4.0])


def truths(logits, rng):
    """The largest logit and a smaller one."""
    del rng
    order = np.argsort(logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    return sorted({int(order[-1]), int(order[0])})


def concentrations(z, evidence):
    """One more than the evidence."""
    return [1 + (log(1 + exp(x)) if evidence == "softplus" else exp(x)) for x in z]


def divergence(alpha, label):
    """From the uniform distribution, of the one without the evidence for the label."""
    rest = [mpf(1) if k == label else a for k, a in enumerate(alpha)]
    total = fsum(rest)
    logs = loggamma(total) - loggamma(len(rest)) - fsum(loggamma(a) for a in rest if a != 1)
    return logs + fsum((a - 1) * (psi(0, a) - psi(0, total)) for a in rest if a != 1)


DEFINITION = Definition(
    definition,
    source="Sensoy, Kaplan, Kandemir 2018, equation 4, and the regulariser of section 4",
    inputs=inputs,
    parameters=(
        {"evidence": "softplus", "annealing": 0.0},
        {"evidence": "exponential", "annealing": 0.0},
        {"evidence": "softplus", "annealing": 1.0},
        {"evidence": "exponential", "annealing": 0.25},
    ),
    units={"value": 8, "gradient": 16, "gradient of rows": True, "product": 64},
    truths=truths,
)
