import numpy as np
import pytest
from mpmath import mp, mpf
from tests.kernels.elementwise import applied
from tests.relative_error import Exact, assert_within

from xent.kernels.cpu.logarithm import log1p

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@both_precisions
def test_log1p_is_within_two_units_from_subnormals_to_billions(dtype):
    rng = np.random.default_rng(8)
    sizes = np.concatenate([np.exp(rng.uniform(-50, 40, 1000)), rng.uniform(0, 8, 1000)])
    # Just above sqrt(2) - 1 the error is largest, about 1.4 units.
    hardest = rng.uniform(0.414, 0.45, 1000)
    x = np.concatenate([sizes, hardest, [5e-324, 1e-300, 1e-40, 2.0**-24, 2.0**-53]]).astype(dtype)
    with mp.workdps(60):
        truth = [mp.log1p(mpf(float(number))) for number in x]
        hi = np.asarray([float(number) for number in truth])
        lo = np.asarray([float(a - mpf(b)) for a, b in zip(truth, hi, strict=True)])
    assert_within(2, applied(log1p, x), Exact(hi, lo))


@both_precisions
def test_log1p_at_the_edges(dtype):
    found = applied(log1p, np.asarray([0.0, np.nan], dtype))
    np.testing.assert_array_equal(found, [0, np.nan])
