r"""
Double words: numbers kept as an unevaluated sum of two floats, with twice the digits of one.

For quantities that are small differences of large ones, and of which every digit is asked for. An operation
is about twenty on floats, and its relative error a few squared units of rounding.

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
    Numbers ``hi + lo``.

    Parameters
    ----------
    hi : array
        The number, rounded. It has to be finite in all operations, and a divisor not 0.
    lo : array
        What is left of it, at most half a unit in the last place of `hi`.
    xp : module
        Their namespace.
    """

    hi: Array
    lo: Array
    xp: Namespace

    @property
    def rounded(self) -> Array:
        """As one float."""
        return self.hi + self.lo

    def __neg__(self) -> DoubleWord:
        """With the other sign."""
        return DoubleWord(-self.hi, -self.lo, self.xp)

    def __add__(self, other: DoubleWord) -> DoubleWord:
        """Sum; also where it cancels."""
        hi, of_hi = exact_difference(self.hi, -other.hi)
        lo, of_lo = exact_difference(self.lo, -other.lo)
        hi, lo = exact_sum_of_ordered(hi, of_hi + lo)
        return DoubleWord(*exact_sum_of_ordered(hi, of_lo + lo), self.xp)

    def __sub__(self, other: DoubleWord) -> DoubleWord:
        """Difference."""
        return self + -other

    def __mul__(self, other: DoubleWord) -> DoubleWord:
        """Product."""
        hi, lo = exact_product(self.hi, other.hi, xp=self.xp)
        return DoubleWord(*exact_sum_of_ordered(hi, lo + (self.hi * other.lo + self.lo * other.hi)), self.xp)

    def __truediv__(self, other: DoubleWord) -> DoubleWord:
        """Quotient."""
        hi = self.hi / other.hi
        seen = other * double_word(hi, xp=self.xp)
        missing = (self.hi - seen.hi) + (self.lo - seen.lo)
        return DoubleWord(*exact_sum_of_ordered(hi, missing / other.hi), self.xp)

    def scaled(self, power_of_2: Array | float) -> DoubleWord:
        """Product with a power of 2, which is exact."""
        return DoubleWord(self.hi * power_of_2, self.lo * power_of_2, self.xp)

    def total(self, axis: int = -1, *, keepdims: bool = False) -> DoubleWord:
        """
        Sum along an axis, for entries of one sign.

        Where it is not finite, or an entry is above a 300th of the largest float, `hi` is what a plain sum
        would be.
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
    Sums of up to 64 entries each.

    Twice the leading digits are summed, exactly, and then next to nothing is left. Entries are never paired
    by slices: XLA's code for the CPU finds each operand of a slice anew, in a time that grows exponentially
    with the length of the formula behind it.
    """
    size = min(64, hi.shape[-1])
    hi, lo = (in_blocks(x, size, xp=xp) for x in (hi, lo))
    top = leading_digits(hi, xp=xp)
    rest = hi - top
    middle = leading_digits(rest, xp=xp)
    large, lost = exact_difference(xp.sum(top, axis=-1), -xp.sum(middle, axis=-1))
    return exact_sum_of_ordered(large, lost + xp.sum((rest - middle) + lo, axis=-1))


def double_word(array: Array, *, xp: Namespace) -> DoubleWord:
    """Floats as double words."""
    return DoubleWord(array, xp.zeros_like(array), xp)


def number(value: Fraction | int, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    One number, in the precision and on the device of an array.

    In a sum it comes first: of ``(x + c) - c`` with a constant behind, XLA makes `x`, and no error is found.

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
    """``a * b - c * d``, right in all digits also where the products differ in their last ones only."""
    (ab_hi, ab_lo), (cd_hi, cd_lo) = (exact_product(x.hi, y.hi, xp=a.xp) for x, y in ((a, b), (c, d)))
    of_hi, of_lo = (DoubleWord(*exact_difference(*x), a.xp) for x in ((ab_hi, cd_hi), (ab_lo, cd_lo)))
    # Not a plain product: fused with the difference, it would not cancel with an equal one.
    (ab, _), (cd, _) = (exact_product(x.lo, y.lo, xp=a.xp) for x, y in ((a, b), (c, d)))
    return of_hi + of_lo + (_crossed(a, b) - _crossed(c, d)) + double_word(ab - cd, xp=a.xp)


def _crossed(a: DoubleWord, b: DoubleWord) -> DoubleWord:
    of_a, of_b = (exact_product(x.hi, y.lo, xp=a.xp) for x, y in ((a, b), (b, a)))
    return DoubleWord(*of_a, a.xp) + DoubleWord(*of_b, a.xp)


def where(condition: Array, a: DoubleWord, b: DoubleWord) -> DoubleWord:
    """Entries of `a` where the condition holds, and of `b` elsewhere."""
    xp = a.xp
    return DoubleWord(xp.where(condition, a.hi, b.hi), xp.where(condition, a.lo, b.lo), xp)


def _to_digits(value: Fraction | int, digits: int) -> float:
    mantissa, exponent = math.frexp(float(value))
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
