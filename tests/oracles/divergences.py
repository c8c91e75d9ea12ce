"""Entropy and divergence, from their definitions. Run as ``python -m tests.oracles.divergences``."""

import numpy as np
from mpmath import fsum, inf, log
from tests.oracles import tables

__all__ = ["digits", "rows", "truths"]


def entropy(p):
    """``-sum p log p``."""
    return -fsum(x * log(x) for x in p if x)


def kl_divergence(p, q):
    """``sum p log(p / q) + sum q - sum p``: the inputs are floats, whose sums are not quite 1."""
    terms = [(x * log(x / y) if y else inf) for x, y in zip(p, q, strict=True) if x]
    return fsum(terms) + fsum(q) - fsum(p)


def truths(row):
    """What is stored of one pair of distributions."""
    p, q = tables.numbers(row["p"]), tables.numbers(row["q"])
    return {"entropy": entropy(p), "kl_divergence": kl_divergence(p, q)}


def digits(_row):
    """Enough for relative differences down to the squared spacing of floats, over their range."""
    return 700


def rows():
    """The inputs: random pairs, almost equal pairs, zeros on either side, and tiny probabilities."""
    rng = np.random.default_rng(20260909)
    for K in (2, 5):
        for _ in range(6):
            yield _row(rng.dirichlet(np.ones(K)), rng.dirichlet(np.ones(K)))
            yield _row(rng.dirichlet(np.full(K, 0.1)), rng.dirichlet(np.full(K, 0.1)))
    for distance in (1e-1, 1e-2, 1e-3, 1e-5, 2.0**-20):
        p = rng.dirichlet(np.full(5, 3.0)).astype(np.float32)
        yield _row(p, p * (1 + distance * rng.standard_normal(5)))
    for ratio in (0.5, 2.0, np.nextafter(np.float32(0.5), 0), np.nextafter(np.float32(2), 3), 0.51, 1.99):
        yield _row([0.25, 0.75], [0.25 * ratio, 1 - 0.25 * ratio])
    yield _row([0.25, 0.75], [0.25, 0.75])
    yield _row([0.0, 1.0], [0.0, 1.0])
    yield _row([0.0, 1.0], [0.5, 0.5])
    yield _row([0.5, 0.5], [0.0, 1.0])
    yield _row([1.0, 0.0], [1e-30, 1.0])
    yield _row([1e-30, 1.0], [1.0, 1e-30])
    yield _row([1e-37, 1.0], [3e-37, 1.0])
    yield _row([1.0, 0.0], [1.0, 1e-36])
    for p, q in (([1.0, 0.0], [5e-324, 1.0]), ([1e-300, 1.0], [3e-300, 1.0]), ([5e-324, 1.0], [1.0, 1e-310])):
        yield {"p": p, "q": q}
    near = np.asarray([0.3, 0.7])
    yield {"p": near.tolist(), "q": np.nextafter(near, [1, 0]).tolist()}
    yield {"p": near.tolist(), "q": (near + np.asarray([1e-9, -1e-9])).tolist()}


def _row(p, q):
    """A pair that is exact in 32 bits."""
    return {name: np.asarray(x).astype(np.float32).astype(float).tolist() for name, x in (("p", p), ("q", q))}


if __name__ == "__main__":
    table = []
    for row in rows():
        found = tables.to_precision(digits(row), truths, row)
        assert found == tables.to_precision(2 * digits(row), truths, row), row
        table.append({**row, **found})
    tables.write("divergences", table)
