"""Rows of logits that are hard, and the exact softmax cross-entropy of a label."""

import functools
from fractions import Fraction

import numpy as np
from mpmath import mp, mpf
from tests.relative_error import Exact

__all__ = ["hard_rows", "truth_of_labels"]


@functools.cache
def hard_rows(dtype, K):
    """Logits of shape (N, K) and labels: gaps, ties, far shifts, subnormals, a sure class, masked ones."""
    rng = np.random.default_rng(20261120 + K)
    huge = 1e30 if dtype == np.float32 else 1e300
    spread = rng.standard_normal((6, K)) * np.asarray([[0.01], [1], [5], [30], [300], [3000]])
    rows = [*spread, spread[1] + 1e4, spread[2] - 1e6, np.full(K, -2.25), np.full(K, huge)]
    gaps = (1e-3, 1.0, 17.0, 50.0, 87.5, 103.0, 708.0, 744.0, 1e4)
    rows.extend(np.where(np.arange(K) == K // 2, 0.3, 0.3 - gap) for gap in gaps)
    rows.append(np.where(rng.random(K) < 0.4, -np.inf, spread[2]))
    rows.append(np.where(np.arange(K) % 3, spread[1].max(), spread[1]))
    rows.append(rng.choice([5e-324, 1e-40, 0.0, -1e-40], K))
    logits = np.asarray(rows).astype(dtype)
    logits[np.isneginf(logits).all(-1)] = 0
    order = np.argsort(logits, axis=-1, kind="stable")
    picks = np.asarray([K - 1, 0, K // 2])[np.arange(len(rows)) % 3]
    picks[10:19] = np.arange(9) % 2 * (K - 1)
    labels = order[np.arange(len(rows)), picks]
    return logits, labels


def truth_of_labels(logits, labels):
    """Exact values, and gradients of every entry, by sums without differences of near numbers."""
    with mp.workdps(50):
        values, gradients = zip(*map(_of_row, logits, labels), strict=True)
        return _exact(values), _exact(gradients)


def _of_row(logits, label):
    top = int(np.argmax(logits))
    powers = [_power(x, logits[top]) for x in logits]
    rest = mp.fsum(power for k, power in enumerate(powers) if k != top)
    gap = mp.inf if np.isneginf(logits[label]) else _mpf(_difference(logits[top], logits[label]))
    gradient = [power / (1 + rest) for power in powers]
    gradient[label] = -rest / (1 + rest) if label == top else gradient[label] - 1
    return gap + mp.log1p(rest), gradient


@functools.cache
def _power(logit, peak):
    return mpf(0) if np.isneginf(logit) else mp.exp(-_mpf(_difference(peak, logit)))


def _difference(a, b):
    return Fraction(float(a)) - Fraction(float(b))


def _mpf(fraction):
    return mpf(fraction.numerator) / fraction.denominator


def _exact(numbers):
    if isinstance(numbers, (list, tuple)):
        parts = [_exact(number) for number in numbers]
        return Exact(np.stack([part.hi for part in parts]), np.stack([part.lo for part in parts]))
    head = float(numbers)
    return Exact(np.asarray(head), np.asarray(float(numbers - mpf(head)) if np.isfinite(head) else 0.0))
