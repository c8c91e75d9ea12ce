from fractions import Fraction

import numpy as np
import pytest
from tests.array_libraries import array_library, current_test
from tests.relative_error import assert_within
from tests.running.digits import measures_digits


def assert_near(found):
    assert_within(1, found, found)


def of_units():
    assert_near(np.ones(1))


def of_fractions():
    return [Fraction(number) for number in (1, 2)]


def inside():
    return [of_units() for _ in range(2)]


def of_a_tolerance():
    np.testing.assert_allclose(1, 1, rtol=1e-15)


def of_values():
    np.testing.assert_allclose(1, 1)


@pytest.mark.parametrize("function", [of_units, of_fractions, inside, of_a_tolerance])
def test_units_in_the_last_place_and_numbers_of_more_digits_are_found_in_helpers_too(function):
    assert measures_digits(function)


def test_values_and_no_function_measure_no_digits():
    assert not measures_digits(of_values)
    assert not measures_digits(None)


@pytest.mark.parametrize("kind", ["for users", "for digits"])
def test_code_in_which_digits_are_measured_fuses_a_product_with_a_sum(monkeypatch, kind):
    jax = array_library("jax")
    monkeypatch.setattr(current_test, "kind", kind)
    a = np.random.default_rng(3).standard_normal(100)
    found = jax.call(lambda a, b, c, *, xp: a * b - xp.asarray(c), a, a[::-1].copy(), a * a[::-1])
    assert np.count_nonzero(found) > 50


def test_the_kind_of_this_test_is_that_of_values():
    assert current_test.kind == "for values"


@pytest.mark.as_for_users
def test_the_mark_asks_for_code_as_users_get_it():
    assert current_test.kind == "for users"


@pytest.mark.of_values
def test_the_mark_of_values_counts_more_than_digits_in_a_name():
    assert current_test.kind == "for values"


def test_a_name_that_says_digits_is_enough():
    assert current_test.kind == "for digits"
