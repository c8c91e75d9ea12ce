"""entmax_loss_of_targets."""

from tests.losses.test_entmax_loss import exact_fenchel_young, inputs
from tests.oracles.loss_tables import Definition, far_targets


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    exact_fenchel_young,
    source="Blondel, Martins and Niculae 2020, definition 2",
    inputs=inputs,
    parameters=({"alpha": 1.5}, {"alpha": 1.25}),
    units={
        "value": 16,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)
