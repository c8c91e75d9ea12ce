import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.codes.distributions import TABLE, entropy, weights

from xent.measures.codes import shannon_code


@pytest.mark.parametrize(("p", "bits", "_huffman", "shannon", "_elias"), TABLE)
def test_expected_lengths_are_those_of_the_literature(p, bits, _huffman, shannon, _elias):
    assert entropy(p) == pytest.approx(bits, abs=5e-7)
    assert shannon_code(p).expected_length(p) == pytest.approx(shannon, abs=5e-7)


@pytest.mark.parametrize("exponent", range(1, 64))
def test_a_power_of_two_has_its_exponent_for_a_length(exponent):
    p = 2.0**-exponent
    assert shannon_code([p, 0.5, 0.5 - max(p, 2.0**-50)]).lengths[0] == exponent


def test_the_usual_formula_misses_powers_that_this_one_meets():
    # The numbers that are wrong depend on the platform's logarithm; this one is wrong everywhere.
    assert math.ceil(-math.log(2.0**-29) / math.log(2)) == 30
    assert shannon_code([2.0**-29, 1 - 2.0**-29]).lengths[0] == 29


def test_one_unit_below_a_power_of_two_needs_a_digit_more():
    below, above = np.nextafter(0.25, 0), np.nextafter(0.25, 1)
    assert shannon_code([below, 1 - below]).lengths[0] == 3
    assert shannon_code([0.25, 0.75]).lengths[0] == 2
    assert shannon_code([above, 1 - above]).lengths[0] == 2


def test_the_smallest_float_has_a_length():
    assert shannon_code([2.0**-1074, 0.5, 0.5 - 2.0**-54]).lengths == (1074, 1, 2)


def test_a_symbol_that_is_certain_but_for_rounding_leaves_room_for_the_others():
    code = shannon_code([1.0, 1e-20])
    assert code.lengths == (1, 67)
    assert code.is_prefix_free


@pytest.mark.parametrize("radix", [3, 5, 10, 36])
@pytest.mark.parametrize("exponent", [1, 2, 3, 5, 8, 13])
def test_the_float_nearest_to_a_power_of_the_radix_counts_as_it(radix, exponent):
    p = 1 / radix**exponent
    assert shannon_code([p, 0.5, 0.5 - p], radix=radix).lengths[0] == exponent
    single = np.asarray([p, 0.5, 0.5 - p], dtype=np.float32)
    assert shannon_code(single, radix=radix).lengths[0] == exponent


def test_thirds_fill_a_code_of_radix_three():
    assert shannon_code([1 / 3, 1 / 3, 1 / 3], radix=3).codewords == ("0", "1", "2")


def test_fractions_and_counts_are_taken_exactly():
    third = Fraction(1, 3)
    assert shannon_code([third] * 3, radix=3).lengths == (1, 1, 1)
    just_below = third - Fraction(1, 10**30)
    assert shannon_code([just_below, 1 - just_below], radix=3).lengths == (2, 1)
    assert shannon_code([1, 1, 1], radix=3, normalize=True).lengths == (1, 1, 1)
    assert shannon_code([3**40 - 1, 3**41, 5 * 3**40 + 1], radix=3, normalize=True).lengths[0] == 3


def test_rounding_of_the_sum_does_not_lengthen_a_half():
    p = [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert sum(map(Fraction, p)) > 1
    assert shannon_code(p).lengths[0] == 1
    assert shannon_code(p, normalize=True).lengths[0] == 1


def test_a_sum_that_leaves_no_room_makes_the_ratios_exact():
    for options in ({}, {"normalize": True}):
        code = shannon_code([0.5, 0.5, 1e-9], **options)
        assert code.lengths == (2, 2, 30)
        assert code.is_prefix_free


def test_normalising_gives_up_the_forgiveness_where_it_leaves_no_room():
    p = [0.5, 0.5, 2.0**-60]
    assert shannon_code(p, normalize=True).lengths == (2, 2, 61)


def test_a_symbol_of_probability_zero_has_no_codeword():
    code = shannon_code([0.5, 0.0, 0.5])
    assert code.lengths == (1, None, 1)
    assert code.codewords == ("0", None, "1")


def test_a_certain_symbol_has_the_empty_codeword():
    assert shannon_code([1.0]).codewords == ("",)
    assert shannon_code([0.0, 1.0]).lengths == (None, 0)


@settings(max_examples=60, deadline=None)
@given(weights(), st.integers(2, 5))
def test_lengths_are_the_least_that_cover_their_probability(counts, radix):
    code = shannon_code(counts, radix=radix, normalize=True)
    for count, length in zip(counts, code.lengths, strict=True):
        if count:
            assert count * radix**length >= sum(counts)
            assert length == 0 or count * radix ** (length - 1) < sum(counts)
        else:
            assert length is None
    assert code.kraft_sum <= 1
    assert code.is_prefix_free


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 99)), min_size=2, max_size=8), st.integers(2, 4))
def test_the_wrong_code_stays_between_its_bounds(pairs, radix):
    truth, model = zip(*pairs, strict=True)
    if not any(truth):
        truth = (1, *truth[1:])
    p = [x / sum(truth) for x in truth]
    q = [x / sum(model) for x in model]
    cross_entropy = -math.fsum(a * math.log(b, radix) for a, b in zip(p, q, strict=True))
    length = shannon_code(model, radix=radix, normalize=True).expected_length(truth, normalize=True)
    assert cross_entropy - 1e-12 <= length < cross_entropy + 1
