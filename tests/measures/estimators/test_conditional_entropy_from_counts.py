"""Conditional entropy from counts of pairs: its definition, its limits and its errors."""

import mpmath
import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators import conditional_entropy_from_counts, entropy_from_counts


def by_definition(counts, given, digits):
    with mpmath.workdps(digits):
        whole = {one: mpmath.fsum(n for n, g in zip(counts, given, strict=True) if g == one) for one in given}
        terms = (n * mpmath.log(n / whole[g]) for n, g in zip(map(mpmath.mpf, counts), given, strict=True))
        return float(-mpmath.fsum(terms) / sum(counts))


@pytest.mark.parametrize(
    ("counts", "given"),
    [
        ([3, 1, 2, 2], [0, 0, 1, 1]),
        ([10**9, 1], [0, 0]),
        ([10**15 - 1, 1, 7], ["a", "a", "b"]),
        ([5], [9]),
        (list(range(1, 200)), [k % 7 for k in range(1, 200)]),
    ],
)
def test_it_is_the_definition_to_four_units(counts, given):
    truth = by_definition(counts, given, 50)
    assert truth == by_definition(counts, given, 100)
    assert_within(4, np.asarray(conditional_entropy_from_counts(counts, given)), np.asarray(truth))


def test_it_is_the_entropy_of_the_pairs_less_that_of_the_condition():
    counts, given = np.asarray([5, 3, 2, 9, 1]), np.asarray([0, 0, 1, 1, 2])
    difference = (
        entropy_from_counts(counts).value - entropy_from_counts(np.bincount(given, counts).astype(int)).value
    )
    assert conditional_entropy_from_counts(counts, given) == pytest.approx(difference, rel=1e-12)


def test_a_condition_that_determines_the_other_leaves_nothing():
    assert conditional_entropy_from_counts([4, 2, 9], [0, 1, 2]) == 0


@pytest.mark.parametrize(
    ("counts", "given", "error", "message"),
    [
        ([], [], ShapeError, r"`counts` must have shape \(m,\), m > 0; got \(0,\)"),
        ([1, 2], [0], ShapeError, r"`given` must have shape \(2,\); got \(1,\)"),
        ([1, 0], [0, 0], DomainError, r"`counts` must be whole numbers > 0; got 0, first at index \(1,\)"),
        ([1.5, 1], [0, 0], DomainError, r"got 1.5, first at index \(0,\)"),
        ([np.nan, 1], [0, 0], DomainError, r"got nan, first at index \(0,\)"),
        (
            [np.inf, 1],
            [0, 0],
            DomainError,
            r"`counts` must be whole numbers up to 2\*\*53.*; got inf, first at",
        ),
        ([1, 2**54], [0, 0], DomainError, r"`counts` must be whole numbers up to 2\*\*53"),
        (["1", "2"], [0, 0], DTypeError, "`counts` must be "),
        ([1, None], [0, 0], DTypeError, "`counts` must be "),
        ([1, 2], [], ShapeError, r"`given` must have shape \(2,\); got \(0,\)"),
        ([1, 2], 5, DTypeError, "`given` must hold one condition for each count; got int"),
        ([1, 2], [0.5, np.nan], DomainError, r"`given` must not be nan; got nan, first at index \(1,\)"),
        ([1, 2], np.asarray([np.nan, 1]), DomainError, "`given` must not be nan"),
        ([1, 2], ["a", 0.5], DTypeError, "`given` must hold no floats"),
        ([1, 2], [["a"], ["b"]], DTypeError, "`given` must be integers, strings or hashables"),
    ],
)
def test_invalid_counts_are_named(counts, given, error, message):
    with pytest.raises(error, match=message):
        conditional_entropy_from_counts(counts, given)


def test_conditions_are_equal_where_python_has_them_equal():
    counts = [4, 2, 2]
    assert conditional_entropy_from_counts(counts, [1, "1", "1"]) == pytest.approx(np.log(2) / 2)
    assert conditional_entropy_from_counts(counts, ["a", None, None]) == pytest.approx(np.log(2) / 2)
    assert conditional_entropy_from_counts(counts, [0.5, 1, 1.0]) == pytest.approx(np.log(2) / 2)
    assert conditional_entropy_from_counts(counts, [(0, 1), (1, 1), (1, 1)]) == pytest.approx(np.log(2) / 2)
    assert conditional_entropy_from_counts(counts, [2.0**53, 2**53 + 1, 2**53 + 3]) == 0
