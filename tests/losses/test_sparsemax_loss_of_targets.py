"""sparsemax_loss_of_targets."""

from mpmath import fsum
from tests.losses.test_entmax_loss import inputs, without_noise
from tests.losses.test_sparsemax_loss import threshold
from tests.oracles.loss_tables import Definition, far_targets


def definition(z, targets):
    """``-<targets, z> + sum(z ** 2 - tau ** 2) / 2 + |targets| ** 2 / 2``, the first sum over the support."""
    tau, support = threshold(z)
    expected = fsum(t * x for t, x in zip(targets, z, strict=True) if t > 0)
    found = -expected + fsum(x**2 - tau**2 for x in support) / 2 + fsum(t * t for t in targets) / 2
    return without_noise(found)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    definition,
    source="Martins and Astudillo 2016, equation 22",
    inputs=inputs,
    parameters=({},),
    units={
        "value": 16,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)
