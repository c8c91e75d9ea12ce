from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.precision.exact_product import exact_product, exact_sum_of_ordered

pytestmark = pytest.mark.as_for_users

moderate = st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100)


def factors(dtype):
    """Of many sizes, and next to powers of 2, where the halves of a factor are the most uneven."""
    rng = np.random.default_rng(5)
    some = (rng.standard_normal(400) * 10.0 ** rng.uniform(-4, 4, 400)).astype(dtype)
    edges = [np.nextafter(dtype(1), dtype(to)) for to in (0, 2)] + [dtype(1 - 2.0**-k) for k in range(5, 23)]
    a = np.concatenate([some, np.asarray(edges, dtype=dtype)])
    return a, rng.permutation(a)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_two_parts_sum_to_the_product_without_error(xp, dtype):
    a, b = factors(dtype)
    hi, lo = xp.call(exact_product, a, b)
    assert hi.dtype == lo.dtype == dtype
    np.testing.assert_array_equal(hi, a * b)
    assert np.count_nonzero(lo) > 350
    for x, y, h, l in zip(*(array.astype(float).tolist() for array in (a, b, hi, lo)), strict=True):
        assert Fraction(h) + Fraction(l) == Fraction(x) * Fraction(y)


def sum_with_a_product(a, b, c, *, xp):
    hi, lo = exact_product(a, b, xp=xp)
    return hi, (hi - c) + lo


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_compiler_that_fuses_products_with_sums_finds_the_same_error(xp, dtype):
    a, b = factors(dtype)
    _, rest = xp.call(sum_with_a_product, a, b, a * b)
    np.testing.assert_array_equal(rest, exact_product(a, b, xp=np)[1])


@given(moderate, moderate)
def test_a_sum_in_order_is_exact(a, b):
    large, small = sorted((a, b), key=abs, reverse=True)
    hi, lo = exact_sum_of_ordered(large, small)
    assert hi == a + b
    assert Fraction(hi) + Fraction(lo) == Fraction(a) + Fraction(b)
