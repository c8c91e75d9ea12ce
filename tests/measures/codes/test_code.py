from fractions import Fraction

import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.codes import Code, canonical_code


def test_codewords_count_upwards_short_ones_first():
    assert canonical_code([3, 1, 3, 2]).codewords == ("110", "0", "111", "10")


def test_equal_lengths_keep_the_order_of_the_symbols():
    assert canonical_code([2, 2, 2, 2]).codewords == ("00", "01", "10", "11")


def test_codewords_are_written_in_the_digits_of_the_radix():
    assert canonical_code([1, 1, 2], radix=3).codewords == ("0", "1", "20")
    assert canonical_code([1] * 36, radix=36).codewords[-2:] == ("y", "z")


def test_a_symbol_without_length_has_no_codeword():
    assert canonical_code([None, 1, None]).codewords == (None, "0", None)


def test_a_length_of_zero_is_the_empty_codeword():
    code = canonical_code([0, None])
    assert code.codewords == ("", None)
    assert code.kraft_sum == 1


def test_the_kraft_sum_is_exact_where_a_float_would_not_be():
    code = canonical_code([1, 2, 100])
    assert code.kraft_sum == Fraction(3, 4) + Fraction(1, 2**100)
    assert canonical_code([1, 1], radix=3).kraft_sum == Fraction(2, 3)


def test_lengths_that_no_code_has_are_refused():
    with pytest.raises(DomainError, match="`lengths` must have a Kraft sum of at most 1; got 5/4"):
        canonical_code([1, 1, 2])
    # A float sum would round this excess away.
    with pytest.raises(DomainError, match="Kraft sum"):
        canonical_code([1, 1, 200])


def test_negative_lengths_are_refused():
    with pytest.raises(DomainError, match=r"`lengths` must be >= 0; got -1, first at index \(1,\)"):
        canonical_code([2, -1])


@pytest.mark.parametrize("radix", [1, 37, 0, -2])
def test_a_radix_without_digits_is_refused(radix):
    with pytest.raises(DomainError, match=r"`radix` must lie in 2\.\.36"):
        canonical_code([1, 1], radix=radix)


@pytest.mark.parametrize(
    ("words", "free"),
    [
        (("0", "10", "11"), True),
        (("0", "01"), False),
        (("10", "1"), False),
        (("1", "1"), False),
        (("a", "ab", "b"), False),
        (("1", "100", "101", "0"), False),
        ((None, "0", None, "1"), True),
    ],
)
def test_whether_one_codeword_begins_another(words, free):
    lengths = tuple(None if word is None else len(word) for word in words)
    assert Code(lengths, words).is_prefix_free is free


def test_the_expected_length_weighs_each_length():
    code = canonical_code([1, 2, 2])
    assert code.expected_length([0.5, 0.25, 0.25]) == 1.5
    assert code.expected_length([1, 1, 2], normalize=True) == 1.75


def test_the_expected_length_is_infinite_without_a_codeword_that_is_needed():
    code = canonical_code([1, 1, None])
    assert code.expected_length([0.5, 0.25, 0.25]) == float("inf")
    assert code.expected_length([0.5, 0.5, 0.0]) == 1.0


def test_a_distribution_over_other_symbols_is_refused():
    with pytest.raises(ShapeError, match=r"`p` must have shape \(2,\), one entry for each symbol"):
        canonical_code([1, 1]).expected_length([0.5, 0.25, 0.25])


@pytest.mark.parametrize(
    ("p", "error", "text"),
    [
        ([0.5, 0.4], DomainError, "`p` must sum to 1; got 0.9. Pass `normalize=True`"),
        ([1.5, -0.5], DomainError, r"`p` must be >= 0; got -0.5, first at index \(1,\)"),
        ([float("nan"), 1.0], DomainError, r"`p` must be finite; got nan, first at index \(0,\)"),
        ([[0.5, 0.5]], ShapeError, r"`p` must have one axis .* got shape \(1, 2\)"),
        ([], ShapeError, r"`p` must have one axis with at least one symbol; got shape \(0,\)"),
        (["a", "b"], DTypeError, "`p` must hold real numbers or fractions"),
    ],
)
def test_what_is_no_distribution_is_refused(p, error, text):
    with pytest.raises(error, match=f"expected_length: {text}"):
        canonical_code([1, 1]).expected_length(p)


def test_only_zeros_cannot_be_normalised():
    with pytest.raises(DomainError, match="`p` must hold a weight > 0; got only zeros"):
        canonical_code([1, 1]).expected_length([0, 0], normalize=True)
