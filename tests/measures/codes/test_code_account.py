import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.codes import account, canonical_code, huffman_code, shannon_code

EPS = np.finfo(float).eps


def parts(found):
    return found.entropy + found.divergence + found.whole_symbol_penalty


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(1, 99)), min_size=2, max_size=12).filter(
        lambda pairs: any(p for p, _ in pairs)
    ),
    st.integers(2, 5),
    st.sampled_from([huffman_code, shannon_code]),
)
def test_the_parts_add_up_to_the_length(pairs, radix, build):
    p, q = zip(*pairs, strict=True)
    code = build(q, radix=radix, normalize=True)
    found = account(code, built_for=q, run_on=p, normalize=True)
    scale = max(found.expected_length, found.entropy + found.divergence)
    assert abs(parts(found) - found.expected_length) <= 4 * EPS * max(scale, 1)
    assert found.divergence >= 0
    assert found.redundancy >= -4 * EPS * max(scale, 1)


def test_known_parts_of_a_wrong_code():
    # Cover and Thomas, example 2.3.1: D((1/2, 1/2) | (1/4, 3/4)) = 0.2075187496 bits.
    found = account(shannon_code([0.25, 0.75]), built_for=[0.25, 0.75], run_on=[0.5, 0.5])
    assert found.expected_length == 1.5
    assert found.entropy == pytest.approx(1.0, rel=1e-15)
    assert found.divergence == pytest.approx(0.2075187496394219, rel=1e-14)
    assert found.whole_symbol_penalty == pytest.approx(0.5 * (1 + math.log2(0.75)), rel=1e-15)
    assert found.cross_entropy == pytest.approx(1.2075187496394219, rel=1e-15)
    assert found.kraft_sum == Fraction(3, 4)
    assert found.radix == 2


def test_truth_and_model_are_not_exchangeable():
    p, q = [0.5, 0.5], [0.25, 0.75]
    found = account(shannon_code(p), built_for=p, run_on=q)
    assert found.divergence == pytest.approx(0.18872187554086717, rel=1e-14)


def test_a_dyadic_distribution_has_no_penalty_at_all():
    q = [2.0**-k for k in range(1, 30)] + [2.0**-29]
    found = account(shannon_code(q), built_for=q, run_on=[1 / 30] * 30)
    assert found.whole_symbol_penalty == 0.0


def test_nearly_equal_distributions_keep_the_digits_of_their_divergence():
    p, q = [0.5, 0.5], [0.5 + 1e-9, 0.5 - 1e-9]
    found = account(huffman_code(q), built_for=q, run_on=p)
    assert found.divergence == pytest.approx(2.0e-18 / math.log(2), rel=1e-6)


def test_radix_three_is_measured_in_its_own_digits():
    p = [1 / 3, 1 / 3, 1 / 3]
    found = account(shannon_code(p, radix=3), built_for=p, run_on=p)
    assert found.expected_length == 1.0
    assert found.entropy == pytest.approx(1.0, rel=1e-15)
    assert abs(found.whole_symbol_penalty) <= EPS


def test_what_the_model_holds_impossible_costs_infinitely_much():
    code = shannon_code([0.5, 0.5, 0.0])
    found = account(code, built_for=[0.5, 0.5, 0.0], run_on=[0.25, 0.25, 0.5])
    assert found.expected_length == math.inf
    assert found.divergence == math.inf
    assert found.whole_symbol_penalty == 0.0


def test_a_codeword_for_what_the_model_holds_impossible_is_a_gain_without_end():
    found = account(canonical_code([1, 1]), built_for=[1.0, 0.0], run_on=[0.5, 0.5])
    assert found.expected_length == 1.0
    assert found.divergence == math.inf
    assert found.whole_symbol_penalty == -math.inf


def test_a_missing_codeword_is_a_penalty_without_end():
    found = account(canonical_code([1, None]), built_for=[0.5, 0.5], run_on=[0.5, 0.5])
    assert found.expected_length == math.inf
    assert found.divergence == 0.0
    assert found.whole_symbol_penalty == math.inf


def test_a_symbol_that_never_comes_costs_nothing():
    found = account(canonical_code([1, None]), built_for=[0.5, 0.5], run_on=[1.0, 0.0])
    assert found.expected_length == 1.0
    assert found.divergence == pytest.approx(1.0)
    assert found.whole_symbol_penalty == 0.0


def test_a_certain_symbol_in_huffmans_code_pays_a_whole_digit_for_nothing():
    found = account(huffman_code([1.0]), built_for=[1.0], run_on=[1.0])
    assert (found.entropy, found.divergence, found.whole_symbol_penalty) == (0.0, 0.0, 1.0)


def test_what_does_not_fit_is_refused_by_its_name():
    code = canonical_code([1, 1])
    with pytest.raises(ShapeError, match=r"account: `built_for` must have shape \(2,\)"):
        account(code, built_for=[0.5, 0.25, 0.25], run_on=[0.5, 0.5])
    with pytest.raises(ShapeError, match=r"account: `run_on` must have shape \(2,\)"):
        account(code, built_for=[0.5, 0.5], run_on=[1.0])
    with pytest.raises(
        DomainError, match=r"account: `run_on` must sum to 1; got 0\.9\. Pass `normalize=True`"
    ):
        account(code, built_for=[0.5, 0.5], run_on=[0.5, 0.4])


def test_a_code_of_another_type_is_refused():
    with pytest.raises(DTypeError, match=r"^account: `code` must be a Code; got list"):
        account([1, 2], built_for=[0.5, 0.5], run_on=[0.5, 0.5])
