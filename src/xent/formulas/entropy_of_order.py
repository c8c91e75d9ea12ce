r"""
Entropies of an order: Renyi's, in nats, and Tsallis's.

.. math::

    R_\alpha(p) = \frac{1}{1 - \alpha} \log \frac{\sum_k p_k^\alpha}{\sum_k p_k}, \qquad
    T_\alpha(p) = \frac{\sum_k p_k - \sum_k p_k^\alpha}{\alpha - 1},

both :math:`-\sum p \log p` in the limit of order 1. The sum of `p`, which is 1 but for rounding, keeps that
limit: divided by :math:`\alpha - 1`, its rounding error would be without bound.

The terms of :math:`\sum p^\alpha - \sum p` are ``p expm1((order - 1) log p)``, all of one sign. The logarithm
is ``log1p`` of that over the sum of `p` as long as it stays above -1/2; elsewhere it is a logarithm of the
powers' sum, scaled by the largest.

Source: Renyi, A. (1961). On measures of entropy and information. Proc. 4th Berkeley Symp. 1, equation 1.21;
Tsallis, C. (1988). Possible generalization of Boltzmann-Gibbs statistics. J. Stat. Phys. 52, equation 1.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["renyi", "tsallis"]


def tsallis(p: Array, log_p: Array, *, order: float, xp: Namespace) -> Array:
    """Tsallis's entropy of an order that is neither 1 nor infinite."""
    # 0 + x, for -0 is no entropy.
    return 0 + xp.sum(_gains(p, log_p, order, xp=xp), axis=-1) / (1 - order)


def renyi(p: Array, log_p: Array, *, order: float, xp: Namespace) -> Array:
    """Renyi's entropy of an order that is neither 0, 1 nor infinite."""
    gain = xp.sum(_gains(p, log_p, order, xp=xp), axis=-1) / xp.sum(p, axis=-1)
    moderate = (gain > -0.5) & (gain < 1)
    close = xp.log1p(xp.where(moderate, gain, 0.0))
    return 0 + xp.where(moderate, close, _log_of_powers(log_p, order, xp=xp)) / (1 - order)


def _gains(p: Array, log_p: Array, order: float, *, xp: Namespace) -> Array:
    """``p**order - p``, entry by entry; 0 at a probability of 0."""
    possible = log_p > -xp.inf
    logs = xp.where(possible, log_p, 0.0)
    exponent = (order - 1) * logs
    near = xp.abs(exponent) < 1
    close = p * xp.expm1(xp.where(near, exponent, 0.0))
    # A power is more accurate than an exponential of a large logarithm, but has to have a base.
    is_normal = p >= float(xp.finfo(p.dtype).smallest_normal)
    power = xp.where(is_normal, xp.pow(xp.where(is_normal, p, 1.0), order), xp.exp(order * logs))
    return xp.where(possible, xp.where(near, close, power - p), 0 * p)


def _log_of_powers(log_p: Array, order: float, *, xp: Namespace) -> Array:
    peak = xp.max(log_p, axis=-1)[..., None]
    shifted = xp.where(log_p > -xp.inf, order * (log_p - peak), -xp.inf)
    return order * peak[..., 0] + xp.log(xp.sum(xp.exp(shifted), axis=-1))
