"""Losses on one logit, from their definitions. Run as ``python -m tests.oracles.sigmoid_losses``."""

import numpy as np
from mpmath import exp, log1p
from tests.oracles import tables

__all__ = ["digits", "rows", "truths"]


def cross_entropy(z, t):
    """``t log(1 + exp(-z)) + (1 - t) log(1 + exp(z))`` and its two derivatives."""
    p = 1 / (1 + exp(-z))
    return t * log1p(exp(-z)) + (1 - t) * log1p(exp(z)), p - t, p * (1 - p)


def squared_error(z, t):
    """``(p - t)^2`` and its two derivatives."""
    p = 1 / (1 + exp(-z))
    slope, bend = p * (1 - p), p * (1 - p) * (1 - 2 * p)
    return (p - t) ** 2, 2 * (p - t) * slope, 2 * slope**2 + 2 * (p - t) * bend


def truths(row):
    """What is stored of one pair of logit and target."""
    z, t = tables.numbers((row["logit"], row["target"]))
    names = ("value", "gradient", "hessian")
    return {
        loss.__name__: dict(zip(names, loss(z, t), strict=True)) for loss in (cross_entropy, squared_error)
    }


def digits(row):
    """Enough to see the smaller exponential beside 1, squared, as far as it is a float."""
    return 60 + int(min(abs(row["logit"]), 1000))


def rows():
    """The inputs: logits from 0 to far beyond underflow, of both signs, against hard and soft targets."""
    sizes = [0.0, 5e-324, 1e-8, 0.1, 0.5, 1.0, 2.7, 10.0, 17.5, 36.0, 37.5, 50.0, 87.0, 103.0, 354.0]
    sizes += [700.3, 708.0, 744.0, 760.0, 1e4]
    for size in map(np.float32, sizes):
        for target in (0.0, 1.0, 0.5, 0.25, float(np.float32(0.9)), 2.0**-30, 1 - 2.0**-24):
            for sign in (1, -1):
                yield {"logit": float(sign * size), "target": target}
    yield {"logit": 5e-324, "target": 1.0}
    yield {"logit": 1e300, "target": 1.0}
    yield {"logit": -1e300, "target": 0.3}
    yield {"logit": 33.33, "target": 1.0}


if __name__ == "__main__":
    table = []
    for row in rows():
        found = tables.to_precision(digits(row), truths, row)
        assert found == tables.to_precision(2 * digits(row), truths, row), row
        table.append({**row, **found})
    tables.write("sigmoid_losses", table)
