"""The estimators of entropy as their papers write them, in mpmath, from counts alone."""

from mpmath import digamma, exp, fsum, gamma, inf, log, loggamma, mpf, polygamma, quad, sqrt

__all__ = [
    "BY_METHOD",
    "HARD_COUNTS",
    "dirichlet_moments",
    "entropy",
    "nsb_moments",
    "series_tail",
]

HARD_COUNTS = (
    [1],
    [7],
    [1, 1],
    [1, 1, 1, 1],
    [1, 2, 3, 2, 1],
    [4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1],
    [10, 1],
    [10, 1, 1],
    [300, 300, 301],
    [1000, 0, 1, 2, 3, 50],
    [10**6, 1],
    [10**6, 2, 1],
    [10**9, 10**9 - 1],
)


def entropy(p):
    """``-sum p log p``."""
    return -fsum(x * log(x) for x in p if x)


def plug_in(counts, _K):
    n = mpf(sum(counts))
    return entropy([c / n for c in counts])


def miller_madow(counts, _K):
    return plug_in(counts, _K) + mpf(sum(c > 0 for c in counts) - 1) / (2 * sum(counts))


def chao_shen(counts, _K):
    n, once = mpf(sum(counts)), counts.count(1)
    coverage = 1 - (once if once < n else once - 1) / n
    p = [coverage * c / n for c in counts if c]
    return -fsum(x * log(x) / (1 - (1 - x) ** n) for x in p)


def grassberger_1988(counts, _K):
    n = mpf(sum(counts))
    return fsum(c / n * (log(n) - digamma(c) - mpf((-1) ** c) / (c + 1)) for c in counts if c)


def grassberger_2003(counts, _K):
    n = mpf(sum(counts))
    return log(n) - fsum(c / n * _digamma_with_parity(c) for c in counts if c)


def schuermann_grassberger(counts, _K):
    n = mpf(sum(counts))
    return digamma(n) - fsum(c / n * _digamma_with_parity(c) for c in counts if c)


def _digamma_with_parity(c):
    return digamma(c) + mpf((-1) ** c) / 2 * (digamma(mpf(c + 1) / 2) - digamma(mpf(c) / 2))


def zhang(counts, _K):
    n = mpf(sum(counts))
    return fsum(c / n * (digamma(n) - digamma(c)) for c in counts if c)


def chao_wang_jost(counts, _K):
    n, once, twice = sum(counts), counts.count(1), counts.count(2)
    if twice:
        A = mpf(2 * twice) / ((n - 1) * once + 2 * twice)
    else:
        A = mpf(2) / ((n - 1) * (once - 1) + 2) if once else mpf(1)
    known = zhang(counts, _K)
    return known if A == 1 else known + mpf(once) / n * series_tail(A, n)


def series_tail(A, n):
    """``(1-A)**(1-n) (-log A - sum_{r<n} (1-A)**r / r)``; the cancelling digits must be there."""
    x, power, partial = 1 - A, mpf(1), mpf(0)
    for r in range(1, n):
        power *= x
        partial += power / r
    return (-log(A) - partial) / power


def james_stein(counts, K):
    n = mpf(sum(counts))
    p = [c / n for c in counts if c] + [mpf(0)] * (K - sum(c > 0 for c in counts))
    spread = (n - 1) * fsum((mpf(1) / K - x) ** 2 for x in p)
    weight = min(mpf(1), (1 - fsum(x * x for x in p)) / spread) if spread else mpf(1)
    return entropy([weight / K + (1 - weight) * x for x in p])


def jackknife(counts, _K):
    n = sum(counts)
    without = mpf(0)
    for k, c in enumerate(counts):
        if c:
            without += c * plug_in([*counts[:k], c - 1, *counts[k + 1 :]], _K)
    return n * plug_in(counts, _K) - mpf(n - 1) / n * without


def bonachela(counts, _K):
    n = sum(counts)
    cells = [c for c in counts if c]
    inner = {c: fsum(mpf(1) / j for j in range(c + 2, n + 3)) for c in set(cells)}
    return fsum((c + 1) * inner[c] for c in cells) / (n + 2)


BY_METHOD = {
    f.__name__: f
    for f in (
        plug_in, miller_madow, chao_shen, grassberger_1988, grassberger_2003, schuermann_grassberger,
        zhang, chao_wang_jost, james_stein, jackknife, bonachela,
    )
}  # fmt: skip


def dirichlet_moments(alpha):
    """Mean and variance of the entropy: the second moment as Wolpert and Wolf write it, less the square."""
    A = fsum(alpha)
    mean = fsum(a / A * (digamma(A + 1) - digamma(a + 1)) for a in alpha)
    second = mpf(0)
    for i, a in enumerate(alpha):
        for k, b in enumerate(alpha):
            if i == k:
                inner = (digamma(a + 2) - digamma(A + 2)) ** 2 + polygamma(1, a + 2) - polygamma(1, A + 2)
                second += a * (a + 1) * inner
            else:
                inner = (digamma(b + 1) - digamma(A + 2)) * (digamma(a + 1) - digamma(A + 2))
                second += a * b * (inner - polygamma(1, A + 2))
    return mean, second / (A * (A + 1)) - mean**2


def nsb_moments(counts, K):
    """Posterior mean and standard deviation by brute quadrature over beta itself, on (0, inf)."""
    n = sum(counts)
    cells = [c for c in counts if c] + [0] * (K - sum(c > 0 for c in counts))

    def weight(b):
        slope = K * polygamma(1, K * b + 1) - polygamma(1, b + 1)
        product = mpf(1)
        for c in cells:
            product *= gamma(c + b) / gamma(b)
        return slope * exp(loggamma(K * b) - loggamma(n + K * b)) * product

    def integral(f):
        return quad(f, [0, mpf("0.01"), mpf("0.1"), mpf("0.5"), 1, 3, 10, 100, 10**4, inf])

    total = integral(weight)
    moments = [
        integral(lambda b, power=power: weight(b) * _moment(cells, b, power)) / total for power in (1, 2)
    ]
    return moments[0], sqrt(moments[1] - moments[0] ** 2)


def _moment(cells, b, power):
    mean, variance = dirichlet_moments([c + b for c in cells])
    return mean if power == 1 else variance + mean**2
