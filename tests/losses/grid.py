"""Rows of logits of every size by what is hard about them, and the exact cross-entropy of a label on each."""

import functools

import numpy as np
from mpmath import fsum, mp, mpf
from tests.oracles import tables

__all__ = ["SIZES", "rows", "truths"]

SIZES = (1, 2, 10, 1000, 256_000)
_GAPS = (0.0, 1e-3, 1.0, 10.0, 100.0, 745.0, 1e4)
# Beyond so many classes logits take few values: mpmath adds up each of them once, times its number.
_DIFFERENT = 1000


@functools.cache
def rows(size, dtype):
    """Logits of shape (N, size) and a label for each row, exact in `dtype`."""
    made = list(_rows(size, np.random.default_rng(20261201 + size), dtype))
    logits = np.stack([np.asarray(row, dtype=dtype) for row, _ in made])
    return logits, np.asarray([label % size for _, label in made])


@functools.cache
def truths(size, dtype):
    """Value, and derivative in the logit of the label, of each row of the grid."""
    found = [
        tables.to_precision(60, truth_of, row, label) for row, label in zip(*rows(size, dtype), strict=True)
    ]
    return {name: tables.exact([row[name] for row in found]) for name in ("value", "slope")}


def truth_of(logits, label):
    """``log(1 + s)`` and ``-s / (1 + s)`` with the sum ``s`` of ``exp(z_k - z_y)`` over all others."""
    numbers, counts = np.unique(logits, return_counts=True)
    counts = counts - (numbers == logits[label])
    at_label = mpf(float(logits[label]))
    others = fsum(
        int(n) * mp.exp(mpf(float(z)) - at_label) for z, n in zip(numbers, counts, strict=True) if n
    )
    return {"value": mp.log1p(others), "slope": -others / (1 + others)}


def _rows(size, rng, dtype):
    """Each row with its label, which may count from the end."""
    for gap in _GAPS:
        # The label is above all others by the gap, then below.
        for sign in (1, -1):
            row = np.full(size, -3.7)
            row[size // 3] += sign * gap
            yield row, size // 3
    for scale in (0.01, 1.0, 10.0, 100.0):
        row = scale * _normal(rng, size)
        yield row, int(row.argmax())
        yield row, int(rng.integers(size))
        yield row, int(row.argmin())
    for shift in (1e6, -1e6, 1e30, -1e30):
        yield 3 * _normal(rng, size) + shift, -1
    # Half of the classes are tied at the top; nothing but the label and one other is not masked.
    tied = np.where(np.arange(size) % 2, -41.0, 7.25)
    yield tied, 0
    yield tied, -1
    masked = np.full(size, -np.inf)
    masked[0], masked[-1] = 2.5, -20.0
    yield masked, 0
    yield masked, -1
    steps = np.arange(size) // max(1, size // _DIFFERENT)
    yield float(np.finfo(dtype).smallest_subnormal) * steps, 0
    yield np.full(size, float(np.finfo(dtype).max) / 2), -1
    # A series of which no term can be left out.
    yield -steps / 256.0, 0
    yield -steps / 256.0, -1


def _normal(rng, size):
    numbers = rng.standard_normal(size)
    return np.round(numbers * 64) / 64 if size > _DIFFERENT else numbers
