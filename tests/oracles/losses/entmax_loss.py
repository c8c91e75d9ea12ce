"""Peters, Niculae and Martins 2019, equations 7, 10 and 14."""

import numpy as np
from mpmath import fsum, mp, mpf

PARAMETERS = ({"alpha": 1.5}, {"alpha": 1.25}, {"alpha": 2.0})
UNITS = {"value": 16, "gradient": 16, "gradient of rows": True, "product": 64}


def entmax(z, alpha):
    """``max((alpha - 1) * z - tau, 0) ** (1 / (alpha - 1))`` with the `tau` that makes the sum 1."""
    alpha = mpf(alpha)
    scaled = [(alpha - 1) * x for x in z]
    tau = max(scaled) - 1
    power = 1 / (alpha - 1)
    while True:
        above = [x - tau for x in scaled if x > tau]
        excess = fsum(x**power for x in above) - 1
        step = excess / (power * fsum(x ** (power - 1) for x in above))
        tau += step
        if step < mpf(10) ** (5 - mp.dps):
            return [(x - tau) ** power if x > tau else mpf(0) for x in scaled]


def fenchel_young(z, targets, alpha):
    """``<p - targets, z> + H(p) - H(targets)``, with Tsallis' entropy `H`."""
    p = entmax(z, alpha)
    product = fsum((a - t) * x for a, t, x in zip(p, targets, z, strict=True) if a != t)
    return without_noise(product + tsallis_entropy(p, alpha) - tsallis_entropy(targets, alpha))


def without_noise(number):
    """0 for what is left of an exact 0 at any finite precision."""
    return number if abs(number) > mpf(10) ** (40 - mp.dps) else mpf(0)


def tsallis_entropy(p, alpha):
    """``sum(p - p ** alpha) / (alpha * (alpha - 1))``."""
    alpha = mpf(alpha)
    return fsum(a - a**alpha for a in p) / (alpha * (alpha - 1))


def value(z, label, alpha):
    """The loss for the label's indicator."""
    return fenchel_young(z, [mpf(k == label) for k in range(len(z))], alpha)


def inputs():
    """Rows inside, next to and beyond the margins; none is on one, where a class enters the support."""
    rng = np.random.default_rng(20261126)
    for gap in (0.0, 2.0**-30, 0.5, 1 - 2.0**-20, 1.25, 2 - 2.0**-20, 3.25, 17.0):
        yield np.float32([0.0, -gap])
    for scale, shift in ((0.01, 0.0), (0.3, -64.0), (1.0, 0.0), (10.0, 0.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.full(4, -2.25, dtype=np.float32)
    yield np.float32([-np.inf, 0.8, -0.3, -np.inf, 1.4])
    yield np.float32([13.7])
    yield (0.5 * rng.standard_normal(10)).astype(np.float32)
