import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.codes import best_shared_code, huffman_code, shannon_code

STEEP = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32]
EVEN = [1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8]


def test_each_code_is_best_at_home_and_the_cautious_one_is_best_shared():
    found = best_shared_code([huffman_code(STEEP), huffman_code(EVEN)], [STEEP, EVEN])
    assert found.expected_lengths == ((1.9375, 2.875), (2.25, 2.5))
    assert found.averages == (2.40625, 2.375)
    assert found.best == 1
    assert found.weights == (0.5, 0.5)


def test_the_cautious_code_is_as_good_as_the_one_made_for_the_mixture():
    mixture = [(a + b) / 2 for a, b in zip(STEEP, EVEN, strict=True)]
    assert huffman_code(mixture).expected_length(mixture) == 2.375


def test_the_steeper_source_wins_when_it_is_frequent_enough():
    codes = [huffman_code(STEEP), huffman_code(EVEN)]
    assert best_shared_code(codes, [STEEP, EVEN], weights=[0.6, 0.4]).best == 0
    assert best_shared_code(codes, [STEEP, EVEN], weights=[0.5, 0.5]).best == 1


def test_how_many_outcomes_fit_into_a_message_of_280_bits():
    found = best_shared_code([huffman_code(STEEP), huffman_code(EVEN)], [STEEP, EVEN])
    assert [[int(280 / x) for x in row] for row in found.expected_lengths] == [[144, 97], [124, 112]]
    assert [int(280 / x) for x in found.averages] == [116, 117]


def test_models_are_measured_by_their_ideal_codes():
    found = best_shared_code([STEEP, EVEN], [STEEP, EVEN])
    # Both are dyadic, so that whole bits are ideal.
    assert found.expected_lengths == ((1.9375, 2.875), (2.25, 2.5))
    ternary = best_shared_code([[1 / 3] * 3], [[1 / 3] * 3], radix=3)
    assert ternary.averages[0] == pytest.approx(1.0, rel=1e-15)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(1, 4))
def test_the_mixture_is_the_best_model_and_its_huffman_code_the_best_code(seed, K, S):
    rng = np.random.default_rng(seed)
    sources = rng.dirichlet(np.ones(K), size=S)
    weights = rng.dirichlet(np.ones(S))
    mixture = weights @ sources
    models = best_shared_code([*sources, mixture], sources, weights=weights)
    assert models.averages[-1] <= min(models.averages) + 1e-12
    codes = [huffman_code(source, normalize=True) for source in [*sources, mixture]]
    shared = best_shared_code(codes, sources, weights=weights)
    assert shared.averages[-1] <= min(shared.averages) + 1e-12
    assert shared.averages[shared.best] == min(shared.averages)


def test_a_code_without_a_codeword_that_is_needed_costs_infinitely_much():
    codes = [shannon_code([1.0, 0.0]), huffman_code([0.5, 0.5])]
    found = best_shared_code(codes, [[1.0, 0.0], [0.5, 0.5]])
    assert found.expected_lengths == ((0.0, math.inf), (1.0, 1.0))
    assert found.best == 1


def test_a_source_of_weight_zero_is_shown_but_does_not_count():
    codes = [shannon_code([1.0, 0.0]), huffman_code([0.5, 0.5])]
    found = best_shared_code(codes, [[1.0, 0.0], [0.5, 0.5]], weights=[1.0, 0.0])
    assert found.averages == (0.0, 1.0)
    assert found.best == 0


def test_of_equally_good_codes_the_first_is_named():
    assert best_shared_code([huffman_code(EVEN)] * 3, [EVEN]).best == 0


@pytest.mark.parametrize(
    ("codes", "sources", "options", "error", "text"),
    [
        ([], [EVEN], {}, ShapeError, "`codes and sources` must not be empty; got 0 and 1"),
        ([EVEN], [], {}, ShapeError, "got 1 and 0"),
        (huffman_code(EVEN), [EVEN], {}, DTypeError, "`codes` must be a sequence of codes; got Code. Put a"),
        ([EVEN], 5, {}, DTypeError, "`sources` must be a sequence of sources; got int"),
        ([[0.5, 0.5]], [EVEN], {}, ShapeError, r"`codes\[0\]` must have 6 symbols"),
        ([EVEN], [EVEN, [0.5, 0.5]], {}, ShapeError, r"`sources\[1\]` must have shape \(6,\)"),
        ([EVEN], [EVEN], {"weights": [0.5, 0.5]}, ShapeError, r"`weights` must have shape \(1,\)"),
        ([EVEN], [EVEN], {"weights": [0.5]}, DomainError, "`weights` must sum to 1; got 0.5"),
        ([huffman_code(EVEN)], [EVEN], {"radix": 3}, DomainError, r"`codes\[0\]` must have radix 3; got 2"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(codes, sources, options, error, text):
    with pytest.raises(error, match=text):
        best_shared_code(codes, sources, **options)
