"""Lin 1991, equation 4.1, for two distributions."""

from tests.oracles.loss_tables import softmax
from tests.oracles.losses import kl_divergence_of_targets as kl
from tests.oracles.losses import reverse_kl_divergence_of_targets as reverse

PARAMETERS = ({"share": 0.5}, {"share": 0.125})
UNITS = {
    "value": 8,
    "value beside gradient": True,
    "gradient": 16,
    "gradient of rows": True,
    "gradient of factors": True,
    "product": 64,
}

inputs = reverse.inputs


def value(z, targets, share):
    """``share * KL(targets, m) + (1 - share) * KL(p, m)`` with the mixture `m`."""
    p = softmax(z)
    mixture = [share * t + (1 - share) * q for t, q in zip(targets, p, strict=True)]
    return share * kl.divergence(targets, mixture) + (1 - share) * kl.divergence(p, mixture)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return kl.far_targets(logits)
