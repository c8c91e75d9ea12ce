"""Ma et al. 2020: normalised cross-entropy plus mean absolute error."""

import numpy as np
from mpmath import fsum, log, mpf
from tests.oracles.loss_tables import softmax

__all__ = ["truths", "value"]

INPUTS = "logits"
PARAMETERS = ({},)
# Units in the last place: of each value; of the largest entry of a row's gradient, and of that or of its
# product.
UNITS = {"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True}


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def value(z, label, alpha=1.0, beta=1.0):
    """``alpha * log(p_y) / sum(log(p_k)) + beta * sum(|p_k - [k = y]|)``."""
    p = softmax(z)
    active = log(p[label]) / fsum(log(x) for x in p if x > 0)
    others = fsum(p[k] for k in range(len(p)) if k != label)
    return mpf(alpha) * active + mpf(beta) * (others + others)
