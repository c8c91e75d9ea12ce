"""kl_divergence_of_targets."""

import numpy as np
from mpmath import fsum, log
from tests.oracles.loss_tables import Definition, softmax


def divergence(p, q):
    """``sum(p * log(p / q))`` over what `p` allows."""
    return fsum(a * log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def definition(z, targets):
    """The divergence of the model from the targets."""
    return divergence(targets, softmax(z))


def truths(logits, rng):
    """A certain class, a distribution in 64ths with zeros, and one that is next to certain."""
    allowed = np.flatnonzero(np.isfinite(logits))
    K, first, last = len(logits), allowed[0], allowed[-1]
    shares = np.zeros(K)
    shares[allowed] = rng.multinomial(64, rng.dirichlet(np.ones(len(allowed)))) / 64
    nearly = np.zeros(K)
    nearly[last] = 2.0**-20
    nearly[first] += 1 - 2.0**-20
    return [np.eye(K)[last].tolist(), shares.tolist(), nearly.tolist()]


DEFINITION = Definition(
    definition,
    source="Kullback and Leibler 1951, equation 2.4",
    inputs="logits",
    parameters=({},),
    units={
        "value": 8,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)
