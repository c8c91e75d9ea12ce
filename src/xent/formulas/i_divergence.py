r"""
I-divergence of two measures, term by term, in nats: the summand of every Kullback-Leibler-like divergence.

.. math::

    p \log \frac{p}{q} + q - p = p\, \varphi\!\left(\frac{q - p}{p}\right), \qquad
    \varphi(d) = d - \log(1 + d) \ge 0,

where a term of :math:`p = 0` is :math:`q`. No term is negative, so a sum of terms does not cancel, even if
the two measures are almost equal; there the terms of :math:`\sum p \log (p / q)` are large, of both signs,
and cancel.

The difference :math:`q - p` is an argument of its own: a caller that knows it more accurately than a
subtraction would compute it (as between a distribution and a mixture that contains it) keeps its digits. With
:math:`s = (q - p) / (q + p)` a term is :math:`s (q - p) - 2 p (s^3/3 + s^5/5 + \dots)`, used where
:math:`|s| \le 1/3`, that is where `p` and `q` lie within a factor of 2. Elsewhere
``(q - p) - p log(q / p)`` loses at most a factor of 5 to cancellation.

Both forms are computed everywhere and mixed by a mask of zeros and ones: in NumPy a selection by an irregular
mask takes longer than the logarithm, because of mispredicted branches.

Source: Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems.
Ann. Probab. 3(1); the series: Loader, C. (2000). Fast and accurate computation of binomial
probabilities, whose deviance ``bd0(p, q)`` is the term.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.precision.log_of_quotient import log_of_quotient

__all__ = ["log_ratio", "terms", "value", "value_of_far", "value_of_logs"]

# 2 (atanh(s) - s) / s**3 as a polynomial in x = s * s, interpolated at the Chebyshev nodes of [0, 1/9] in 50
# digits: its relative error is below 2e-16. The Taylor series would need half as many terms again.
_SERIES = (
    0.6666666666666666,
    0.40000000000014585,
    0.2857142856710876,
    0.22222222717427864,
    0.18181789436132859,
    0.15385570064958623,
    0.13314144209654935,
    0.12001072809590713,
    0.08800738486144674,
    0.1616404561194353,
)
_NEAR = 1 / 3


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    I-divergence of `q` from `p` in nats, from shape (..., K) to (...); ``inf`` if only `q` is 0 somewhere.

    It is the sum over the last axis of ``p log(p / q) + q - p``, for arrays >= 0 that need not sum to 1.
    """
    difference = q - p
    return xp.sum(terms(p, difference, log_ratio(p, q, xp=xp), xp=xp), axis=-1)


def value_of_far(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    `value` for a fifth of the work, for arguments without zeros that are not close to each other.

    The absolute error is a few units in the last place of the sum of `p`, whatever the result. So the result
    is as accurate as that of `value` if it is finite and above a quarter of that sum, and no `q` is
    subnormal; callers check this.
    """
    return xp.sum((q - p) - p * xp.log(q / p), axis=-1)


def value_of_logs(log_p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """
    I-divergence from logarithms of `p` and `q`, which may underflow as numbers; of shape (...).

    It is the sum over the last axis of ``p log(p / q) + q - p``, where a `log_p` of ``-inf`` adds q, and
    ``inf`` if some ``log_q`` is ``-inf`` and ``log_p`` is not. Where the logarithms are close, ``q - p`` is
    computed as ``p expm1(log_q - log_p)``: a difference of the exponentials would cancel.
    """
    p, q = xp.exp(log_p), xp.exp(log_q)
    absent = log_p == -xp.inf
    ratio = xp.where(absent, 0.0, log_q) - xp.where(absent, 0.0, log_p)
    near = xp.abs(ratio) < 1
    difference = xp.where(near & ~absent, p * xp.expm1(xp.where(near, ratio, 0.0)), q - p)
    impossible = ratio == -xp.inf
    found = terms(p, difference, xp.where(impossible, 0.0, ratio), xp=xp)
    return xp.sum(xp.where(impossible, xp.inf, found), axis=-1)


def log_ratio(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    ``log(q / p)``, elementwise, for `p` and `q` from 0 to about 1; ``-inf`` where only `q` is 0.

    Where `p` is 0 it is a finite number, which the caller must not use.
    """
    empty = xp.astype(p == 0, p.dtype)
    return log_of_quotient(q + empty, p + empty, xp=xp)


def terms(p: Array, difference: Array, log_ratio: Array, *, xp: Namespace) -> Array:
    """
    Terms ``p log(p / q) + q - p``, elementwise.

    Parameters
    ----------
    p : array
        First measure, >= 0.
    difference : array
        ``q - p``.
    log_ratio : array
        ``log(q / p)``. The number counts only where `p` and `q` are not within a factor of 2, but must be
        finite where `p` is 0.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    array
        Numbers >= 0; ``inf`` where `p` is positive and `q` is 0.
    """
    # If p + q is 0 or subnormal, the lower bound of the divisor avoids 0 / 0, and the term is 0.
    total = 2 * p + difference
    s = difference / xp.clip(total, min=float(xp.finfo(p.dtype).smallest_normal))
    x = s * s
    series = _SERIES[-1] * x + _SERIES[-2]
    for coefficient in reversed(_SERIES[:-2]):
        series = series * x + coefficient
    # Not of `s`, which is small for every subnormal `p`, also where `q` is 0 and the other form infinite.
    # Where both are 0 the other form has the derivative of q, the term.
    is_near = xp.astype(xp.abs(difference) < _NEAR * total, p.dtype)
    near = s * (difference - p * x * series)
    return is_near * near + (1 - is_near) * (difference - p * log_ratio)
