"""hard_bootstrap."""

import numpy as np
from mpmath import log
from tests.oracles.loss_tables import Definition, softmax


def definition(z, label, beta=0.8):
    """``-beta * log(p_y) - (1 - beta) * log(max(p))``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(p)) if k != max(range(len(p)), key=p.__getitem__))
    return -beta * log(p[label]) - (1 - beta) * log(1 - others)


def truths(logits, rng):
    """No row with two largest logits, where the loss has a ridge."""
    del rng
    order = np.argsort(logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    if (logits == logits.max()).sum() > 1:
        return []
    return sorted({int(order[-1]), int(order[0]), int(order[len(order) // 2])})


DEFINITION = Definition(
    definition,
    source="Reed et al. 2015, section 3.2",
    inputs="logits",
    parameters=({}, {"beta": 0.3}),
    units={"value": 8, "gradient": 8, "gradient of rows": True, "product": 64},
    truths=truths,
)
