"""Blondel, Martins and Niculae 2020, definition 2."""

from tests.oracles.losses import entmax_loss as of_labels
from tests.oracles.losses import kl_divergence_of_targets as kl

PARAMETERS = of_labels.PARAMETERS[:2]
UNITS = {
    "value": 16,
    "value beside gradient": True,
    "gradient": 16,
    "gradient of rows": True,
    "product": 64,
}

inputs = of_labels.inputs
value = of_labels.fenchel_young


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return kl.far_targets(logits)
