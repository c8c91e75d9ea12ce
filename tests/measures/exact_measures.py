"""The measures from their definitions, in as many digits as are asked for: what the tests take for true."""

import numpy as np
from mpmath import exp, fsum, inf, log, mp, mpf, sqrt
from tests.relative_error import Exact, units_apart

__all__ = [
    "alpha_divergence",
    "assert_units",
    "chi_squared",
    "conditional_entropy",
    "cross_entropy",
    "entropy",
    "in_digits",
    "js_divergence",
    "kl_divergence",
    "numbers",
    "renyi_entropy",
    "softmax",
    "squared_hellinger",
    "total_correlation",
    "total_variation",
    "tsallis_entropy",
]


def in_digits(digits, function, *arguments):
    """`function` of arrays of floats, every step in so many digits, as text of 25."""
    with mp.workdps(digits):
        return mp.nstr(function(*map(numbers, arguments)), 25)


def assert_units(units, found, truth, note=""):
    """Raise if the float `found` is more than `units` in the last place from the text `truth`."""
    hi = float(truth)
    with mp.workdps(60):
        lo = float(mpf(truth) - mpf(hi)) if np.isfinite(hi) else 0.0
    apart = float(units_apart(np.asarray(found), Exact(np.asarray(hi), np.asarray(lo))))
    assert apart <= units, f"{apart:.3g} > {units} units: {float(found)!r}, truth {truth} {note}"


def numbers(values):
    """Floats, in arrays of any depth, as mpmath sees them."""
    return [numbers(value) for value in values] if np.ndim(values) else mpf(float(values))


def entropy(p):
    return -fsum(x * log(x) for x in p if x)


def cross_entropy(p, q):
    return -fsum(x * (log(y) if y else -inf) for x, y in zip(p, q, strict=True) if x)


def kl_divergence(p, q):
    """With the difference of the sums, which is what rounding made of 0."""
    terms = [(x * log(x / y) if y else inf) for x, y in zip(p, q, strict=True) if x]
    return fsum(terms) + fsum(q) - fsum(p)


def js_divergence(distributions, weights):
    mixture = [
        fsum(w * x for w, x in zip(weights, column, strict=True))
        for column in zip(*distributions, strict=True)
    ]
    return fsum(w * kl_divergence(p, mixture) for w, p in zip(weights, distributions, strict=True))


def squared_hellinger(p, q):
    return fsum((sqrt(x) - sqrt(y)) ** 2 for x, y in zip(p, q, strict=True)) / 2


def chi_squared(p, q):
    return fsum((x - y) ** 2 / y for x, y in zip(p, q, strict=True) if y)


def total_variation(p, q):
    return fsum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2


def alpha_divergence(p, q, order):
    """With the sums of `p` and `q` where the definition has 1."""
    order = mpf(order)
    terms = [
        (x**order * y ** (1 - order) if x and y else mpf(0)) - order * x - (1 - order) * y
        for x, y in zip(p, q, strict=True)
    ]
    return fsum(terms) / (order * (order - 1))


def renyi_entropy(p, order):
    order = mpf(order)
    return log(fsum(x**order for x in p if x) / fsum(p)) / (1 - order)


def tsallis_entropy(p, order):
    order = mpf(order)
    return (fsum(x**order for x in p if x) - fsum(p)) / (1 - order)


def softmax(logits):
    total = fsum(exp(z) for z in logits)
    return [exp(z) / total for z in logits]


def total_correlation(joint):
    """Of two variables, with the difference of the sums."""
    rows, columns = [fsum(row) for row in joint], [fsum(column) for column in zip(*joint, strict=True)]
    flat = [x for row in joint for x in row]
    return kl_divergence(flat, [r * c for r in rows for c in columns])


def conditional_entropy(joint):
    """Of the column, the row known."""
    return fsum(x * log(fsum(row) / x) for row in joint for x in row if x)
