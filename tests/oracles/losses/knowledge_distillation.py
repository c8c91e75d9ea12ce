"""Hinton, Vinyals and Dean 2015, section 2."""

import numpy as np
from mpmath import fsum, inf, log, mpf
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({"temperature": 1.0}, {"temperature": 3.0})
UNITS = {"value": 32, "gradient": 32, "gradient of rows": True, "product": 64}


def value(z, teacher, temperature):
    """``T ** 2 * sum(q * log(q / p))``."""
    T = mpf(temperature)
    p, q = (softmax([x / T for x in logits]) for logits in (z, teacher))
    return T**2 * fsum(b * log(b / a) for a, b in zip(p, q, strict=True) if b > 0)


def truths(logits, rng):
    """A teacher of other opinions, and one that the student has almost reached."""
    masked = np.isneginf(logits)
    other = (2 * rng.standard_normal(len(logits)) + 100).astype(np.float32).astype(float)
    finite = np.where(masked, 0, logits).astype(float)
    step = 2.0**-18 * max(1, np.abs(finite).max())
    near = (finite + step * rng.permutation(len(logits))).astype(np.float32).astype(float)
    return [np.where(masked, -float(inf), found).tolist() for found in (other, near)]
