from fractions import Fraction

import numpy as np
import pytest
from tests.kernels.elementwise import applied

from xent.kernels.cpu.exact_difference import exact_difference, exact_sum


def pairs(dtype):
    rng = np.random.default_rng(9)
    a, b = rng.standard_normal((2, 500)) * np.exp(rng.uniform(-30, 30, (2, 500)))
    return a.astype(dtype), b.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("function", "sign"), [(exact_difference, -1), (exact_sum, 1)])
def test_both_parts_together_are_exact(dtype, function, sign):
    a, b = pairs(dtype)
    hi, lo = (applied(lambda a, b, part=part: function(a, b)[part], a, b) for part in (0, 1))
    np.testing.assert_array_equal(hi, a + sign * b)
    assert np.count_nonzero(lo) > 400
    for x, y, head, tail in zip(a, b, hi, lo, strict=True):
        assert Fraction(float(head)) + Fraction(float(tail)) == Fraction(float(x)) + sign * Fraction(float(y))
