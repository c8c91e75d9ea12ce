"""Definition, mutants and edge cases of `squared_emd_of_targets`."""

import numpy as np
from mpmath import fsum
from tests.losses.ordinal.test_ordinal import LOGITS
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import squared_emd_of_targets


def definition(z, targets):
    """``sum((cumsum(p) - cumsum(targets)) ** 2)``."""
    p = softmax(z)
    return fsum((fsum(p[: k + 1]) - fsum(targets[: k + 1])) ** 2 for k in range(len(z)))


def truths(logits, rng):
    """All on the last class, and a distribution in 32nds that is far from the model's."""
    K = len(logits)
    shares = rng.multinomial(32, np.arange(1, K + 1) / (K * (K + 1) / 2)) / 32
    return [np.eye(K)[-1].tolist(), shares.tolist()]


DEFINITION = Definition(
    definition,
    source="Hou, Yu, Samaras 2016, section 3: the squared distance of two cumulative distributions",
    inputs="logits",
    parameters=({},),
    units={"value": 8, "gradient": 8, "gradient of rows": True, "product": 32},
    truths=truths,
)

TESTS = "tests/losses/ordinal/test_squared_emd_of_targets.py::"

MUTANTS = (
    Mutant(
        "the distance from nothing",
        "squared_emd_of_targets:SquaredEMDOfTargets.value",
        "residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp)",
        "residuals_of_targets(softmax(logits, xp=xp), 0 * targets, xp=xp)",
        TESTS + "test_targets_that_the_model_has_cost_nothing_but_rounding",
    ),
)


def test_targets_that_the_model_has_cost_nothing_but_rounding():
    targets = np.exp(LOGITS - np.log(np.exp(LOGITS).sum(axis=-1, keepdims=True)))
    assert (squared_emd_of_targets(LOGITS, targets) < 1e-30).all()
