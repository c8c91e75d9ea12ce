import numpy as np
import pytest
from mpmath import log, mp, mpf

from xent.precision.double_word import double_word
from xent.precision.logarithm import log_quotient, power_of_2

pytestmark = pytest.mark.as_for_users

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def logarithm(a, b, *, xp):
    found = log_quotient(double_word(a, xp=xp), double_word(b, xp=xp))
    return found.hi, found.lo


def assert_fraction_of_a_unit(found, truths):
    """The double words are within a tenth of a unit of rounding of one word, relatively."""
    hi, lo = (x.astype(float).tolist() for x in found)
    unit = mpf(float(np.finfo(found[0].dtype).eps)) / 2
    for h, l, truth in zip(hi, lo, truths, strict=True):
        assert abs(mpf(h) + mpf(l) - truth) <= abs(truth) * unit / 10, (h, l, truth)


def quotients(dtype):
    """Far from 1, near it, and next to the powers of 2 and to their roots, where the exponent changes."""
    rng = np.random.default_rng(8)
    a = np.exp(rng.uniform(-20, 0, 300)).astype(dtype)
    b = np.exp(rng.uniform(-20, 0, 300)).astype(dtype)
    b[:100] = a[:100] * (1 + 10.0 ** rng.uniform(-6, -1, 100))
    b[100:150] = a[100:150] * 2.0 ** (rng.integers(-4, 4, 50) / 2) * (1 + 1e-3 * rng.standard_normal(50))
    b[150:160] = np.nextafter(a[150:160], dtype(0))
    assert (a != b).all()
    return a, b


@dtypes
def test_the_logarithm_is_a_fraction_of_a_unit_from_the_truth(xp, dtype):
    a, b = quotients(dtype)
    with mp.workdps(60):
        truths = [log(mpf(x) / mpf(y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        assert_fraction_of_a_unit(xp.call(logarithm, a, b), truths)


def test_quotients_that_are_no_floats_have_logarithms():
    a, b = np.asarray([1.0, 5e-324, 3e-310]), np.asarray([5e-324, 1.0, 0.7])
    with mp.workdps(60):
        truths = [log(mpf(x)) - log(mpf(y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        assert_fraction_of_a_unit(logarithm(a, b, xp=np), truths)


def test_the_logarithm_of_1_is_0(xp):
    hi, lo = xp.call(logarithm, np.asarray([0.3, 7.0]), np.asarray([0.3, 7.0]))
    np.testing.assert_array_equal(hi, [0, 0])
    np.testing.assert_array_equal(lo, [0, 0])


def informed(a, b, difference, *, xp):
    words = (double_word(x, xp=xp) for x in (a, b, difference))
    return log_quotient(*words).rounded


def test_a_difference_that_is_known_better_counts(xp):
    found = xp.call(informed, np.asarray([1.0]), np.asarray([1.0]), np.asarray([1e-30]))
    np.testing.assert_array_equal(found, [1e-30])


@dtypes
def test_powers_of_2_are_exact(xp, dtype):
    limits = np.finfo(dtype)
    k = np.arange(limits.minexp, limits.maxexp).astype(dtype)
    found = xp.call(lambda k, *, xp: power_of_2(k, xp=xp), k)
    np.testing.assert_array_equal(found, np.ldexp(dtype(1), k.astype(int)))
