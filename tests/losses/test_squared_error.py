"""squared_error."""

import numpy as np
from tests.oracles.loss_tables import Definition


def definition(z, y):
    """Half the square of the difference."""
    return (z[0] - y[0]) ** 2 / 2


def inputs():
    """Means on both sides of 0, large and small."""
    for mean in (0.0, 2.0**-30, 0.3, -1.0, 3.7, -41.3, 1e6, -1e15):
        yield np.float32([mean])


def truths(logits, rng):
    """A value next to the mean, and another."""
    near = float(np.nextafter(logits[0], np.float32(np.inf)))
    return [[near], [float(np.float32(rng.standard_normal()))]]


DEFINITION = Definition(
    definition,
    source="Bishop 2006, equation 1.62",
    inputs=inputs,
    parameters=({},),
    units={"value": 3, "gradient": 1, "product": 1},
    truths=truths,
)
