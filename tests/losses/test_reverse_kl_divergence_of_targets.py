"""reverse_kl_divergence_of_targets."""

import numpy as np
from tests.losses.test_kl_divergence_of_targets import divergence
from tests.oracles.loss_tables import Definition, positive_shares, softmax


def definition(z, targets):
    """The divergence with its arguments exchanged."""
    return divergence(softmax(z), targets)


def truths(logits, rng):
    """A distribution without zeros, and one that is next to certain."""
    shares = positive_shares(logits, rng)
    order = np.argsort(shares)
    nearly = np.where(shares > 0, 2.0**-18, 0.0)
    nearly[order[-1]] = 1 - 2.0**-18 * (np.count_nonzero(shares) - 1)
    return [shares.tolist(), nearly.tolist()]


def inputs():
    """Rows of logits whose probabilities have all digits: below that, `p log(p)` has none of them."""
    rng = np.random.default_rng(20261127)
    for gap in (0.0, 2.0**-30, 0.5, 17.0, 50.0, 80.0):
        yield np.float32([0.0, -gap])
    for scale, shift in ((0.01, 0.0), (1.0, -1e4), (1.0, 0.0), (10.0, 0.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.full(4, -2.25, dtype=np.float32)
    yield np.float32([1.7, -0.4, 1.7, 0.9, -60.0])
    yield np.float32([-np.inf, 0.8, -1.3, -np.inf, 2.4])
    yield np.float32([13.7])
    yield (2 * rng.standard_normal(10)).astype(np.float32)


DEFINITION = Definition(
    definition,
    source="Csiszar 1975: the divergence of the targets from the model",
    inputs=inputs,
    parameters=({},),
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
