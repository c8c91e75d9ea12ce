"""
Exact product of two floats, as an unevaluated sum of two floats.

Each factor is split into two parts of half its digits, whose products are exact. Those products are only
added, never subtracted from a rounded product: a compiler that fuses a product with a sum into an fma then
computes the same numbers. Dekker's ``a_top * b_top - a * b`` would lose the rounding error if
``a * b`` were fused with the difference.

Source: Dekker, T. J. (1971). A floating-point technique for extending the available precision. Numer. Math.
18, section 5; the splitting is Veltkamp's.
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace

__all__ = ["exact_product", "exact_sum_of_ordered"]


def exact_product(a: Array, b: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    Pair `hi`, `lo` with ``hi + lo == a * b`` exactly and ``hi`` the rounded product.

    Parameters
    ----------
    a, b : array
        Factors of one real floating dtype. If a factor times ``2**27`` (float64) or ``2**12`` (float32)
        overflows, or the product does, both results are nan; next to underflow `lo` is rounded.
    xp : module
        Array-API namespace of the factors.

    Returns
    -------
    hi, lo : array
        Rounded product, and its rounding error.

    Examples
    --------
    >>> import numpy as np
    >>> hi, lo = exact_product(np.asarray(1 + 2.0**-30), np.asarray(1 - 2.0**-30), xp=np)
    >>> float(hi), float(lo) == -(2.0**-60)
    (1.0, True)
    """
    (a_top, a_rest), (b_top, b_rest) = _halves(a, xp=xp), _halves(b, xp=xp)
    hi, lo = exact_sum_of_ordered(a_top * b_top, a_top * b_rest + a_rest * b_top)
    return exact_sum_of_ordered(hi, lo + a_rest * b_rest)


def exact_sum_of_ordered(large: Array, small: Array) -> tuple[Array, Array]:
    """
    Sum rounded to a float, and its rounding error, for ``abs(large) >= abs(small)`` (Dekker's Fast2Sum).

    The order of size is not checked; without it the error is not exact.
    """
    hi = large + small
    return hi, small - (hi - large)


def _halves(a: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    Veltkamp's splitting: the leading half of the digits of `a`, and the remainder, whose sum is `a` exactly.

    Both are nan where `a` is so large that its product with ``2**27`` (float64) or ``2**12`` overflows.
    """
    digits = 1 - math.log2(float(xp.finfo(a.dtype).eps))
    # The product with a power of 2 is exact, so the sum rounds once, fused or not.
    shifted = a + a * 2.0 ** math.ceil(digits / 2)
    top = shifted - (shifted - a)
    return top, a - top
