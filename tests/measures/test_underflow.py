"""Measures of normal size whose intermediate numbers over- or underflow: digits as elsewhere."""

from functools import partial

import numpy as np
import pytest
from mpmath import sqrt
from tests.measures import exact_measures as exact
from tests.measures.exact_measures import assert_units, in_digits

from xent import measures

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def small(dtype):
    """Smallest subnormal and smallest normal number."""
    limits = np.finfo(dtype)
    return limits.smallest_subnormal, limits.smallest_normal


def of(dtype, *numbers):
    return np.asarray(numbers, dtype=dtype)


@dtypes
def test_a_model_of_subnormal_probabilities_has_all_digits_of_the_divergence(dtype):
    least, normal = small(dtype)
    for p in (of(dtype, 0.53, 0.47, 0.0), of(dtype, 0.53, 0.25, 0.22)):
        for q in (of(dtype, 5 * least, 8 * least, 1), of(dtype, normal / 3, 0.5, 0.5), of(dtype, 0, 1, 0)):
            assert_units(4, measures.kl_divergence(p, q), in_digits(700, exact.kl_divergence, p, q))
    nearly = of(dtype, 3 * least, 1, least)
    for q in (of(dtype, 0, 1, 0), of(dtype, 2 * least, 1, 0), of(dtype, 3 * least, 0, 1)):
        assert_units(4, measures.kl_divergence(nearly, q), in_digits(700, exact.kl_divergence, nearly, q))
        assert_units(4, measures.kl_divergence(q, nearly), in_digits(700, exact.kl_divergence, q, nearly))


@dtypes
def test_subnormal_entries_of_a_table_have_their_entropy(dtype):
    least, _ = small(dtype)
    for table in ([[0, 0, 0, 1]], [[1324 * least, 0, 799 * least, 1]], [[0.5, least], [0, 0], [0, 0.5]]):
        joint = np.asarray(table, dtype)
        swapped = joint.T.copy()
        left, right = (in_digits(700, exact.conditional_entropy, x) for x in (joint, swapped))
        assert_units(4, measures.conditional_entropy(joint, given_axis=-2), left)
        assert_units(4, measures.conditional_entropy(joint, given_axis=-1), right)
        both = in_digits(
            700, lambda a, b: exact.conditional_entropy(a) + exact.conditional_entropy(b), joint, swapped
        )
        assert_units(4, measures.variation_of_information(joint), both)


@dtypes
def test_a_quotient_that_overflows_does_not_make_chi_squared_infinite(dtype):
    least, _ = small(dtype)
    p = of(dtype, np.finfo(dtype).max * float(least) * 2, 1)
    q = of(dtype, least, 1)
    assert_units(4, measures.chi_squared_divergence(p, q), in_digits(700, exact.chi_squared, p, q))
    assert measures.chi_squared_divergence(of(dtype, 0.5, 0.5), q) == np.inf


@dtypes
def test_a_distance_is_not_0_where_its_square_underflows(dtype):
    least, normal = small(dtype)
    halves = (0.5, 0.5)
    for p, q in (
        (of(dtype, normal, 1), of(dtype, normal + least, 1)),
        (of(dtype, 0, 1), of(dtype, least, 1)),
        (of(dtype, 1, 0), of(dtype, 0, 1)),
        (of(dtype, 0.5, 0.5), of(dtype, 0.5, 0.5)),
    ):
        truth = in_digits(700, lambda p, q: sqrt(exact.squared_hellinger(p, q)), p, q)
        assert_units(4, measures.hellinger_distance(p, q), truth)
        truth = in_digits(700, lambda p, q: sqrt(exact.js_divergence((p, q), halves)), p, q)
        assert_units(4, measures.js_distance(p, q), truth)


@dtypes
@pytest.mark.parametrize("order", [1 - 1e-10, 1 + 1e-10, 0.9, 3.0])
def test_rare_outcomes_have_their_entropy_of_an_order_next_to_1(dtype, order):
    _, normal = small(dtype)
    for p in (of(dtype, 4 * normal, 1), of(dtype, normal, 8 * normal, 1, 0), of(dtype, 0, 1)):
        with np.errstate(divide="ignore"):
            logs = np.log(p)
        for name in ("renyi_entropy", "tsallis_entropy"):
            truth = in_digits(700, partial(getattr(exact, name), order=order), p)
            assert_units(2, getattr(measures, name)(p, order=order), truth)
            # A logarithm of a probability next to underflow is known to a few units of the probability.
            found = getattr(measures, name)(log_probs=logs, order=order)
            np.testing.assert_allclose(found, float(truth), rtol=1000 * np.finfo(dtype).eps)


@dtypes
@pytest.mark.parametrize("order", [1 - 1e-10, 1 + 1e-10, 0.3, 0.6, 1.4, 1.6])
@pytest.mark.parametrize("name", ["alpha_divergence", "renyi_divergence"])
def test_a_divergence_of_an_order_near_1_that_is_next_to_nothing_has_all_digits(dtype, order, name):
    _, normal = small(dtype)
    p = of(dtype, 400 * normal, 1)
    truth = partial(getattr(exact, name), order=order)
    for q in (of(dtype, 6e8 * normal, 1), of(dtype, 2e3 * normal, 1)):
        found = getattr(measures, name)(p, q, order=order)
        assert_units(2, found, in_digits(700, truth, p, q), (order, q))


@dtypes
@pytest.mark.parametrize("order", [1 - 1e-10, 1 + 1e-10, 1.4, 2.5])
@pytest.mark.parametrize("name", ["tsallis_entropy", "renyi_entropy"])
def test_an_entropy_of_an_order_near_1_that_is_next_to_nothing_has_all_digits(dtype, order, name):
    p = of(dtype, 400 * small(dtype)[1], 1)
    truth = in_digits(700, partial(getattr(exact, name), order=order), p)
    assert_units(2, getattr(measures, name)(p, order=order), truth)


@dtypes
def test_the_renyi_divergence_of_order_0_reads_logarithms_below_those_of_all_floats(dtype):
    rare, half = of(dtype, 0, -800), of(dtype, np.log(0.5), np.log(0.5))
    assert measures.renyi_divergence(log_probs=(rare, half), order=0) == 0
    second = of(dtype, -np.inf, 0)
    assert measures.renyi_divergence(log_probs=(second, rare), order=0) == 800
    assert measures.renyi_divergence(log_probs=(second, of(dtype, 0, -np.inf)), order=0) == np.inf
