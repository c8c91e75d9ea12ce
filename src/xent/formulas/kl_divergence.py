r"""
Kullback-Leibler divergence of two distributions, in nats, as a sum of terms that are never negative.

.. math::

    \mathrm{KL}(p \,\|\, q) = \sum_k p_k\, \varphi\!\left(\frac{q_k - p_k}{p_k}\right), \qquad
    \varphi(d) = d - \log(1 + d),

where a term of :math:`p_k = 0` is :math:`q_k`. This form adds :math:`\sum q - \sum p` to the usual
:math:`\sum p \log (p / q)`: nothing for distributions. In return it keeps its relative accuracy where `p`
and `q` are almost equal; there the terms of the usual form are large, of both signs, and cancel.

With :math:`s = (q - p) / (q + p)`, a term is :math:`s (q - p) - 2 p (s^3/3 + s^5/5 + \dots)`, used where
`p` and `q` lie within a factor of 2. Elsewhere ``p log(p / q) + (q - p)`` cancels no more than a factor
of 4.

Source: Kullback, S., Leibler, R. A. (1951). On information and sufficiency. Ann. Math. Statist. 22(1),
equation 2.4; the series: Loader, C. (2000). Fast and accurate computation of binomial probabilities,
whose deviance ``bd0(p, q)`` is the term.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["value"]

# Coefficients of x, x**2, ... in (atanh(s) - s) / s with x = s * s <= 1/9: enough for 64-bit floats.
_ATANH = tuple(1 / (2 * n + 1) for n in range(1, 17))


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Divergence of the model `q` from the truth `p`, both of shape (..., K), in nats; of shape (...)."""
    near = (p > 0) & (2 * q >= p) & (q <= 2 * p)
    far = (p > 0) & (q > 0) & ~near
    terms = xp.where(near, _near(xp.where(near, p, 1.0), xp.where(near, q, 1.0)), q - p)
    logs = _log_ratio(xp.where(far, p, 1.0), xp.where(far, q, 1.0), xp=xp)
    terms = terms + xp.where(far, p * logs, 0.0)
    return xp.sum(xp.where((p > 0) & (q == 0), xp.inf, terms), axis=-1)


def _near(p: Array, q: Array) -> Array:
    s = (q - p) / (q + p)
    x = s * s
    series = _ATANH[-1] + 0 * x
    for coefficient in reversed(_ATANH[:-1]):
        series = series * x + coefficient
    return s * ((q - p) - 2 * p * (x * series))


def _log_ratio(p: Array, q: Array, *, xp: Namespace) -> Array:
    """``log(p / q)``; where `q` is subnormal the ratio could overflow, and is taken in two steps."""
    scale = xp.where(q < xp.finfo(q.dtype).smallest_normal, 2.0**64, xp.ones_like(q))
    return xp.log(p / (q * scale)) + xp.log(scale)
