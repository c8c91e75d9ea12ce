"""Logarithms of quotients that are or are not floats."""

import numpy as np
import pytest
from mpmath import log, mp, mpf
from tests.fuzz.truths import met

from xent.precision.log_of_quotient import log_of_quotient

pytestmark = pytest.mark.as_for_users


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_within_2_units_far_from_1_whatever_the_size_of_the_numbers(dtype):
    limits, rng = np.finfo(dtype), np.random.default_rng(4)
    lowest = -149 if dtype == np.float32 else -1074
    a, b = (np.exp2(rng.uniform(lowest, 0, 300)).astype(dtype) for _ in range(2))
    least = limits.smallest_subnormal
    a[:4], b[:4] = [least, 1, least, limits.smallest_normal], [1, least, limits.smallest_normal, least]
    a, b = np.maximum(a, least), np.maximum(b, least)
    with np.errstate(over="ignore", under="ignore"):
        found = log_of_quotient(a, b, xp=np)
    assert found.dtype == dtype
    with mp.workdps(60):
        truths = [log(mpf(x) / mpf(y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    scale = np.maximum(1, np.abs(np.asarray(truths, dtype=float)))
    met(2, found, truths, "log of a quotient", scale=scale)


def test_the_logarithm_of_a_numerator_of_0_is_minus_infinity():
    with np.errstate(divide="ignore"):
        assert log_of_quotient(np.asarray(0.0), np.asarray(5e-324), xp=np) == -np.inf
