"""js_divergence_of_targets."""

from tests.losses.test_kl_divergence_of_targets import divergence
from tests.losses.test_reverse_kl_divergence_of_targets import inputs
from tests.oracles.loss_tables import Definition, far_targets, softmax


def definition(z, targets, share):
    """``share * KL(targets, m) + (1 - share) * KL(p, m)`` with the mixture `m`."""
    p = softmax(z)
    mixture = [share * t + (1 - share) * q for t, q in zip(targets, p, strict=True)]
    return share * divergence(targets, mixture) + (1 - share) * divergence(p, mixture)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    definition,
    source="Lin 1991, equation 4.1, for two distributions",
    inputs=inputs,
    parameters=({"share": 0.5}, {"share": 0.125}),
    units={
        "value": 8,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "gradient of factors": True,
        "product": 64,
    },
    truths=truths,
)
