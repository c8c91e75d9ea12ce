"""gaussian_nll."""

import numpy as np
from mpmath import exp, log, pi, sqrt
from tests.oracles.loss_tables import Definition


def definition(z, y, full):
    """Minus the logarithm of the density."""
    mean, log_variance = z
    if not full:
        return (log_variance + (y[0] - mean) ** 2 / exp(log_variance)) / 2
    deviation = sqrt(exp(log_variance))
    return -log(exp(-(((y[0] - mean) / deviation) ** 2) / 2) / (sqrt(2 * pi) * deviation))


def inputs():
    """Means, and log-variances of at least 0: below that the loss crosses 0."""
    for mean in (0.0, -0.7, 5.25, -1e4):
        for log_variance in (0.0, 2.0**-20, 1.3, 20.0):
            yield np.float32([mean, log_variance])


def truths(logits, rng):
    """A value near the mean, and one five deviations away."""
    deviation = np.exp(logits[1] / 2)
    shifts = (rng.uniform(0.1, 0.4), rng.uniform(4, 6))
    return [float(np.float32(logits[0] + shift * deviation)) for shift in shifts]


DEFINITION = Definition(
    definition,
    source="Bishop 2006, equation 1.46, without the constant or with it",
    inputs=inputs,
    parameters=({"full": False}, {"full": True}),
    units={"value": 8, "gradient": 8, "product": 8},
    truths=truths,
)
