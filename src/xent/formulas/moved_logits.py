r"""
Adjusted logits plus parameters, times a scale, with rounding errors kept: :math:`s\,(g(z) + b)`.

The numbers that a loss adds to the logits of some classes are float64, even for float32 logits; and a scale
of 30 turns one unit in the last place of a logit into 30.

Source: the remainder of a product: Dekker, T. J. (1971). A floating-point technique for extending the
available precision. Numer. Math. 18, section 5.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace, constant
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.precision.exact_difference import ExactLogits, high_and_low
from xent.precision.exact_logits import exact_sum
from xent.precision.exact_numbers import exact_numbers
from xent.precision.exact_product import exact_product

__all__ = ["moved_logits", "scaled_logits", "unadjusted"]


def unadjusted(logits: Array, *, xp: Namespace) -> AdjustedLogits:
    """`logits` as `AdjustedLogits`, with first derivatives 1 and second derivatives 0."""
    return AdjustedLogits(logits, xp.ones_like(logits), xp.zeros_like(logits))


def moved_logits(adjusted: AdjustedLogits, summand: ExactLogits, *, xp: Namespace) -> AdjustedLogits:
    """
    Adjusted logits plus `summand`, an `ExactLogits` that broadcasts against them.

    A summand of ``-inf`` gives a class the probability 0. Derivatives stay as they are.

    Examples
    --------
    >>> import numpy as np
    >>> logits = unadjusted(np.asarray([1.0, 2.0]), xp=np)
    >>> moved_logits(logits, ExactLogits(np.asarray([1e-17, 0.5]), np.zeros(2)), xp=np).logits
    ExactLogits(rounded=array([1. , 2.5]), rest=array([1.e-17, 0.e+00]))
    """
    total = exact_sum(adjusted.logits, summand.rounded, xp=xp)
    return adjusted._replace(logits=ExactLogits(total.rounded, total.rest + constant(summand.rest)))


def scaled_logits(adjusted: AdjustedLogits, scale: float, *, xp: Namespace) -> AdjustedLogits:
    """
    Adjusted logits times `scale`, a positive number, as `ExactLogits`, with their derivatives times `scale`.

    Rounding errors of the logits and the product are kept in the low-order part, which is 0 at infinite
    logits.

    Examples
    --------
    >>> import numpy as np
    >>> third = unadjusted(np.asarray([1 / 3]), xp=np)
    >>> scaled_logits(third, 30.0, xp=np).logits.rest
    array([-5.55111512e-16])
    """
    high, low = high_and_low(adjusted.logits)
    factor = exact_numbers((scale,), high, xp=xp)
    is_finite = xp.isfinite(high)
    finite = xp.where(is_finite, constant(high), 0.0)
    _, missing = exact_product(finite, factor.rounded + xp.zeros_like(finite), xp=xp)
    missing = missing + (finite * factor.rest + factor.rounded * constant(low))
    logits = ExactLogits(high * factor.rounded, xp.where(is_finite, missing, 0.0))
    return AdjustedLogits(logits, scale * adjusted.first_derivative, scale * adjusted.second_derivative)
