"""An absolute tolerance that would let anything pass is refused."""

import numpy as np
import pytest
from tests.running.guarded_tolerances import check_tolerance

SMALL = np.asarray([1e-7, 2e-7, 3e-7])


@pytest.mark.parametrize(("module", "name"), [(np.testing, "assert_allclose"), (np, "allclose")])
def test_a_tolerance_above_the_expected_numbers_is_refused(module, name):
    with pytest.raises(ValueError, match="atol=5e-05 is not far below the expected numbers, of median 2e-07"):
        getattr(module, name)(0 * SMALL, SMALL, rtol=0, atol=5e-5)


def test_numpys_own_tolerance_counts():
    with pytest.raises(ValueError, match="atol=1e-08"):
        np.allclose(SMALL, SMALL)


def test_a_tolerance_far_below_the_expected_numbers_passes():
    np.testing.assert_allclose(SMALL + 1e-12, SMALL, rtol=0, atol=1e-9)


def test_zeros_do_not_count_and_stand_alone():
    np.testing.assert_allclose([1e-12, 1.0], [0.0, 1.0], atol=1e-9)
    np.testing.assert_allclose([1e-12, 0.0], [0.0, 0.0], atol=1e-9)


def test_infinite_numbers_do_not_count():
    with pytest.raises(ValueError, match="median 1e-08"):
        check_tolerance([np.inf, -np.inf, np.nan, 1e-8], 1e-6)
