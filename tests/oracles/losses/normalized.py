"""Ma et al. 2020, the normalised losses, here of poly-1; a class of logit ``-inf`` takes no part."""

import numpy as np
from mpmath import fsum, log
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


def value(z, label):
    """``L(y) / sum(L(k))`` with ``L(k) = -log(p_k) + (1 - p_k)``."""
    p = softmax(z)
    losses = [_poly(p, k) for k in range(len(p)) if p[k] > 0]
    return _poly(p, label) / fsum(losses)


def _poly(p, label):
    return -log(p[label]) + fsum(p[k] for k in range(len(p)) if k != label)
