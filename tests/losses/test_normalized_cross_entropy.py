"""normalized_cross_entropy."""

import numpy as np
from mpmath import fsum, log
from tests.oracles.loss_tables import Definition, softmax


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def definition(z, label):
    """``log(p_y) / sum(log(p_k))``."""
    p = [x for x in softmax(z) if x > 0]
    return log(softmax(z)[label]) / fsum(map(log, p))


DEFINITION = Definition(
    definition,
    source="Ma et al. 2020, the normalised cross-entropy; a class of logit ``-inf`` takes no part",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True},
    truths=truths,
)
