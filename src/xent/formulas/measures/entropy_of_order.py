r"""
Entropies of an order: Renyi's, in nats, and Tsallis's.

.. math::

    R_\alpha(p) = \frac{1}{1 - \alpha} \log \frac{\sum_k p_k^\alpha}{\sum_k p_k}, \qquad
    T_\alpha(p) = \frac{\sum_k p_k - \sum_k p_k^\alpha}{\alpha - 1},

both :math:`-\sum p \log p` in the limit of order 1. The sum of `p` is 1 up to rounding; it is in both
formulas because its rounding error, divided by :math:`\alpha - 1`, would grow without bound as the order
tends to 1.

The terms of :math:`\sum p^\alpha - \sum p` are ``p expm1((order - 1) log p)``, all of one sign. The terms are
double words, because a power multiplies the relative error of a logarithm by its exponent.

Source: Renyi, A. (1961). On measures of entropy and information. Proc. 4th Berkeley Symp. 1, equation 1.21;
Tsallis, C. (1988). Possible generalization of Boltzmann-Gibbs statistics. J. Stat. Phys. 52, equation 1.
"""

from __future__ import annotations

import math
from fractions import Fraction

from xent.arrays import Array, Namespace
from xent.formulas.measures.sum_of_powers import log_of_sum
from xent.precision.double_word import DoubleWord, double_word, number, where
from xent.precision.exponential import exp, expm1
from xent.precision.logarithm import log_quotient

__all__ = ["renyi", "tsallis"]


def tsallis(p: Array, log_p: Array | None, *, order: float, xp: Namespace) -> Array:
    """
    Tsallis entropy, of shape (...), without a unit; outcomes of probability 0 add nothing.

    Parameters
    ----------
    p : array of shape (..., K)
        Probabilities; used for shape and dtype only if `log_p` is given.
    log_p : array of shape (..., K), or None
        Logarithms of the probabilities, which may underflow; None to use `p`.
    order : float
        Finite order other than 1.
    xp : module
        Array-API namespace of the arrays.
    """
    gain = _gains(*_with_logs(p, log_p, xp=xp), order).total()
    return _lowered(gain / number(1 - Fraction(order), p, xp=xp))


def renyi(p: Array, log_p: Array | None, *, order: float, xp: Namespace) -> Array:
    """
    Renyi entropy ``log(sum(p**order) / sum(p)) / (1 - order)`` in nats, of shape (...).

    Outcomes of probability 0 add nothing. Nothing is checked.

    Parameters
    ----------
    p : array of shape (..., K)
        Probabilities, which sum to 1 up to rounding; used for shape and dtype only if `log_p` is given.
    log_p : array of shape (..., K), or None
        Logarithms of the probabilities, which may underflow; None to use `p`.
    order : float
        Finite order other than 0 and 1.
    xp : module
        Array-API namespace of the arrays.
    """
    some_p, logs, absent = _with_logs(p, log_p, xp=xp)
    whole = where(absent, number(0, p, xp=xp), some_p).total().scaled(_unit(p, xp=xp))
    gain = _gains(some_p, logs, absent, order).total() / whole
    exponents = logs * number(Fraction(order), p, xp=xp)
    exponents = where(absent, double_word(0 * p - xp.inf, xp=xp), exponents)
    weights = number(1, p, xp=xp) / DoubleWord(whole.hi[..., None], whole.lo[..., None], xp)
    found = log_of_sum(gain.scaled(_unit(p, xp=xp)), weights, exponents, divisor=1 - Fraction(order))
    # Below eps ** 2 log1p is the identity to twice the digits, and the gain itself may underflow.
    is_tiny = xp.abs(gain.hi) < float(xp.finfo(p.dtype).eps) ** -2
    return xp.where(is_tiny, _lowered(gain / number(1 - Fraction(order), p, xp=xp)), found)


def _with_logs(p: Array, log_p: Array | None, *, xp: Namespace) -> tuple[DoubleWord, DoubleWord, Array]:
    """
    Probabilities over ``eps**4``, logarithms of the plain probabilities, and a mask that is True at zeros.

    That power of 2 keeps terms of rare outcomes from underflow. At zeros the first two are those of a
    probability of 1: ``eps**-4`` and 0. For `log_p` None the logarithms are computed from `p`; otherwise the
    numbers in `p` are ignored, and a `log_p` of ``-inf`` is a zero.
    """
    unit = _unit(p, xp=xp)
    if log_p is not None:
        absent = log_p == -xp.inf
        logs = double_word(xp.where(absent, 0.0, log_p), xp=xp)
        return exp(logs, power=_raise(p, xp=xp)), logs, absent
    some_p = double_word(xp.where(p == 0, 1.0, p), xp=xp)
    return some_p.scaled(1 / unit), log_quotient(some_p, number(1, p, xp=xp)), p == 0


def _gains(p: DoubleWord, logs: DoubleWord, absent: Array, order: float) -> DoubleWord:
    """
    ``p**order - p`` over ``eps**4``, elementwise, in double words; 0 where `absent` is True.

    `p` are the probabilities over that power of 2 already, `logs` the logarithms of the plain ones.
    """
    zero = number(0, p.hi, xp=p.xp)
    exponent = logs * number(Fraction(order) - 1, p.hi, xp=p.xp)
    near = p.xp.abs(exponent.hi) < 1
    close = p * expm1(where(near, exponent, zero))
    exponent_of_power = where(near, zero, logs * number(Fraction(order), p.hi, xp=p.xp))
    power = exp(exponent_of_power, power=_raise(p.hi, xp=p.xp))
    return where(absent, zero, where(near, close, power - p))


def _unit(like: Array, *, xp: Namespace) -> float:
    """
    Power of 2, the machine epsilon of the dtype of `like` to the power 4, in whose multiples terms are
    summed.

    Of a rare outcome and an order next to 1 the term underflows where its quotient by ``1 - order`` does not.
    """
    return float(xp.finfo(like.dtype).eps) ** 4


def _raise(like: Array, *, xp: Namespace) -> int:
    """Exponent k for which ``2**k`` is 1 over `_unit`."""
    return -round(math.log2(_unit(like, xp=xp)))


def _lowered(x: DoubleWord) -> Array:
    """Numbers of `x`, which are over `_unit`, as plain floats in units of 1; 0 is never -0."""
    # 0 + x turns -0 into 0.
    return 0 + x.rounded * _unit(x.hi, xp=x.xp)
