"""
Double words: numbers kept as an unevaluated sum of two floats, with twice the digits of one.

For quantities that are small differences of large ones. An operation takes about twenty float operations;
its relative error is a few :math:`u^2`, with :math:`u` the unit roundoff.

Source: Joldes, M., Muller, J.-M., Popescu, V. (2017). Tight and rigorous error bounds for basic building
blocks of double-word arithmetic. ACM Trans. Math. Softw. 44(2), algorithms 6, 10 and 17.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from xent.arrays import Array, Namespace, device_of, in_blocks, leading_digits
from xent.precision.exact_difference import exact_difference
from xent.precision.exact_product import exact_product, exact_sum_of_ordered

__all__ = ["DoubleWord", "difference_of_products", "double_word", "number", "where"]


@final
@dataclass(frozen=True, slots=True)
class DoubleWord:
    """
    Numbers ``hi + lo``, elementwise.

    Parameters
    ----------
    hi : array
        The number rounded to one float. All operations need a finite `hi`, and a divisor's `hi` nonzero;
        otherwise their results are nan.
    lo : array
        Low-order part: the number less `hi`, at most half a unit in the last place of `hi`.
    xp : module
        Array-API namespace of `hi` and `lo`.
    """

    hi: Array
    lo: Array
    xp: Namespace

    @property
    def rounded(self) -> Array:
        """The number as one float, ``hi + lo``."""
        return self.hi + self.lo

    def __neg__(self) -> DoubleWord:
        """Negation, which is exact."""
        return DoubleWord(-self.hi, -self.lo, self.xp)

    def __add__(self, other: DoubleWord) -> DoubleWord:
        """Sum, with a small relative error even if the summands cancel."""
        hi, of_hi = exact_difference(self.hi, -other.hi)
        lo, of_lo = exact_difference(self.lo, -other.lo)
        hi, lo = exact_sum_of_ordered(hi, of_hi + lo)
        # Algorithm 6. Two exact sums and two renormalisations: adding the low-order parts in one plain sum
        # ("sloppy" addition, algorithm 5) has no bound on its relative error where hi parts cancel.
        return DoubleWord(*exact_sum_of_ordered(hi, of_lo + lo), self.xp)

    def __sub__(self, other: DoubleWord) -> DoubleWord:
        """Difference, with a small relative error even if the operands cancel."""
        return self + -other

    def __mul__(self, other: DoubleWord) -> DoubleWord:
        """Product; the product of the two low-order parts is below its error and left out."""
        hi, lo = exact_product(self.hi, other.hi, xp=self.xp)
        return DoubleWord(*exact_sum_of_ordered(hi, lo + (self.hi * other.lo + self.lo * other.hi)), self.xp)

    def __truediv__(self, other: DoubleWord) -> DoubleWord:
        """Quotient: the quotient of the `hi` parts and one correction by the remainder."""
        hi = self.hi / other.hi
        seen = other * double_word(hi, xp=self.xp)
        # Algorithm 17. `seen.hi` is within a few units of `self.hi`, so this subtraction is exact.
        missing = (self.hi - seen.hi) + (self.lo - seen.lo)
        return DoubleWord(*exact_sum_of_ordered(hi, missing / other.hi), self.xp)

    def scaled(self, power_of_2: Array | float) -> DoubleWord:
        """Product with a power of 2, which is exact unless it over- or underflows."""
        return DoubleWord(self.hi * power_of_2, self.lo * power_of_2, self.xp)

    def total(self, axis: int = -1, *, keepdims: bool = False) -> DoubleWord:
        """
        Sum along an axis of entries of one sign, with twice the digits of a float.

        Parameters
        ----------
        axis : int, default -1
            Axis to sum over.
        keepdims : bool, default False
            If True, the summed axis is kept with length 1.

        Returns
        -------
        DoubleWord
            The sum. If it is not finite, or an entry exceeds about 1/300 of the largest float, so that the
            exact summation overflows, `hi` is the plain sum of the `hi` parts and `lo` is 0.
        """
        xp = self.xp
        hi, lo = xp.moveaxis(self.hi, axis, -1), xp.moveaxis(self.lo, axis, -1)
        plain = xp.sum(hi, axis=-1)
        while hi.shape[-1] > 1:
            hi, lo = _sums_of_blocks(hi, lo, xp=xp)
        hi, lo = xp.sum(hi, axis=-1), xp.sum(lo, axis=-1)
        is_known = xp.isfinite(hi)
        hi, lo = xp.where(is_known, hi, plain), xp.where(is_known, lo, 0.0)
        if keepdims:
            hi, lo = xp.expand_dims(hi, axis=axis), xp.expand_dims(lo, axis=axis)
        return DoubleWord(hi, lo, xp)


def _sums_of_blocks(hi: Array, lo: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    Sums of blocks of up to 64 entries of the last axis, as high and low parts with fewer entries.

    `hi` and `lo` have one shape, and the entries of `hi` one sign. The leading digits of all entries of a
    block, rounded to a common unit, add up exactly; so do the leading digits of the remainders. Rounding
    errors arise only in the sum of the remainders that are left after both steps. Entries are not added in
    pairs of slices: XLA's CPU backend re-evaluates the operand of each slice, so its compile time would grow
    exponentially with the length of the expression.
    """
    size = min(64, hi.shape[-1])
    hi, lo = (in_blocks(x, size, xp=xp) for x in (hi, lo))
    top = leading_digits(hi, xp=xp)
    rest = hi - top
    middle = leading_digits(rest, xp=xp)
    large, lost = exact_difference(xp.sum(top, axis=-1), -xp.sum(middle, axis=-1))
    return exact_sum_of_ordered(large, lost + xp.sum((rest - middle) + lo, axis=-1))


def double_word(array: Array, *, xp: Namespace) -> DoubleWord:
    """Double word of plain floats: `hi` is `array`, `lo` is 0."""
    return DoubleWord(array, xp.zeros_like(array), xp)


def number(value: Fraction | int, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    Double word of one number, as 0-dimensional arrays in the dtype and on the device of `like`.

    Put a constant first in a sum: XLA simplifies ``(x + c) - c`` with a trailing constant to ``x``, which
    removes the rounding error that the exact sum computes.

    Parameters
    ----------
    value : Fraction or int
        The number, rounded to `hi` and the remainder of that to `lo`.
    like : array
        Array of real floating dtype.
    xp : module
        Array-API namespace of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> third = number(Fraction(1, 3), np.zeros(2, dtype=np.float32), xp=np)
    >>> third.hi, third.lo
    (array(0.33333334, dtype=float32), array(-9.934108e-09, dtype=float32))
    """
    digits = round(1 - math.log2(float(xp.finfo(like.dtype).eps)))
    hi = _to_digits(value, digits)
    lo = _to_digits(value - Fraction(hi), digits)
    kind = {"dtype": like.dtype, "device": device_of(like)}
    return DoubleWord(xp.full((), hi, **kind), xp.full((), lo, **kind), xp)


def difference_of_products(a: DoubleWord, b: DoubleWord, c: DoubleWord, d: DoubleWord) -> DoubleWord:
    """
    ``a * b - c * d``, accurate even if the two products agree in nearly all of their digits.

    The four `hi` products are formed and subtracted exactly, before any low-order term is added.
    """
    (ab_hi, ab_lo), (cd_hi, cd_lo) = (exact_product(x.hi, y.hi, xp=a.xp) for x, y in ((a, b), (c, d)))
    of_hi, of_lo = (DoubleWord(*exact_difference(*x), a.xp) for x in ((ab_hi, cd_hi), (ab_lo, cd_lo)))
    # `exact_product` and not `*`: a compiler may fuse one of two plain products with the difference into
    # an fma, and then products of equal operands no longer cancel to 0.
    (ab, _), (cd, _) = (exact_product(x.lo, y.lo, xp=a.xp) for x, y in ((a, b), (c, d)))
    return of_hi + of_lo + (_crossed(a, b) - _crossed(c, d)) + double_word(ab - cd, xp=a.xp)


def _crossed(a: DoubleWord, b: DoubleWord) -> DoubleWord:
    """Mixed terms of a product, ``a.hi * b.lo + b.hi * a.lo``, as a double word."""
    of_a, of_b = (exact_product(x.hi, y.lo, xp=a.xp) for x, y in ((a, b), (b, a)))
    return DoubleWord(*of_a, a.xp) + DoubleWord(*of_b, a.xp)


def where(condition: Array, a: DoubleWord, b: DoubleWord) -> DoubleWord:
    """Entries of `a` where `condition` is True, and of `b` elsewhere."""
    xp = a.xp
    return DoubleWord(xp.where(condition, a.hi, b.hi), xp.where(condition, a.lo, b.lo), xp)


def _to_digits(value: Fraction | int, digits: int) -> float:
    """`value` as a float, rounded to at most `digits` significant binary digits, ties to even."""
    mantissa, exponent = math.frexp(float(value))
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
