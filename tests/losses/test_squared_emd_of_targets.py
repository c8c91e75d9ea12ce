"""squared_emd_of_targets."""

import numpy as np
from mpmath import fsum
from tests.oracles.loss_tables import Definition, softmax


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
