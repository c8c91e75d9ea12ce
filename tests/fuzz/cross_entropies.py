"""Softmax and sigmoid cross-entropy of one row in long arithmetic, by sums that do not cancel."""

from types import SimpleNamespace

import numpy as np
from mpmath import exp, fsum, inf, log1p, mp, mpf, nan
from tests.fuzz.truths import number

__all__ = ["event_truth", "row_truth"]


def row_truth(z, masses, z_weight, *, is_read=True, is_left_out=False):
    """Value, gradient and the size of the terms of both, by their definitions."""
    zeros = [mpf(0)] * len(z)
    if is_left_out:
        return SimpleNamespace(value=mpf(0), gradient=zeros, size=mpf(0), sizes=zeros)
    if not is_read or np.isnan(z).any() or np.isposinf(z).any() or np.isneginf(z).all():
        return SimpleNamespace(value=nan, gradient=[nan] * len(z), size=nan, sizes=[mpf(1)] * len(z))
    with mp.workdps(60):
        x = [number(a) if np.isfinite(a) else -inf for a in z]
        top = max(range(len(x)), key=x.__getitem__)
        powers = [exp(a - x[top]) if a > -inf else mpf(0) for a in x]
        rest = fsum(power for k, power in enumerate(powers) if k != top)
        complements = [(1 + rest - power) / (1 + rest) if k != top else rest / (1 + rest)
                       for k, power in enumerate(powers)]  # fmt: skip
        L = x[top] + log1p(rest)
        value = fsum(m * ((x[top] - a if a > -inf else inf) + log1p(rest))
                     for m, a in zip(masses, x, strict=True) if m)  # fmt: skip
        s = fsum(masses)
        extra, moved = z_weight * L * L, 2 * z_weight * L
        gradient, sizes = [], []
        for k, (power, m) in enumerate(zip(powers, masses, strict=True)):
            p = power / (1 + rest)
            others = fsum(w for j, w in enumerate(masses) if j != k)
            gradient.append(others * p - m * complements[k] + moved * p)
            reach = 2 * z_weight * (abs(x[top]) + log1p(rest)) * p
            sizes.append(max(others * p, m * complements[k], reach, abs(gradient[-1])))
        size = max(value + extra, 2 * z_weight * abs(L) * (abs(x[top]) + log1p(rest)))
        return SimpleNamespace(value=value + extra, gradient=gradient, size=size, sizes=sizes, s=s)


def event_truth(z, t, q):
    """Value, slope and the larger of its terms of one event."""
    if np.isnan(z):
        return nan, nan, np.asarray(1.0)
    t = number(t)
    q = number(q)
    if np.isinf(z):
        above, cost_for, cost_against = (mpf(1), mpf(0), inf) if z > 0 else (mpf(0), inf, mpf(0))
        terms = [w * cost for w, cost in ((q * t, cost_for), (1 - t, cost_against)) if w]
        below = 1 - above
    else:
        x = number(z)
        rest = log1p(exp(-abs(x)))
        terms = [q * t * (rest + max(-x, 0)), (1 - t) * (rest + max(x, 0))]
        above, below = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
    return (
        fsum(terms),
        (1 - t) * above - q * t * below,
        np.asarray(float(max((1 - t) * above, q * t * below))),
    )
