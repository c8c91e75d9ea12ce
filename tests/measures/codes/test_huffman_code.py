import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.codes.distributions import TABLE, entropy, weights

from xent.errors import DomainError
from xent.measures.codes import huffman_code


def least_cost(counts, radix, most_length):
    """Least total length over all lengths that Kraft's inequality allows, one by one."""
    used = [count for count in counts if count]
    least = math.inf
    for lengths in itertools.product(range(1, most_length + 1), repeat=len(used)):
        if sum(Fraction(1, radix**length) for length in lengths) <= 1:
            least = min(least, sum(map(int.__mul__, used, lengths)))
    return least


def cost(code, counts):
    return sum(count * length for count, length in zip(counts, code.lengths, strict=True) if count)


@pytest.mark.parametrize(("p", "_bits", "huffman", "_shannon", "_elias"), TABLE)
def test_expected_lengths_are_those_of_the_literature(p, _bits, huffman, _shannon, _elias):
    assert huffman_code(p).expected_length(p) == pytest.approx(huffman, abs=5e-7)


def test_ternary_code_is_that_of_the_textbook():
    # Cover and Thomas, examples 5.6.2 and 5.6.3: the second needs a symbol of weight 0 to be made up.
    p = [0.25, 0.25, 0.2, 0.15, 0.15]
    assert huffman_code(p, radix=3).expected_length(p) == pytest.approx(1.5)
    p = [0.25, 0.25, 0.2, 0.1, 0.1, 0.1]
    assert huffman_code(p, radix=3).expected_length(p) == pytest.approx(1.7)


@settings(max_examples=60, deadline=None)
@given(weights(5, least=2), st.integers(2, 4))
def test_no_code_is_shorter(counts, radix):
    code = huffman_code(counts, radix=radix, normalize=True)
    used = sum(map(bool, counts))
    assert cost(code, counts) == least_cost(counts, radix, max(1, used - 1))
    assert code.is_prefix_free
    assert code.kraft_sum <= 1


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(weights(6, least=3), st.integers(2, 3), st.integers(0, 1))
def test_no_code_within_the_limit_is_shorter(counts, radix, spare):
    used = sum(map(bool, counts))
    limit = spare + next(n for n in range(1, 7) if radix**n >= used)
    code = huffman_code(counts, radix=radix, normalize=True, most_length=limit)
    assert max(n for n in code.lengths if n is not None) <= limit
    assert cost(code, counts) == least_cost(counts, radix, limit)
    assert code.is_prefix_free


@pytest.mark.slow
@pytest.mark.parametrize("limit", [3, 4, 5])
@pytest.mark.parametrize("radix", [2, 3])
def test_no_code_within_the_limit_is_shorter_for_growing_weights(limit, radix):
    counts = [1, 1, 2, 3, 5, 8, 13]
    code = huffman_code(counts, radix=radix, normalize=True, most_length=limit)
    assert cost(code, counts) == least_cost(counts, radix, limit)


def test_a_limit_that_does_not_bind_changes_nothing():
    counts = [55, 34, 21, 13, 8, 5]
    assert huffman_code(counts, normalize=True, most_length=5) == huffman_code(counts, normalize=True)


@settings(max_examples=60, deadline=None)
@given(weights(40, least=2).filter(lambda counts: sum(map(bool, counts)) > 1), st.integers(2, 7))
def test_the_expected_length_is_within_a_digit_of_the_entropy(counts, radix):
    p = [x / sum(counts) for x in counts]
    length = huffman_code(counts, radix=radix, normalize=True).expected_length(counts, normalize=True)
    assert entropy(p, radix) - 1e-12 <= length < entropy(p, radix) + 1


def test_among_equal_codes_the_longest_codeword_is_shortest():
    # Lengths 1, 2, 3, 4, 4 have the same expected length.
    assert huffman_code([0.4, 0.2, 0.2, 0.1, 0.1]).lengths == (2, 2, 2, 3, 3)


def test_a_single_possible_symbol_has_length_one():
    assert huffman_code([1.0]).codewords == ("0",)
    assert huffman_code([0.0, 1.0]).lengths == (None, 1)


def test_a_symbol_of_probability_zero_has_no_codeword():
    assert huffman_code([0.5, 0.0, 0.5]).codewords == ("0", None, "1")


def test_weights_that_no_float_tells_apart_are_still_compared():
    big = 10**40
    code = huffman_code(
        [Fraction(big, 4 * big + 5), Fraction(big + 1, 4 * big + 5)] + [Fraction(big + 2, 4 * big + 5)] * 2
    )
    assert code.lengths == (2, 2, 2, 2)


def test_a_limit_without_room_is_refused():
    with pytest.raises(
        DomainError,
        match=r"`most_length` must leave room for 5 codewords of radix 2; got 2\. It takes at least 3\.",
    ):
        huffman_code([0.2] * 5, most_length=2)
    with pytest.raises(DomainError, match="`most_length`"):
        huffman_code([1.0], most_length=0)
