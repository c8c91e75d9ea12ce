"""Laws of information, of random distributions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xent import measures

few = settings(max_examples=40, deadline=None)
SLACK = 1e-12


def normalised(weights):
    return weights / weights.sum(axis=-1, keepdims=True)


def simplexes(n, K=4):
    """`n` distributions, with zeros among the entries."""
    entries = st.floats(1e-4, 1) | st.just(0.0)
    rows = arrays(np.float64, (n, K), elements=entries).filter(lambda a: (a.sum(axis=-1) > 1e-3).all())
    return rows.map(normalised)


def inner(n, K=4):
    """`n` distributions without zeros."""
    return arrays(np.float64, (n, K), elements=st.floats(1e-3, 1)).map(normalised)


def joint_tables(*shape):
    size = int(np.prod(shape))
    return simplexes(1, size).map(lambda table: table.reshape(shape))


channels = inner(4, 3)


@few
@given(simplexes(1))
def test_entropy_lies_between_certainty_and_uniformity(p):
    assert (measures.entropy(p) >= 0).all()
    assert (measures.entropy(p) <= np.log(4) + SLACK).all()
    assert 1 <= measures.perplexity(p)[0] <= 4 + SLACK


@few
@given(simplexes(2), st.floats(0, 1))
def test_entropy_is_concave(p, share):
    mixture = share * p[0] + (1 - share) * p[1]
    mean = share * measures.entropy(p[0]) + (1 - share) * measures.entropy(p[1])
    assert measures.entropy(mixture) >= mean - SLACK


@few
@given(simplexes(2))
def test_gibbs_no_code_is_shorter_than_that_of_the_truth(p):
    gap = measures.cross_entropy(p[0], p[1]) - measures.entropy(p[0])
    assert gap >= -SLACK
    divergence = measures.kl_divergence(p[0], p[1])
    assert divergence >= 0
    assert gap == divergence or abs(gap - divergence) <= 1e-12


@pytest.mark.half_second
@few
@given(inner(2), channels)
def test_processing_data_brings_distributions_together(p, channel):
    through = p @ channel
    for measure in (
        measures.kl_divergence,
        measures.js_divergence,
        measures.total_variation,
        measures.squared_hellinger,
        measures.chi_squared_divergence,
    ):
        assert measure(*through) <= measure(*p) + SLACK
    for order in (0.5, 2, np.inf):
        found = measures.renyi_divergence(*through, order=order)
        assert found <= measures.renyi_divergence(*p, order=order) + SLACK


@few
@given(joint_tables(2, 3))
def test_the_chain_rule_and_the_signs_of_its_parts(table):
    joint = measures.joint_entropy(table)
    first, second = measures.entropy(table.sum(axis=1)), measures.entropy(table.sum(axis=0))
    of_second = measures.conditional_entropy(table, given_axis=-2)
    of_first = measures.conditional_entropy(table, given_axis=-1)
    mutual = measures.mutual_information(table)
    assert min(of_first, of_second, mutual) >= 0
    # Sums of numbers >= 0 on both sides, so that relative errors tell, but for the rounding of the margins.
    for one, other in ((joint, first + of_second), (joint, second + of_first), (mutual + of_second, second)):
        assert abs(one - other) <= SLACK * other + 8 * np.finfo(float).eps
    np.testing.assert_allclose(measures.variation_of_information(table), of_first + of_second, rtol=SLACK)
    positive = table > 0
    parts = table[positive] * measures.pointwise_mutual_information(table)[positive]
    np.testing.assert_allclose(parts[parts > 0].sum(), mutual - parts[parts < 0].sum(), rtol=SLACK)


@pytest.mark.half_second
@few
@given(joint_tables(2, 3, 2))
def test_the_chain_rule_of_mutual_information(table):
    whole = measures.mutual_information(table.reshape(2, 6))
    first = measures.mutual_information(table.sum(axis=2))
    rest = measures.conditional_mutual_information(np.moveaxis(table, 0, -1), given_axis=-3)
    given_first = measures.conditional_mutual_information(table, given_axis=-2)
    assert min(rest, given_first) >= 0
    np.testing.assert_allclose(whole, first + given_first, rtol=SLACK)
    total = measures.total_correlation(table)
    np.testing.assert_allclose(total, whole + measures.mutual_information(table.sum(axis=0)), rtol=SLACK)


@few
@given(simplexes(3))
def test_the_js_distance_is_a_metric_and_the_divergence_is_bounded(p):
    for metric in (measures.js_distance, measures.hellinger_distance, measures.total_variation):
        assert metric(p[0], p[2]) <= metric(p[0], p[1]) + metric(p[1], p[2]) + SLACK
        np.testing.assert_allclose(metric(p[0], p[1]), metric(p[1], p[0]), rtol=1e-14, atol=1e-300)
        assert metric(p[0], p[0]) == 0
    assert 0 <= measures.js_divergence(p[0], p[1]) <= np.log(2) + SLACK
    assert measures.js_divergence(*p) <= np.log(3) + SLACK


def test_the_kl_divergence_is_not_symmetric():
    p, q = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    assert abs(measures.kl_divergence(p, q) - measures.kl_divergence(q, p)) > 0.01
    assert measures.cross_entropy(p, q) != measures.cross_entropy(q, p)


@few
@given(inner(2), st.floats(0.1, 5))
def test_the_alpha_divergence_mirrors_its_order(p, order):
    there = measures.alpha_divergence(p[0], p[1], order=order)
    back = measures.alpha_divergence(p[1], p[0], order=1 - order)
    np.testing.assert_allclose(there, back, rtol=1e-9, atol=1e-300)


@pytest.mark.slow
@few
@given(inner(2))
def test_an_order_is_monotone_and_order_1_is_no_gap(p):
    orders = (0, 0.25, 0.5, 1 - 1e-10, 1, 1 + 1e-10, 2, 5, np.inf)
    entropies = [measures.renyi_entropy(p[0], order=order) for order in orders]
    divergences = [measures.renyi_divergence(p[0], p[1], order=order) for order in orders]
    assert (np.diff(entropies) <= SLACK).all()
    assert (np.diff(divergences) >= -SLACK).all()
    for order in (1 - 1e-10, 1 + 1e-10):
        for name in ("renyi", "tsallis"):
            entropy = getattr(measures, f"{name}_entropy")
            np.testing.assert_allclose(entropy(p[0], order=order), entropy(p[0], order=1), rtol=1e-8)
            divergence = getattr(measures, f"{name}_divergence")
            found, limit = (divergence(p[0], p[1], order=o) for o in (order, 1))
            np.testing.assert_allclose(found, limit, rtol=1e-8, atol=1e-300)


@few
@given(inner(2))
def test_named_divergences_are_those_of_their_functions(p):
    named = {
        measures.kl_divergence: lambda t: t * np.log(t),
        measures.chi_squared_divergence: lambda t: (t - 1) ** 2,
        measures.total_variation: lambda t: abs(t - 1) / 2,
        measures.squared_hellinger: lambda t: (np.sqrt(t) - 1) ** 2 / 2,
    }
    for measure, f in named.items():
        np.testing.assert_allclose(measures.f_divergence(*p, f), measure(*p), rtol=1e-9, atol=1e-14)
    order_2 = measures.alpha_divergence(*p, order=2)
    np.testing.assert_allclose(2 * order_2, measures.chi_squared_divergence(*p), rtol=1e-12, atol=1e-300)
    order_half = measures.alpha_divergence(*p, order=0.5)
    np.testing.assert_allclose(order_half, 4 * measures.squared_hellinger(*p), rtol=1e-12, atol=1e-300)
    tsallis = measures.tsallis_divergence(*p, order=2)
    np.testing.assert_allclose(tsallis, measures.chi_squared_divergence(*p), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("p", [0.0, 1e-300, 0.3, 0.5, 1 - 1e-9, 1.0])
def test_binary_cross_entropy_has_its_minimum_at_the_truth(p):
    q = np.linspace(0.001, 0.999, 333)
    least = measures.binary_entropy(p)
    value = measures.binary_cross_entropy(p, q)
    assert (value >= least).all()
    slope = measures.binary_cross_entropy.derivative(p, q)
    assert (slope[q > p] > 0).all()
    assert (slope[q < p] < 0).all()
    assert (measures.binary_cross_entropy.second_derivative(p, q) > 0).all()
    if 0 < p < 1:
        assert measures.binary_cross_entropy.derivative(p, p) == 0
        assert measures.binary_cross_entropy(p, p) == least
