"""The measures from their definitions, in as many digits as are asked for: what the tests take for true."""

import numpy as np
from mpmath import exp, fsum, inf, log, mp, mpf, sqrt
from tests.relative_error import Exact, units_apart

__all__ = [
    "alpha_divergence",
    "assert_units",
    "chi_squared",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "entropies_of_table",
    "entropy",
    "in_digits",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "numbers",
    "pointwise_mutual_information",
    "renyi_divergence",
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
    if order == 1:
        return kl_divergence(p, q)
    terms = [
        (x**order * y ** (1 - order) if x and y else mpf(0)) - order * x - (1 - order) * y
        for x, y in zip(p, q, strict=True)
    ]
    return fsum(terms) / (order * (order - 1))


def renyi_divergence(p, q, order):
    """With the sums of `p` and `q` where the sum of powers is above 1/2."""
    order = mpf(order)
    less_1 = order * (order - 1) * alpha_divergence(p, q, order)
    powers = fsum(x**order * y ** (1 - order) for x, y in zip(p, q, strict=True) if x and y)
    return log(1 + less_1 if 2 * less_1 > -1 else powers) / (order - 1)


def renyi_entropy(p, order):
    order = mpf(order)
    return log(fsum(x**order for x in p if x) / fsum(p)) / (1 - order)


def tsallis_entropy(p, order):
    order = mpf(order)
    return (fsum(x**order for x in p if x) - fsum(p)) / (1 - order)


def softmax(logits):
    total = fsum(exp(z) for z in logits)
    return [exp(z) / total for z in logits]


def mutual_information(joint):
    """Of two variables: the divergence from the product of the marginals over the sum of the table."""
    return kl_divergence(_flat(joint), _flat(_independent(joint)))


def conditional_mutual_information(joint):
    """The first variable known."""
    return fsum(map(mutual_information, joint))


def total_correlation(joint):
    """Of three variables."""
    whole = fsum(map(fsum, map(_flat, joint)))
    first = [fsum(_flat(table)) for table in joint]
    second = [fsum(x for table in joint for x in table[j]) for j in range(len(joint[0]))]
    third = [fsum(row[k] for table in joint for row in table) for k in range(len(joint[0][0]))]
    product = [a * b * c / whole**2 for a in first for b in second for c in third]
    return kl_divergence([x for table in joint for x in _flat(table)], product)


def pointwise_mutual_information(joint):
    return [log(x / y) for x, y in zip(_flat(joint), _flat(_independent(joint)), strict=True)]


def entropies_of_table(joint):
    """Of the row, the column and both, with the sum of the table for 1."""
    whole = fsum(_flat(joint))
    parts = [fsum(row) for row in joint], [fsum(column) for column in zip(*joint, strict=True)], _flat(joint)
    return [fsum(x * log(whole / x) for x in part if x) for part in parts]


def _independent(joint):
    rows, columns = [fsum(row) for row in joint], [fsum(column) for column in zip(*joint, strict=True)]
    return [[r * c / fsum(rows) for c in columns] for r in rows]


def _flat(joint):
    return [x for row in joint for x in row]


def conditional_entropy(joint):
    """Of the column, the row known."""
    return fsum(x * log(fsum(row) / x) for row in joint for x in row if x)
