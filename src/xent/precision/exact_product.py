r"""
The product of two floats without loss, as an unevaluated sum of two floats.

Each factor is split into halves of half its digits, whose products are exact. Only these are added: a
compiler that fuses a product with a sum, and rounds once where twice is written, finds the same. Where it
fused a rounded product with a difference, as in ``a_top * b_top - a * b``, no error would be left to see.

Source: Dekker, T. J. (1971). A floating-point technique for extending the available precision. Numer. Math.
18, section 5; the halves are Veltkamp's.
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
        Factors of one real floating dtype. Within half of all digits of overflow the result is nan; next to
        underflow `lo` is rounded.
    xp : module
        Their namespace.

    Returns
    -------
    hi, lo : array
        The rounded product and what rounding took from it.

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
    """The rounded sum of two floats, the first not smaller in size, and what rounding took from it."""
    hi = large + small
    return hi, small - (hi - large)


def _halves(a: Array, *, xp: Namespace) -> tuple[Array, Array]:
    digits = 1 - math.log2(float(xp.finfo(a.dtype).eps))
    shifted = a + a * 2.0 ** math.ceil(digits / 2)
    top = shifted - (shifted - a)
    return top, a - top
