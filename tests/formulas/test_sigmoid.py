import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.formulas.sigmoid import sigmoid


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_sides_keep_their_digits(xp, dtype):
    logits = np.asarray([-80.0, -41.3, -1.0, -0.25, 0.0, 0.25, 1.0, 41.3, 80.0], dtype=dtype)
    above, below = xp.call(sigmoid, logits)
    small = np.exp(-np.abs(logits.astype(np.longdouble)))
    likely, unlikely = (1 / (1 + small)).astype(float), (small / (1 + small)).astype(float)
    assert_within(3, above, np.where(logits > 0, likely, unlikely))
    assert_within(3, below, np.where(logits > 0, unlikely, likely))


def test_infinite_logits_give_certainty_and_nan_gives_nan(xp):
    above, below = xp.call(sigmoid, np.asarray([np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(above, [1, 0, np.nan])
    np.testing.assert_array_equal(below, [0, 1, np.nan])
