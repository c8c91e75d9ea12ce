from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.precision.exact_difference import exact_difference

pytestmark = pytest.mark.as_for_users

moderate = st.floats(-1e300, 1e300)


@given(moderate, moderate)
def test_the_two_parts_sum_to_the_difference_without_error(a, b):
    hi, lo = exact_difference(a, b)
    assert hi == a - b
    if max(abs(a), abs(b)) > 1e-290:
        assert Fraction(hi) + Fraction(lo) == Fraction(a) - Fraction(b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_library_finds_the_rounding_error(xp, dtype):
    rng = np.random.default_rng(3)
    a, b = ((10.0 ** rng.uniform(-4, 4, 500)) * rng.standard_normal(500) for _ in range(2))
    a, b = a.astype(dtype), b.astype(dtype)
    hi, lo = xp.call_public(exact_difference, a, b)
    assert hi.dtype == lo.dtype == dtype
    assert np.count_nonzero(lo) > 250
    for x, y, h, l in zip(*(array.astype(float).tolist() for array in (a, b, hi, lo)), strict=True):
        assert Fraction(h) + Fraction(l) == Fraction(x) - Fraction(y)
