from fractions import Fraction

import numpy as np
import pytest

from xent.precision.double_word import DoubleWord, difference_of_products, double_word, number, where

pytestmark = pytest.mark.as_for_users

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def words(dtype, seed, n=200):
    """Numbers of many sizes, whose lesser words are not 0."""
    rng = np.random.default_rng(seed)
    hi = (rng.standard_normal(n) * 10.0 ** rng.uniform(-2, 2, n)).astype(dtype)
    lo = (np.spacing(hi) * rng.uniform(-0.49, 0.49, n)).astype(dtype)
    assert np.count_nonzero(lo) == n
    return hi, lo


def exact(hi, lo):
    parts = (np.ravel(x).astype(float).tolist() for x in (hi, lo))
    return [Fraction(h) + Fraction(l) for h, l in zip(*parts, strict=True)]


def assert_words(xp, function, arrays, truths, *, squared_units):
    """The results have relative errors below so many squared units of rounding, or are exact."""
    hi, lo = xp.call(function, *arrays)
    unit = Fraction(float(np.finfo(hi.dtype).eps)) / 2
    for found, truth in zip(exact(hi, lo), truths, strict=True):
        assert abs(found - truth) <= squared_units * unit**2 * abs(truth), (float(found), float(truth))


def both(operation):
    def function(a_hi, a_lo, b_hi, b_lo, *, xp):
        found = operation(DoubleWord(a_hi, a_lo, xp), DoubleWord(b_hi, b_lo, xp))
        return found.hi, found.lo

    return function


sums, differences = both(lambda a, b: a + b), both(lambda a, b: a - b)
products, quotients = both(lambda a, b: a * b), both(lambda a, b: a / b)


@dtypes
def test_operations_have_twice_the_digits(xp, dtype):
    a, b = words(dtype, 1), words(dtype, 2)
    pairs = list(zip(exact(*a), exact(*b), strict=True))
    assert_words(xp, sums, (*a, *b), [x + y for x, y in pairs], squared_units=3)
    assert_words(xp, products, (*a, *b), [x * y for x, y in pairs], squared_units=7)
    assert_words(xp, quotients, (*a, *b), [x / y for x, y in pairs], squared_units=15)


@dtypes
def test_a_difference_keeps_its_digits_where_it_cancels(xp, dtype):
    hi, lo = words(dtype, 3)
    other_hi, other_lo = np.nextafter(hi, dtype(0)), (-0.7 * lo).astype(dtype)
    truths = [x - y for x, y in zip(exact(hi, lo), exact(other_hi, other_lo), strict=True)]
    assert_words(xp, differences, (hi, lo, other_hi, other_lo), truths, squared_units=3)


def product_less_product(a_hi, a_lo, b_hi, b_lo, c_hi, c_lo, d_hi, d_lo, *, xp):
    a, b, c, d = (DoubleWord(*x, xp) for x in ((a_hi, a_lo), (b_hi, b_lo), (c_hi, c_lo), (d_hi, d_lo)))
    found = difference_of_products(a, b, c, d)
    return found.hi, found.lo


@dtypes
def test_products_that_differ_in_their_last_digits_have_a_difference(xp, dtype):
    a, b = words(dtype, 4), words(dtype, 5)
    c, d = (a[0], (0.9 * a[1]).astype(dtype)), (b[0], (0.8 * b[1]).astype(dtype))
    rows = zip(exact(*a), exact(*b), exact(*c), exact(*d), strict=True)
    truths = [x * y - z * w for x, y, z, w in rows]
    hi, _ = xp.call(product_less_product, *a, *b, *c, *d)
    np.testing.assert_allclose(hi, np.asarray(truths, dtype=float), rtol=2 * np.finfo(dtype).eps)
    same = xp.call(product_less_product, *a, *b, *b, *a)
    assert not np.any(same)


def total(hi, lo, *, xp):
    found = DoubleWord(hi, lo, xp).total(axis=-2, keepdims=True)
    return found.hi, found.lo


@dtypes
@pytest.mark.parametrize("n", [1, 2, 7, 64, 1000])
def test_a_sum_along_an_axis_has_twice_the_digits(xp, dtype, n):
    hi, lo = (np.abs(x).reshape(n, 3) for x in words(dtype, 6, 3 * n))
    found = xp.call(total, hi, lo)
    assert found[0].shape == (1, 3)
    truths = [sum(column) for column in zip(*(exact(h, l) for h, l in zip(hi, lo, strict=True)), strict=True)]
    assert_words(xp, total, (hi, lo), truths, squared_units=2 * n)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_sum_that_is_not_finite_is_what_a_plain_one_is(xp):
    hi = np.asarray([[1.0, np.inf], [np.nan, 1.0], [1.0, 2.0], [np.inf, np.inf]]).T
    found, lo = xp.call(total, hi, 0 * np.where(np.isfinite(hi), hi, 0))
    np.testing.assert_array_equal(found, [[np.inf, np.nan, 3.0, np.inf]])
    np.testing.assert_array_equal(lo, np.zeros((1, 4)))


def one_and_more(x, *, xp):
    found = number(Fraction(1, 3), x, xp=xp) + double_word(x, xp=xp)
    return found.hi, found.lo


@dtypes
def test_numbers_are_known_to_twice_the_digits_also_to_a_compiler(xp, dtype):
    x = np.geomspace(1e-4, 1e4, 50).astype(dtype)
    truths = [Fraction(1, 3) + y for y in exact(x, 0 * x)]
    assert_words(xp, one_and_more, (x,), truths, squared_units=4)


def chosen(x, *, xp):
    word = double_word(x, xp=xp)
    found = where(x > 0, word.scaled(0.25), -word)
    return found.hi, found.rounded


def test_entries_are_chosen_by_a_condition(xp):
    hi, rounded = xp.call(chosen, np.asarray([-3.0, 8.0]))
    np.testing.assert_array_equal(hi, [3.0, 2.0])
    np.testing.assert_array_equal(rounded, [3.0, 2.0])
