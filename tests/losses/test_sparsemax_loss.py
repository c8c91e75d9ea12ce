"""sparsemax_loss."""

from mpmath import fsum, mpf
from tests.losses.test_entmax_loss import inputs, without_noise
from tests.oracles.loss_tables import Definition


def definition(z, label):
    """``-z_y + sum(z ** 2 - tau ** 2) / 2 + 1 / 2`` over the support."""
    tau, support = threshold(z)
    found = -z[label] + fsum(x**2 - tau**2 for x in support) / 2 + mpf(1) / 2
    return without_noise(found)


def threshold(z):
    """What all logits lose, and those that are larger."""
    ordered = sorted(z, reverse=True)
    k = max(k for k in range(1, len(z) + 1) if 1 + k * ordered[k - 1] > fsum(ordered[:k]))
    return (fsum(ordered[:k]) - 1) / k, ordered[:k]


DEFINITION = Definition(
    definition,
    source="Martins and Astudillo 2016, equation 18 and algorithm 1",
    inputs=inputs,
    parameters=({},),
    units={"value": 16, "gradient": 16, "gradient of rows": True, "product": 64},
)
