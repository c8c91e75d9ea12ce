import numpy as np
import pytest
from mpmath import mp, mpf
from tests.kernels.elementwise import applied
from tests.relative_error import Exact, assert_within

from xent.kernels.cpu.exponential import exponential

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def exact_exponential(hi, lo):
    """The exponential of the sum, to twice the digits."""
    with mp.workdps(60):
        found = [mp.exp(mpf(float(a)) + mpf(float(b))) for a, b in zip(hi, lo, strict=True)]
        heads = np.asarray([float(x) for x in found])
        tails = np.asarray([float(x - mpf(h)) for x, h in zip(found, heads, strict=True)])
    return Exact(heads, tails)


def exponents(dtype):
    """Negative numbers of all sizes, the subnormal results among them, each with a tail."""
    rng = np.random.default_rng(7)
    end = 104.5 if dtype == np.float32 else 746.5
    hi = -np.concatenate([np.exp(rng.uniform(-50, np.log(end), 1500)), rng.uniform(0.8 * end, end, 500)])
    hi = hi.astype(dtype)
    return hi, (np.spacing(hi) / 2 * rng.uniform(-1, 1, hi.size)).astype(dtype)


@both_precisions
def test_exponential_is_within_one_unit_down_to_the_last_subnormal(dtype):
    hi, lo = exponents(dtype)
    found = applied(exponential, hi, lo)
    assert np.any((found > 0) & (found < np.finfo(dtype).tiny))
    assert_within(1, found, exact_exponential(hi, lo))


@both_precisions
def test_tail_of_the_exponent_counts(dtype):
    hi = np.asarray([-80.0], dtype)
    lo = np.asarray([-np.spacing(dtype(80)) / 2], dtype)
    assert applied(exponential, hi, lo) < applied(exponential, hi, 0 * lo)


@both_precisions
def test_exponential_at_the_edges(dtype):
    hi = np.asarray([0.0, -0.0, -np.inf, -1e4, np.nan], dtype)
    lo = np.asarray([0.0, 0.0, np.nan, np.nan, 0.0], dtype)
    np.testing.assert_array_equal(applied(exponential, hi, lo), [1, 1, 0, 0, np.nan])
