"""Ridnik et al. 2021, section 2."""

from mpmath import exp, log, mpf

INPUTS = "logit"
PARAMETERS = (
    {},
    {"gamma_negative": 0.5, "gamma_positive": 0.0, "margin": 0.2},
    {"gamma_negative": 2.0, "gamma_positive": 3.0, "margin": 0.0},
)
UNITS = {"value": 16, "gradient": 16, "product": 64}


def value(z, target, gamma_negative=4.0, gamma_positive=1.0, margin=0.05):
    """The focal loss of an event, and of its absence with the probability less a margin."""
    (x,), (t,) = z, target
    p, q = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
    shifted, rest = (p - mpf(margin), q + mpf(margin)) if p > margin else (mpf(0), mpf(1))
    absence = shifted**gamma_negative * log(rest) if shifted else mpf(0)
    return -(t * q**gamma_positive * log(p) + (1 - t) * absence)


def truths(logits, rng):
    """What happened and what did not; the loss is linear in between, which is a law."""
    del logits, rng
    return [[1.0], [0.0]]
