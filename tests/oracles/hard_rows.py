"""Rows of logits, single logits and cosines at which losses are hard to compute, by their kind."""

import numpy as np

__all__ = ["HARD"]


def _softmax_logits():
    """Rows of logits by what is hard about them; all are exact in 32 bits."""
    rng = np.random.default_rng(20261121)
    for gap in (0.0, 2.0**-30, 0.5, 17.0, 50.0, 88.0, 103.0, 708.0):
        yield np.float32([0.0, -gap])
    yield np.float32([0.3, 0.3 - 41.3])
    yield np.float32([-3.7 - 601.7, -3.7])
    for scale in (0.01, 1.0, 10.0, 100.0):
        for shift in (0.0, -1e6):
            yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.full(4, -2.25, dtype=np.float32)
    yield np.float32([1.7, -0.4, 1.7, 0.9, -60.0])
    yield np.float32([-np.inf, 0.8, -1.3, -np.inf, 2.4])
    yield np.float32([40.0, -np.inf, 0.1, -3.3, -np.inf])
    yield np.float32([13.7])
    yield (2 * rng.standard_normal(10)).astype(np.float32)


def _single_logits():
    """Single logits, near 0 and far out, on both sides; all are exact in 32 bits."""
    for z in (0.0, 2.0**-30, 0.3, 1.0, 3.7, 17.0, 41.3, 88.0, 103.0, 708.0):
        yield np.float32([z])
        yield np.float32([-z])


def _cosines():
    """Rows of cosines, away from -1 and 1 and near them; all are exact in 32 bits."""
    rng = np.random.default_rng(20261122)
    for spread in (0.05, 0.5, 0.95):
        for _ in range(3):
            yield (spread * rng.uniform(-1, 1, size=4)).astype(np.float32)
    yield np.float32([0.999, -0.2, 0.1])
    yield np.float32([1 - 2.0**-20, -0.7, 0.3])
    yield np.float32([-0.999, 0.2, 0.1])


HARD = {"logits": _softmax_logits, "logit": _single_logits, "cosines": _cosines}
