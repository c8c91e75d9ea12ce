import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.codes.distributions import TABLE, weights

from xent.measures.codes import shannon_code, shannon_fano_elias_code


@pytest.mark.parametrize(("p", "_bits", "_huffman", "_shannon", "elias"), TABLE)
def test_expected_lengths_are_those_of_the_literature(p, _bits, _huffman, _shannon, elias):
    assert shannon_fano_elias_code(p).expected_length(p) == pytest.approx(elias, abs=5e-7)


def test_codewords_are_those_of_the_textbook():
    # Cover and Thomas, section 5.9, both examples.
    assert shannon_fano_elias_code([0.25, 0.5, 0.125, 0.125]).codewords == ("001", "10", "1101", "1111")
    found = shannon_fano_elias_code([0.25, 0.25, 0.2, 0.15, 0.15]).codewords
    assert found == ("001", "011", "1001", "1100", "1110")


def test_a_symbol_of_probability_zero_has_no_codeword():
    assert shannon_fano_elias_code([0.5, 0.0, 0.5]).codewords == ("01", None, "11")


def test_a_certain_symbol_has_length_one():
    assert shannon_fano_elias_code([1.0]).codewords == ("1",)


def test_a_sum_that_is_one_only_to_rounding_gives_a_code():
    code = shannon_fano_elias_code([0.5, 0.5, 1e-9])
    assert code.is_prefix_free


@settings(max_examples=80, deadline=None)
@given(weights(12), st.integers(2, 5))
def test_codewords_are_prefix_free_in_order_and_one_digit_longer_than_shannons(counts, radix):
    code = shannon_fano_elias_code(counts, radix=radix, normalize=True)
    assert code.is_prefix_free
    words = [word for word in code.codewords if word is not None]
    assert words == sorted(words)
    shannon = shannon_code(counts, radix=radix, normalize=True)
    assert code.lengths == tuple(None if n is None else n + 1 for n in shannon.lengths)
    assert all(len(word) == n for word, n in zip(code.codewords, code.lengths, strict=True) if word)
