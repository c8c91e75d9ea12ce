"""
Quotients and sums of exact logits, which keep their rounding errors, and formulas on them.

Logits that were divided by a temperature or moved by an offset have more digits than a float. A logit of 700
rounded to one float costs its exponential three decimal digits; with the rounding error kept, it costs none.

Source: the remainder of a quotient: Muller, J.-M. et al. (2018). Handbook of Floating-Point Arithmetic, 2nd
ed., section 4.8.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Formula, Namespace, constant
from xent.precision.exact_difference import ExactLogits, Logits, exact_difference, high_and_low
from xent.precision.exact_product import exact_product

__all__ = ["OnExactLogits", "exact_quotient", "exact_sum"]


def exact_quotient(logits: Logits, divisor: Logits, *, xp: Namespace) -> ExactLogits:
    """
    Quotient `logits` / `divisor`, with its rounding error.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Dividend; ``-inf`` stays ``-inf`` over a positive divisor.
    divisor : array that broadcasts against the logits, or `ExactLogits`
        Divisor, nonzero, of either sign, which is not checked.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    ExactLogits
        The quotient; `rest` is 0 where it would not be finite.

    Examples
    --------
    >>> import numpy as np
    >>> exact_quotient(np.asarray([1.0]), np.asarray([3.0]), xp=np)
    ExactLogits(rounded=array([0.33333333]), rest=array([1.85037171e-17]))
    """
    rounded, rest = high_and_low(logits)
    divisor, divisor_rest = high_and_low(divisor)
    quotient = rounded / divisor
    finite = _finite(quotient, xp=xp)
    # The remainder of a rounded quotient, dividend - quotient * divisor, is a float (Muller et al., section
    # 4.8). Divided by the divisor it is the error of the quotient, to first order.
    product, error = exact_product(finite, constant(divisor), xp=xp)
    missing = (_finite(rounded, xp=xp) - product) - error + constant(rest)
    missing = (missing - finite * divisor_rest) / constant(divisor)
    return ExactLogits(quotient, xp.where(xp.isfinite(missing), missing, 0.0))


def exact_sum(logits: Logits, summand: Array, *, xp: Namespace) -> ExactLogits:
    """
    Sum `logits` + `summand`, with its rounding error.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        First summand; ``-inf`` stays ``-inf``.
    summand : array that broadcasts against the logits
        Second summand; ``-inf`` gives ``-inf``.
    xp : module
        Array-API namespace of the arrays.

    Returns
    -------
    ExactLogits
        The sum; the rounding error is 0 where an argument or the sum is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> exact_sum(np.asarray([1.0]), np.asarray([1e-17]), xp=np)
    ExactLogits(rounded=array([1.]), rest=array([1.e-17]))
    """
    rounded, rest = high_and_low(logits)
    _, missing = exact_difference(_finite(rounded, xp=xp), -_finite(summand, xp=xp))
    missing = xp.where(xp.isfinite(missing), missing, 0.0)
    return ExactLogits(rounded + summand, missing + constant(rest))


def _finite(array: Array, *, xp: Namespace) -> Array:
    """
    `array` as a constant to automatic differentiation, with 0 for entries that are not finite.

    Error-free transformations of an infinite entry would be nan.
    """
    return xp.where(xp.isfinite(array), constant(array), 0.0)


@dataclass(frozen=True)
class OnExactLogits:
    """
    Adapter that presents a formula of `ExactLogits` as a formula of two plain arrays.

    The first argument of each method is `ExactLogits.rounded`, in which derivatives are taken; the first of
    the data is `ExactLogits.rest`.

    Parameters
    ----------
    formula : Formula
        Formula that accepts an `ExactLogits`.
    """

    formula: Formula

    def value(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """``formula.value`` of ``ExactLogits(rounded, rest)``."""
        return self.formula.value(ExactLogits(rounded, rest), *data, xp=xp)

    def gradient(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """``formula.gradient`` of ``ExactLogits(rounded, rest)``, with respect to `rounded`."""
        return self.formula.gradient(ExactLogits(rounded, rest), *data, xp=xp)

    def value_and_gradient(
        self, rounded: Array, rest: Array, *data: Array, xp: Namespace
    ) -> tuple[Array, Array]:
        """``formula.value_and_gradient`` of ``ExactLogits(rounded, rest)``."""
        return self.formula.value_and_gradient(ExactLogits(rounded, rest), *data, xp=xp)

    def hessian_vector_product(
        self, rounded: Array, rest: Array, *data_and_vectors: Array, xp: Namespace
    ) -> Array:
        """``formula.hessian_vector_product`` of ``ExactLogits(rounded, rest)``; vectors come last."""
        return self.formula.hessian_vector_product(ExactLogits(rounded, rest), *data_and_vectors, xp=xp)

    def hessian(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """``formula.hessian`` of ``ExactLogits(rounded, rest)``, with respect to `rounded`."""
        return self.formula.hessian(ExactLogits(rounded, rest), *data, xp=xp)
