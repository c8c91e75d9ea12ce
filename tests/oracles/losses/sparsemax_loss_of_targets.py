"""Martins and Astudillo 2016, equation 22."""

from mpmath import fsum
from tests.oracles.losses import kl_divergence_of_targets as kl
from tests.oracles.losses import sparsemax_loss as of_labels
from tests.oracles.losses.entmax_loss import without_noise

PARAMETERS = ({},)
UNITS = {
    "value": 16,
    "value beside gradient": True,
    "gradient": 16,
    "gradient of rows": True,
    "product": 64,
}

inputs = of_labels.inputs


def value(z, targets):
    """``-<targets, z> + sum(z ** 2 - tau ** 2) / 2 + |targets| ** 2 / 2``, the first sum over the support."""
    tau, support = of_labels.threshold(z)
    expected = fsum(t * x for t, x in zip(targets, z, strict=True) if t > 0)
    found = -expected + fsum(x**2 - tau**2 for x in support) / 2 + fsum(t * t for t in targets) / 2
    return without_noise(found)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return kl.far_targets(logits)
