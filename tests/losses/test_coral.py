"""coral."""

import numpy as np
from mpmath import exp, fsum, log
from tests.oracles.loss_tables import Definition


def definition(z, label):
    """The sum over the thresholds of the cross-entropy of the answer to "is it above?"."""
    return fsum(-log(_sigmoid(x if label > k else -x)) for k, x in enumerate(z))


def truths(logits, rng):
    """The first, the last and a middle class, where what they rule out is not certain."""
    del rng
    labels = sorted({0, len(logits), (len(logits) + 1) // 2})
    return [label for label in labels if np.isfinite(logits[:label]).all()]


def _sigmoid(x):
    return 1 / (1 + exp(-x))


DEFINITION = Definition(
    definition,
    source="Cao, Mirjalili, Raschka 2020, section 3",
    inputs="logits",
    parameters=({},),
    units={"value": 4, "gradient": 4, "product": 8},
    truths=truths,
)
