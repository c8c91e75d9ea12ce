r"""
Logits that are no floats: rounded values, and what rounding took from them.

Logits that were divided by a temperature or moved by an offset have more digits than a float. Rounded to one,
a logit of 700 loses three digits of its exponential; with the remainder it loses none.

Source: the remainder of a quotient: Muller, J.-M. et al. (2018). Handbook of Floating-Point Arithmetic, 2nd
ed., section 4.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from xent.arrays import Array, Formula, Namespace, constant
from xent.precision.exact_difference import exact_difference
from xent.precision.exact_product import exact_product

__all__ = ["ExactLogits", "Logits", "OnExactLogits", "exact_quotient", "exact_sum", "rounded_and_rest"]


class ExactLogits(NamedTuple):
    """
    Logits ``rounded + rest``.

    Parameters
    ----------
    rounded : array of shape (..., K)
        The logits as floats; derivatives see these alone.
    rest : array of shape (..., K)
        What rounding took from them.
    """

    rounded: Array
    rest: Array


# What formulas take as logits.
Logits: TypeAlias = Array | ExactLogits


def rounded_and_rest(logits: Logits) -> ExactLogits:
    """`logits` in two parts; the rest is the number 0 where they are floats."""
    return logits if isinstance(logits, ExactLogits) else ExactLogits(logits, 0.0)


def exact_quotient(logits: Logits, divisor: Logits, *, xp: Namespace) -> ExactLogits:
    """
    `logits` divided by an array, or one of two parts; the rest is 0 where it would not be finite.

    Examples
    --------
    >>> import numpy as np
    >>> exact_quotient(np.asarray([1.0]), np.asarray([3.0]), xp=np)
    ExactLogits(rounded=array([0.33333333]), rest=array([1.85037171e-17]))
    """
    rounded, rest = rounded_and_rest(logits)
    divisor, divisor_rest = rounded_and_rest(divisor)
    quotient = rounded / divisor
    finite = _finite(quotient, xp=xp)
    product, error = exact_product(finite, constant(divisor), xp=xp)
    missing = (_finite(rounded, xp=xp) - product) - error + constant(rest)
    missing = (missing - finite * divisor_rest) / constant(divisor)
    return ExactLogits(quotient, xp.where(xp.isfinite(missing), missing, 0.0))


def exact_sum(logits: Logits, summand: Array, *, xp: Namespace) -> ExactLogits:
    """
    `logits` plus an array; the rest is 0 where it would not be finite.

    Examples
    --------
    >>> import numpy as np
    >>> exact_sum(np.asarray([1.0]), np.asarray([1e-17]), xp=np)
    ExactLogits(rounded=array([1.]), rest=array([1.e-17]))
    """
    rounded, rest = rounded_and_rest(logits)
    _, missing = exact_difference(_finite(rounded, xp=xp), -_finite(summand, xp=xp))
    missing = xp.where(xp.isfinite(missing), missing, 0.0)
    return ExactLogits(rounded + summand, missing + constant(rest))


def _finite(array: Array, *, xp: Namespace) -> Array:
    """The same values as constants, and 0 for ``-inf``, of which no difference is taken."""
    return xp.where(xp.isfinite(array), constant(array), 0.0)


@dataclass(frozen=True)
class OnExactLogits:
    """
    A formula of exact logits as one of their rounded values, which takes the remainders as its first data.

    Parameters
    ----------
    formula : Formula
        Formula that accepts a `ExactLogits`.
    """

    formula: Formula

    def value(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """As the formula's."""
        return self.formula.value(ExactLogits(rounded, rest), *data, xp=xp)

    def gradient(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """As the formula's."""
        return self.formula.gradient(ExactLogits(rounded, rest), *data, xp=xp)

    def value_and_gradient(
        self, rounded: Array, rest: Array, *data: Array, xp: Namespace
    ) -> tuple[Array, Array]:
        """As the formula's."""
        return self.formula.value_and_gradient(ExactLogits(rounded, rest), *data, xp=xp)

    def hessian_vector_product(
        self, rounded: Array, rest: Array, *data_and_vectors: Array, xp: Namespace
    ) -> Array:
        """As the formula's."""
        return self.formula.hessian_vector_product(ExactLogits(rounded, rest), *data_and_vectors, xp=xp)

    def hessian(self, rounded: Array, rest: Array, *data: Array, xp: Namespace) -> Array:
        """As the formula's."""
        return self.formula.hessian(ExactLogits(rounded, rest), *data, xp=xp)
