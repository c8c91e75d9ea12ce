import numpy as np
import pytest

from tests.relative_error import Exact, assert_within, units_apart


def test_equal_numbers_and_two_nans_are_0_apart():
    found = np.asarray([1.5, np.inf, -np.inf, np.nan, 0.0, -0.0])
    np.testing.assert_array_equal(units_apart(found, found), np.zeros(6))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_neighbours_are_1_apart(dtype):
    ones = np.asarray([1.0, -3.0, 1e-30], dtype=dtype)
    np.testing.assert_allclose(units_apart(np.nextafter(ones, dtype(9)), ones), 1)


def test_nan_against_a_number_and_infinity_against_a_number_are_infinitely_apart():
    found = np.asarray([np.nan, 1.0, 5.0, np.inf, np.inf, -np.inf])
    truth = np.asarray([1.0, np.nan, np.inf, -np.inf, -1.0, np.inf])
    np.testing.assert_array_equal(units_apart(found, truth), np.full(6, np.inf))


def test_a_zero_truth_is_measured_in_smallest_subnormals():
    np.testing.assert_array_equal(units_apart(np.asarray([1e-323]), np.asarray([0.0])), [2])
    assert units_apart(np.float32([1e-30]), np.asarray([0.0])) > 1e14


def test_early_overflow_counts_from_the_largest_number():
    largest = np.finfo(np.float64).max
    assert units_apart(np.asarray([np.inf]), np.asarray([largest])) == 0
    assert units_apart(np.asarray([np.inf]), np.asarray([largest / 2])) > 1e15


def test_a_truth_of_more_digits_than_its_dtype_is_heeded():
    truth = Exact(np.asarray([1.0]), np.asarray([0.25 * np.finfo(float).eps]))
    assert units_apart(np.asarray([1.0]), truth) == 0.25


def test_a_library_that_flushes_may_lose_what_is_not_normal_and_no_more():
    tiny = np.finfo(np.float64).smallest_normal
    assert units_apart(np.asarray([0.0]), np.asarray([tiny / 2]), flushes=True) == 0.5
    assert units_apart(np.asarray([0.0]), np.asarray([tiny * 8]), flushes=True) == 8


def test_the_worst_entry_is_shown():
    with pytest.raises(AssertionError, match=r"> 4 units apart at .*1.*2.0.*truth .*1.0"):
        assert_within(4, np.asarray([1.0, 2.0]), [1.0, 1.0])


def test_shapes_have_to_agree():
    with pytest.raises(AssertionError):
        assert_within(4, np.zeros((2, 1)), np.zeros(2))
