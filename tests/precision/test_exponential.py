import numpy as np
import pytest
from mpmath import exp as exact_exp
from mpmath import expm1 as exact_expm1
from mpmath import mp, mpf
from tests.precision.test_logarithm import assert_fraction_of_a_unit

from xent.precision.double_word import DoubleWord
from xent.precision.exponential import exp, expm1, highest_exponent

pytestmark = pytest.mark.as_for_users

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def exponentials(hi, lo, *, xp):
    found = exp(DoubleWord(hi, lo, xp))
    return found.hi, found.lo


def gains(hi, lo, *, xp):
    found = expm1(DoubleWord(hi, lo, xp))
    return found.hi, found.lo


def exponents(dtype):
    """Near 0 and far, and next to the halves of log 2, where the power of 2 changes."""
    rng = np.random.default_rng(9)
    halves = np.log(2) * (np.arange(-20, 20) / 2) * (1 + 1e-4 * rng.standard_normal(40))
    some = [rng.uniform(-40, 40, 100), rng.choice([-1, 1], 100) * 10.0 ** rng.uniform(-6, 0, 100), halves]
    hi = np.concatenate(some).astype(dtype)
    return hi, (0.4 * np.spacing(hi)).astype(dtype)


@dtypes
def test_exponentials_are_a_fraction_of_a_unit_from_the_truth(xp, dtype):
    hi, lo = exponents(dtype)
    with mp.workdps(60):
        x = [mpf(float(h)) + mpf(float(l)) for h, l in zip(hi, lo, strict=True)]
        assert_fraction_of_a_unit(xp.call(exponentials, hi, lo), list(map(exact_exp, x)))
        assert_fraction_of_a_unit(xp.call(gains, hi, lo), list(map(exact_expm1, x)))


@dtypes
def test_far_below_0_nothing_is_left_and_next_to_overflow_all_is(xp, dtype):
    highest = dtype(highest_exponent(dtype, xp=np))
    x = np.asarray([-1e30, -2000, 0, highest], dtype=dtype)
    found, less_1 = xp.call(exponentials, x, 0 * x)[0], xp.call(gains, x, 0 * x)[0]
    np.testing.assert_array_equal(found[:3], [0, 0, 1])
    np.testing.assert_array_equal(less_1[:3], [-1, -1, 0])
    np.testing.assert_allclose(found[3], np.finfo(dtype).max / 2, rtol=1e3 * np.finfo(dtype).eps)
    assert less_1[3] == found[3]
