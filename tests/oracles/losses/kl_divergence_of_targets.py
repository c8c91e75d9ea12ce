"""Kullback and Leibler 1951, equation 2.4."""

import numpy as np
from mpmath import fsum, inf, log
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({},)
UNITS = {
    "value": 8,
    "value beside gradient": True,
    "gradient": 16,
    "gradient of rows": True,
    "product": 64,
}


def divergence(p, q):
    """``sum(p * log(p / q))`` over what `p` allows."""
    return fsum(a * log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def value(z, targets):
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


def positive_shares(logits, rng, whole=1024):
    """A distribution in 1024ths without a zero but at ``-inf``."""
    allowed = logits > -inf
    shares = np.zeros(len(logits))
    weights = rng.dirichlet(np.ones(allowed.sum()))
    shares[allowed] = (1 + rng.multinomial(whole - allowed.sum(), weights)) / whole
    return shares


def far_targets(logits):
    """The first choice for certain, the last for certain, and a distribution that prefers the last."""
    order = np.argsort(logits)[np.count_nonzero(np.isneginf(logits)) :]
    first, last = np.eye(len(logits))[order[-1]], np.eye(len(logits))[order[0]]
    return [first.tolist(), last.tolist(), (0.75 * last + 0.25 * first).tolist()]
