import math
from fractions import Fraction

import numpy as np
import pytest

from xent.models.real_numbers import fact_of, float_of, is_beyond_floats


@pytest.mark.parametrize(
    "value", [10**5000, -(10**5000), Fraction(10**400)], ids=["integer", "negative", "fraction"]
)
def test_numbers_beyond_the_range_of_floats_are_told_without_their_digits(value):
    assert is_beyond_floats(value)
    assert float_of(value) == math.copysign(math.inf, value > 0 or -1)
    assert fact_of(value) == "a number beyond the range of floats"


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, np.float32(np.inf), Fraction(1, 3)])
def test_floats_and_what_they_hold_are_not_beyond_them(value):
    assert not is_beyond_floats(value)
    assert fact_of(value) == repr(value)
