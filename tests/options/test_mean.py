import functools
import math

import numpy as np
import pytest

from xent.errors import DomainError
from xent.options.mean import check_on_empty, gradient_factor, mean, mean_of_numbers, mean_over_nothing

CASES = [
    (6.0, 4.0, "nan", 1.5),
    (6.0, 4.0, "zero", 1.5),
    (0.0, 4.0, "nan", 0.0),
    (0.0, 0.0, "nan", math.nan),
    (0.0, 0.0, "zero", 0.0),
    (3.0, 0.0, "nan", math.inf),
    (3.0, 0.0, "zero", 0.0),
    (math.nan, 0.0, "nan", math.nan),
    (math.inf, 2.0, "nan", math.inf),
]


def same(found, expected):
    return found == expected or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize(("total", "divisor", "on_empty", "expected"), CASES)
def test_arrays_are_divided_by_the_rule_for_a_mean_over_nothing(xp, total, divisor, on_empty, expected):
    arrays = (np.asarray(number) for number in (total, divisor))
    assert same(float(xp.call(functools.partial(mean, on_empty=on_empty), *arrays)), expected)


@pytest.mark.parametrize(("total", "divisor", "on_empty", "expected"), CASES)
def test_plain_numbers_are_divided_by_the_same_rule(total, divisor, on_empty, expected):
    assert same(mean_of_numbers(total, divisor, on_empty), expected)


@pytest.mark.parametrize(
    ("divisor", "on_empty", "expected"), [(4.0, "nan", 0.25), (0.0, "nan", math.inf), (0.0, "zero", 0.0)]
)
def test_the_gradient_factor_is_the_derivative_of_the_mean_in_a_summand(divisor, on_empty, expected):
    assert gradient_factor(divisor, on_empty) == expected


def test_an_unknown_rule_is_named_with_the_three_that_exist():
    check_on_empty("zero", caller="f")
    with pytest.raises(DomainError, match=r"^f: `on_empty` must be one of nan, zero, raise; got 'none'"):
        check_on_empty("none", caller="f")


def test_the_error_of_a_mean_over_nothing_names_the_cure():
    error = mean_over_nothing(caller="f", instead="`total`")
    assert str(error) == (
        "f: `denominator` must be positive: a mean over nothing is undefined; got 0. "
        'Every row is ignored, or there is none. Pass `on_empty="zero"` or "nan", or use `total`.'
    )
