"""poisson_nll."""

import numpy as np
from mpmath import exp, log, loggamma
from tests.oracles.loss_tables import Definition


def definition(z, y, full):
    """Minus the logarithm of the probability of `y`; without `full`, less that at the rate `y`."""
    if full:
        return -(y[0] * z[0] - exp(z[0]) - loggamma(y[0] + 1))
    return exp(z[0]) - y[0] - (y[0] * (z[0] - log(y[0])) if y[0] else 0)


def inputs():
    """Log-rates near the logarithms of counts, and far from them."""
    rng = np.random.default_rng(20261126)
    for z in (0.0, 0.3, -0.6, 1.1, 2.3, 4.6, 9.2, 13.8, -7.7, -40.3, 30.6):
        yield np.float32([z + 0.0137 * rng.standard_normal()])


def truths(logits, rng):
    """None, a few, a number near the rate, and more."""
    rate = np.exp(float(logits[0]))
    counts = {0, 1, 2, int(rng.integers(3, 10)), int(rng.integers(10, 200)), round(min(rate, 1e6)), 1_000_000}
    return [[float(count)] for count in sorted(counts)]


DEFINITION = Definition(
    definition,
    source="The Poisson distribution, from its probabilities; the deviance is half that of the literature",
    inputs=inputs,
    parameters=({"full": False}, {"full": True}),
    units={"value": 4, "gradient": 4, "product": 4},
    truths=truths,
)
