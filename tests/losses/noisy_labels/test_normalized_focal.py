"""Definition and edge cases of `normalized_focal`."""

import numpy as np
from mpmath import fsum, log, mpf
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import normalized_focal


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def definition(z, label, gamma):
    """``L(y) / sum(L(k))`` with ``L(k) = -(1 - p_k) ** gamma * log(p_k)``."""
    p = softmax(z)
    losses = [_focal(p, k, mpf(gamma)) for k in range(len(p)) if p[k] > 0]
    return _focal(p, label, mpf(gamma)) / fsum(losses)


def _focal(p, label, gamma):
    others = fsum(p[k] for k in range(len(p)) if k != label)
    return -(others**gamma) * log(p[label])


DEFINITION = Definition(
    definition,
    source="Ma et al. 2020, the normalised focal loss; a class of logit ``-inf`` takes no part",
    inputs="logits",
    parameters=({"gamma": 0.5},),
    units={"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True},
    truths=truths,
)


def test_options_count_for_the_whole():
    logits, labels = np.asarray([[2.0, 0.5, -1.0]]), np.asarray([1])
    weights = np.asarray([1.0, 3.0, 1.0])
    found = normalized_focal(logits, labels, temperature=2.0, class_weights=weights)
    np.testing.assert_allclose(found, 3 * normalized_focal(logits / 2, labels), rtol=1e-15)
