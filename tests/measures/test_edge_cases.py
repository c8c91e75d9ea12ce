"""One assertion for each clause on edge cases in the docstrings."""

import numpy as np
import pytest
from tests.measures import exact_measures as exact
from tests.measures.exact_measures import assert_units, in_digits
from tests.measures.test_distributions import assert_refused
from tests.relative_error import assert_within

from xent import measures
from xent.errors import DomainError, ShapeError

SURE, OTHER, HALF = np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]), np.asarray([0.5, 0.5])


def assert_is(found, value):
    np.testing.assert_array_equal(found, value)
    assert not np.signbit(found).any() or np.any(np.asarray(value) < 0)


# One distribution ----------------------------------------------------------------------------------------


def test_certainty_has_no_entropy_of_any_order():
    assert_is(measures.entropy(SURE), 0)
    assert_is(measures.entropy(log_probs=np.asarray([0.0, -np.inf])), 0)
    assert_is(measures.entropy(logits=np.asarray([[3.0, -np.inf], [1000.0, 0.0], [-1000.0, 0.0]])), [0, 0, 0])
    assert measures.perplexity(SURE) == 1
    for order in (0, 0.5, 1, 1 + 1e-10, 2, np.inf):
        assert_is(measures.renyi_entropy(SURE, order=order), 0)
        assert_is(measures.tsallis_entropy(SURE, order=order), 0)


def test_equal_probabilities_have_the_logarithm_of_their_number_at_every_order():
    p = np.full(1024, 2.0**-10)
    assert_within(1, measures.entropy(p, base=2), 10.0)
    assert_within(2, measures.perplexity(p[:8] * 128), 8.0)
    for order in (0, 0.5, 1, 2, 300, 1e6, np.inf):
        assert_within(4, measures.renyi_entropy(p, order=order, base=2), 10.0)
    assert_within(4, measures.tsallis_entropy(p, order=2), 1 - 2.0**-10)
    assert_within(4, measures.tsallis_entropy(p, order=0), 1023.0)


def test_powers_do_not_underflow_at_a_large_order():
    p = np.asarray([0.75, 0.25])
    assert_units(
        8, measures.renyi_entropy(p, order=1e4), in_digits(3000, lambda p: exact.renyi_entropy(p, 1e4), p)
    )
    logs = np.asarray([0.0, -2000.0])
    assert_within(4, measures.renyi_entropy(log_probs=logs, order=0.125), np.exp(-250) / 0.875)


def test_orders_0_and_infinity_count_and_look_at_the_likeliest():
    p = np.asarray([0.5, 0.25, 0.25, 0.0])
    assert_within(1, measures.renyi_entropy(p, order=0), np.log(3))
    assert_within(1, measures.renyi_entropy(p, order=np.inf), np.log(2))
    assert_within(1, measures.tsallis_entropy(p, order=0), 2.0)
    assert_is(measures.tsallis_entropy(p, order=np.inf), 0)


def test_logits_without_a_softmax_give_nan():
    for logits in ([np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]):
        assert np.isnan(measures.entropy(logits=np.asarray(logits)))
        for order in (0, 0.5, 1, 2, np.inf):
            assert np.isnan(measures.renyi_entropy(logits=np.asarray(logits), order=order))
            for p, q in ((np.zeros(2), np.asarray(logits)), (np.asarray(logits), np.zeros(2))):
                assert np.isnan(measures.renyi_divergence(logits=(p, q), order=order))


def test_the_surprisal_of_the_certain_and_the_impossible(xp):
    found = xp.call_public(measures.surprisal, np.asarray([1.0, 0.5, 0.0]))
    assert_within(1, found, [0, np.log(2), np.inf])
    assert not np.signbit(found).any()
    assert_is(measures.surprisal(log_probs=np.asarray([0.0, -800.0, -np.inf])), [0, 800, np.inf])
    np.testing.assert_array_equal(
        measures.surprisal(logits=np.asarray([[0.0, 1.0], [3.0, 0.0]]), axis=0),
        measures.surprisal(logits=np.asarray([[0.0, 3.0], [1.0, 0.0]])).T,
    )
    assert measures.surprisal(np.float32([0.25]), base=2).dtype == np.float32


def test_the_surprisal_of_what_is_no_probability_is_refused():
    text = "surprisal: `probs` must lie in [0, 1]; got 1.5, first at index (1,)."
    assert_refused(DomainError, text, measures.surprisal, [0.5, 1.5])
    text = "surprisal: `log_probs` must be <= 0; got 0.5, first at index (0,)."
    assert_refused(DomainError, text, measures.surprisal, log_probs=[0.5])
    with pytest.raises(DomainError, match="`probs` must be given in one space"):
        measures.surprisal(HALF, log_probs=np.log(HALF))
    with pytest.raises(DomainError, match="`probs` must be given in one space"):
        measures.surprisal()


# Two distributions ----------------------------------------------------------------------------------------


def test_a_distribution_does_not_diverge_from_itself():
    p = np.random.default_rng(19).dirichlet(np.full(6, 0.5), size=20)
    p[:, 2] = 0
    p /= p.sum(axis=-1, keepdims=True)
    for name in ("kl", "js", "chi_squared"):
        assert_is(getattr(measures, f"{name}_divergence")(p, p), np.zeros(20))
    for name in ("js_distance", "total_variation", "squared_hellinger", "hellinger_distance"):
        assert_is(getattr(measures, name)(p, p.copy()), np.zeros(20))
    for order in (-2, 0, 0.3, 1, 2.5):
        assert_is(measures.alpha_divergence(p, p, order=order), np.zeros(20))
    for order in (0, 0.5, 1, 3, np.inf):
        np.testing.assert_array_equal(measures.renyi_divergence(p, p, order=order), np.zeros(20))
    # Of order 1/2 a quotient of 0 by a negative number would be -0.
    assert not np.signbit(measures.renyi_divergence(p, p, order=0.5)).any()
    np.testing.assert_array_equal(measures.cross_entropy(p, p), measures.entropy(p))


def test_what_the_model_rules_out_costs_infinity(xp):
    p, q = xp.from_numpy(HALF), xp.from_numpy(SURE)
    for name in ("cross_entropy", "kl_divergence", "chi_squared_divergence", "perplexity"):
        assert xp.to_numpy(getattr(measures, name)(p, q)) == np.inf
    for order in (1, 2, np.inf):
        assert xp.to_numpy(measures.renyi_divergence(p, q, order=order)) == np.inf
    for order in (1, 1.5, 3):
        assert xp.to_numpy(measures.alpha_divergence(p, q, order=order)) == np.inf
        assert xp.to_numpy(measures.alpha_divergence(q, p, order=1 - order)) == np.inf
    assert (
        xp.to_numpy(
            measures.kl_divergence(
                log_probs=(xp.from_numpy(np.log(HALF)), xp.from_numpy(np.asarray([0, -np.inf])))
            )
        )
        == np.inf
    )


@pytest.mark.parametrize("least", [5e-324, 1e-310, 2.3e-308])
def test_what_the_model_rules_out_costs_infinity_however_little_the_truth_gives_it(least):
    p, q = np.asarray([least, 1.0]), np.asarray([0.0, 1.0])
    for name in ("cross_entropy", "kl_divergence", "chi_squared_divergence"):
        assert getattr(measures, name)(p, q) == np.inf
    assert measures.js_divergence(p, q) < 1e-300
    table = np.asarray([[least, 0.0], [0.0, 1.0]])
    assert 0 < measures.mutual_information(table) < 1e-300


@pytest.mark.parametrize("name", ["kl_divergence", "js_divergence", "squared_hellinger"])
def test_weights_of_32_bits_are_normalised_in_64(name):
    rng = np.random.default_rng(11)
    p = rng.integers(1, 100, size=1000).astype(np.float32)
    q = (p * (1 + 1e-3 * rng.standard_normal(1000))).astype(np.float32)
    found = getattr(measures, name)(p, q, normalize=True)
    truth = getattr(measures, name)(p.astype(float), q.astype(float), normalize=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, truth, rtol=np.finfo(np.float32).eps)


def test_what_the_truth_rules_out_is_free():
    assert_within(1, measures.kl_divergence(SURE, HALF), np.log(2))
    assert_within(1, measures.cross_entropy(SURE, HALF), np.log(2))
    assert measures.chi_squared_divergence(SURE, HALF) == 1
    for order in (0, 0.5, 1, 2, np.inf):
        assert_within(4, measures.renyi_divergence(SURE, HALF, order=order), np.log(2))
    assert measures.tsallis_divergence(SURE, HALF, order=0) == 0.5
    assert_is(measures.kl_divergence(SURE, SURE), 0)


def test_distributions_that_share_nothing_are_as_far_apart_as_can_be():
    assert_within(1, measures.js_divergence(SURE, OTHER), np.log(2))
    assert measures.js_distance(SURE, OTHER, base=2) == 1
    assert measures.squared_hellinger(SURE, OTHER) == 1
    assert measures.total_variation(SURE, OTHER) == 1
    weights = np.asarray([0.25, 0.75])
    assert_within(2, measures.js_divergence(SURE, OTHER, weights=weights), measures.entropy(weights))
    assert_within(1, measures.js_divergence(SURE, OTHER, weights=(1, 0)), 0.0)
    assert measures.renyi_divergence(SURE, OTHER, order=0.5) == np.inf


def test_probabilities_below_all_floats_have_logarithms():
    log_p, log_q = np.asarray([-800.0, 0.0]), np.asarray([-1e6, 0.0])
    assert_is(measures.kl_divergence(log_probs=(log_p, log_q)), 0)
    found = measures.kl_divergence(HALF, log_probs=np.asarray([-800.0, 0.0]))
    assert_within(4, found, 400 - np.log(2))
    assert_within(4, measures.cross_entropy(HALF, logits=np.asarray([0.0, -800.0])), 400.0)
    large = measures.renyi_divergence(logits=(np.zeros(2), np.asarray([0.0, -800.0])), order=2)
    assert_within(4, large, 800 - 2 * np.log(2))


def test_subnormal_probabilities_are_probabilities():
    tiny = np.asarray([5e-324, 1.0])
    for p, q in ((tiny, HALF), (HALF, tiny), (tiny, tiny[::-1].copy())):
        assert_units(4, measures.kl_divergence(p, q), in_digits(700, exact.kl_divergence, p, q))


def test_a_js_divergence_needs_distributions_and_their_shares():
    text = "js_divergence: `probs` must be at least two distributions; got 1."
    assert_refused(ShapeError, text, measures.js_divergence, HALF)
    text = "js_distance: `weights` must have 2 entries, one for each distribution; got 3."
    assert_refused(ShapeError, text, measures.js_distance, HALF, SURE, weights=(0.5, 0.25, 0.25))
    text = "js_divergence: `weights` must have no masked entries; got a masked one, first at index (1,)."
    weights = np.ma.array([0.5, 0.5], mask=[0, 1])
    with pytest.raises(DomainError) as caught:
        measures.js_divergence(HALF, SURE, weights=weights)
    assert str(caught.value).startswith(text)
    text = "js_divergence: `weights` must be >= 0; got -0.5, first at index (1,)."
    assert_refused(DomainError, text, measures.js_divergence, HALF, SURE, weights=(1.5, -0.5))
    text = "js_divergence: `weights` must sum to 1; got 2."
    assert_refused(DomainError, text, measures.js_divergence, HALF, SURE, weights=(1, 1))


def test_an_order_without_a_meaning_is_refused():
    text = "renyi_entropy: `order` must be >= 0; got -1."
    assert_refused(DomainError, text, measures.renyi_entropy, HALF, order=-1)
    text = "alpha_divergence: `order` must be finite; got inf."
    assert_refused(DomainError, text, measures.alpha_divergence, HALF, HALF, order=np.inf)
    text = "tsallis_divergence: `order` must be finite and >= 0; got inf."
    assert_refused(DomainError, text, measures.tsallis_divergence, HALF, HALF, order=np.inf)
    for name in ("renyi_divergence", "tsallis_divergence", "alpha_divergence"):
        with pytest.raises(DomainError, match=f"{name}: `order` must be .*; got nan"):
            getattr(measures, name)(HALF, HALF, order=np.nan)
    with pytest.raises(DomainError, match="tsallis_entropy: `order` must be >= 0; got nan"):
        measures.tsallis_entropy(HALF, order=np.nan)


def test_a_function_counts_at_0_and_by_its_slope_at_infinity(xp):
    p, q = xp.from_numpy(np.asarray([0.5, 0.5, 0.0])), xp.from_numpy(np.asarray([0.0, 0.5, 0.5]))

    def distance(ratio):
        return xp.namespace.abs(ratio - 1) / 2

    assert xp.to_numpy(measures.f_divergence(p, q, distance, slope_at_infinity=0.5)) == 0.5
    text = "`q` must be > 0 where `p` is, or `slope_at_infinity` given; got 0, first at index (0,)."
    assert_refused(DomainError, f"f_divergence: {text}", measures.f_divergence, p, q, distance)
    assert xp.to_numpy(measures.f_divergence(q, q, distance)) == 0
    assert np.isnan(xp.to_numpy(measures.f_divergence(p, q, distance, validate=False)))


# Joint tables ---------------------------------------------------------------------------------------------


def test_variables_that_determine_each_other(xp):
    table = np.diag([0.5, 0.25, 0.25])
    assert_within(2, xp.call_public(measures.mutual_information, table), measures.entropy([0.5, 0.25, 0.25]))
    for by in ("min", "max", "sqrt", "arithmetic", "joint"):
        assert_within(4, measures.normalized_mutual_information(table, by=by), 1.0)
    for axis in (-2, -1):
        assert_is(measures.conditional_entropy(table, given_axis=axis), 0)
    assert_is(measures.variation_of_information(table), 0)


def test_independent_variables():
    table = np.outer([0.5, 0.5], [0.25, 0.75])
    assert_is(measures.mutual_information(table), 0)
    assert_is(measures.normalized_mutual_information(table, by="joint"), 0)
    np.testing.assert_array_equal(measures.pointwise_mutual_information(table), np.zeros((2, 2)))
    assert_within(2, measures.conditional_entropy(table, given_axis=-2), measures.entropy([0.25, 0.75]))


def test_a_variable_that_almost_determines_the_other_leaves_a_little():
    table = np.asarray([[0.5, 1e-20], [0.0, 0.5]])
    truth = in_digits(60, exact.conditional_entropy, table)
    assert_units(4, measures.conditional_entropy(table, given_axis=-2), truth)


def test_rows_of_probability_0_contribute_nothing():
    table = np.asarray([[0.25, 0.75], [0.0, 0.0]])
    assert_within(2, measures.conditional_entropy(table, given_axis=-2), measures.entropy([0.25, 0.75]))
    assert_is(measures.mutual_information(table), 0)


def test_a_share_of_no_entropy_is_nan():
    table = np.asarray([[1.0, 0.0], [0.0, 0.0]])
    for by in ("min", "max", "sqrt", "arithmetic", "joint"):
        assert np.isnan(measures.normalized_mutual_information(table, by=by))


def test_pairs_that_do_not_happen(xp):
    found = xp.call_public(measures.pointwise_mutual_information, np.asarray([[0.5, 0.0], [0.25, 0.25]]))
    np.testing.assert_allclose(
        found, np.log([[4 / 3, 1e-300], [2 / 3, 2]]) - [[0, np.inf], [0, 0]], rtol=1e-15
    )
    found = measures.pointwise_mutual_information([[1.0, 0.0]])
    assert found[0, 0] == 0
    assert np.isnan(found[0, 1])


def test_many_copies_of_one_variable_share_all_but_one():
    cube = np.zeros((2, 2, 2))
    cube[0, 0, 0], cube[1, 1, 1] = 0.5, 0.5
    assert_within(1, measures.total_correlation(cube), 2 * np.log(2))
    assert_is(measures.total_correlation(HALF), 0)


def test_choices_that_do_not_exist_are_refused():
    table = np.full((2, 2), 0.25)
    text = "conditional_entropy: `given_axis` must be one of the last 2 axes, -2 to -1; got -3."
    assert_refused(DomainError, text, measures.conditional_entropy, table, given_axis=-3)
    text = "normalized_mutual_information: `by` must be one of min, max, sqrt, arithmetic, joint; got 'mean'."
    assert_refused(DomainError, text, measures.normalized_mutual_information, table, by="mean")
    text = "joint_entropy: `joint` must have at least 3 axes, one for each variable; got shape (2, 2)."
    assert_refused(ShapeError, text, measures.joint_entropy, table, variables=3)
    with pytest.raises(DomainError, match="`variables` must be an integer >= 1; got 0"):
        measures.total_correlation(table, variables=0)


# Events ---------------------------------------------------------------------------------------------------


def test_the_binary_measures_are_those_of_two_outcomes(xp):
    p, q = np.asarray([0.25, 0.5, 0.875]), np.asarray([0.75, 0.0625, 0.875])
    pairs = [np.stack([x, 1 - x], axis=-1) for x in (p, q)]
    assert_within(2, xp.call_public(measures.binary_entropy, p), measures.entropy(pairs[0]))
    found = xp.call_public(measures.binary_cross_entropy, p, q)
    assert_within(2, found, measures.cross_entropy(*pairs))
    logits = np.log(q) - np.log1p(-q)
    found = xp.call_public(lambda p, z: measures.binary_cross_entropy(p, logits=z), p, logits)
    np.testing.assert_allclose(found, measures.cross_entropy(*pairs), rtol=1e-14)
    found = xp.call_public(lambda z: measures.binary_entropy(logits=z), logits)
    np.testing.assert_allclose(found, measures.entropy(pairs[1]), rtol=1e-14)
    assert measures.binary_entropy(0.5, base=2) == 1


def test_certain_events(xp):
    p = np.asarray([0.0, 1.0])
    assert_is(xp.call_public(measures.binary_entropy, p), [0, 0])
    np.testing.assert_array_equal(xp.call_public(measures.binary_entropy.derivative, p), [np.inf, -np.inf])
    assert_is(measures.binary_entropy(logits=np.asarray([-np.inf, np.inf, 1000.0])), [0, 0, 0])
    assert measures.binary_entropy.derivative(0.5) == 0
    p, q = np.asarray([0.0, 1.0, 0.5, 0.5]), np.asarray([0.0, 1.0, 0.0, 1.0])
    assert_is(xp.call_public(measures.binary_cross_entropy, p, q), [0, 0, np.inf, np.inf])
    slopes = xp.call_public(measures.binary_cross_entropy.derivative, p, q)
    np.testing.assert_array_equal(slopes, [1, -1, -np.inf, np.inf])
    curvature = xp.call_public(measures.binary_cross_entropy.second_derivative, p, q)
    np.testing.assert_array_equal(curvature, [1, 1, np.inf, np.inf])


def binary_points():
    rng = np.random.default_rng(23)
    some = [*rng.random(40), 1e-300, 1e-20, 5e-324, 1 - 2.0**-53, 0.5, 0.5 + 2.0**-40, 0.5 - 2.0**-41]
    return [np.float64(x) for x in some]


@pytest.mark.half_second
def test_the_binary_measures_are_within_4_units():
    from mpmath import log

    for p in binary_points():
        truth = in_digits(700, lambda p: -p * log(p) - (1 - p) * log(1 - p), p)
        assert_units(4, measures.binary_entropy(p), truth, p)
        assert_units(
            4, measures.binary_entropy.derivative(p), in_digits(700, lambda p: log((1 - p) / p), p), p
        )
        if p > 1e-305:
            truth = in_digits(700, lambda p: -1 / (p * (1 - p)), p)
            assert_units(4, measures.binary_entropy.second_derivative(p), truth, p)
        for q in (0.3 * p + 0.1, 0.5, p * (1 - 1e-9), np.float64(1e-20), 1 - np.float64(1e-15)):
            truth = in_digits(700, lambda p, q: -p * log(q) - (1 - p) * log(1 - q), p, q) if q else "inf"
            assert_units(4, measures.binary_cross_entropy(p, q), truth, (p, q))
            if q > 1e-305:
                slope = in_digits(700, lambda p, q: (q - p) / (q * (1 - q)), p, q)
                assert_units(4, measures.binary_cross_entropy.derivative(p, q), slope, (p, q))
                bend = in_digits(700, lambda p, q: p / q**2 + (1 - p) / (1 - q) ** 2, p, q)
                assert_units(4, measures.binary_cross_entropy.second_derivative(p, q), bend, (p, q))


def test_the_entropy_of_an_order_is_over_the_sum():
    p = np.asarray([0.5, 0.5002], dtype=np.float32)
    for order in (0.9, 3.0):
        truth = in_digits(60, lambda p, order=order: exact.renyi_entropy(p, order), p)
        assert_units(2, measures.renyi_entropy(p, order=order), truth)


def test_the_entropy_of_log_odds_is_within_4_units():
    from mpmath import exp, log

    def truth(z):
        p = 1 / (1 + exp(-z))
        return -p * log(p) - (1 - p) * log(1 - p)

    for z in np.r_[np.random.default_rng(29).standard_normal(30) * 30, 1e-9, 0, 650, -650]:
        assert_units(4, measures.binary_entropy(logits=z), in_digits(700, truth, z), z)


def test_what_is_no_probability_of_an_event_is_refused():
    text = "binary_cross_entropy: `q` must lie in [0, 1]; got 1.5, first at index (1,)."
    assert_refused(DomainError, text, measures.binary_cross_entropy, HALF, [0.5, 1.5])
    text = "binary_entropy.derivative: `p` must lie in [0, 1]; got nan."
    assert_refused(DomainError, text, measures.binary_entropy.derivative, np.nan)
    text = "binary_entropy: `p` must be given in one space: as probabilities or as `logits`; got several."
    assert_refused(DomainError, text, measures.binary_entropy, HALF, logits=HALF)
    text = "binary_cross_entropy: `q` must be given in one space: as probabilities or as `logits`; got none."
    assert_refused(DomainError, text, measures.binary_cross_entropy, HALF)
    text = "binary_cross_entropy: `q` must broadcast with `p`, of shape (2,); got shape (3,)."
    assert_refused(ShapeError, text, measures.binary_cross_entropy, HALF, np.full(3, 0.5))


def test_measures_built_of_others_name_themselves():
    text = "`p` must sum to 1 along the last axis; got 0.5. Pass `normalize=True` to divide by the sum."
    assert_refused(DomainError, f"perplexity: {text}", measures.perplexity, HALF / 2)
    with pytest.raises(DomainError, match=r"^renyi_divergence: `q` must sum to 1"):
        measures.renyi_divergence(HALF, HALF / 2, order=1)
    with pytest.raises(DomainError, match=r"^total_correlation: `joint` must sum to 1"):
        measures.total_correlation(np.ones((2, 2)))
