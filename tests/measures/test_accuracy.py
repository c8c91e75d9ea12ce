"""The bounds that the docstrings state, against many digits."""

import functools

import numpy as np
import pytest
from mpmath import exp, log, mpf
from tests.measures import exact_measures as exact
from tests.measures.exact_measures import assert_units, in_digits

from xent import measures


@functools.cache
def pairs():
    """Distributions far apart, near, almost equal, and at the edge between the formulas."""
    rng = np.random.default_rng(20261120)
    found = []
    for K in (2, 5, 50):
        for spread in (0.1, 1.0, 5.0):
            found += [tuple(rng.dirichlet(np.full(K, spread), size=2)) for _ in range(2)]
        for distance in (1e-1, 1e-3, 1e-6, 1e-9):
            p = rng.dirichlet(np.full(K, 3.0))
            q = p * (1 + distance * rng.standard_normal(K))
            found.append((p, q / q.sum()))
    for ratio in (0.49, 0.51, 1.49, 1.51, 1.99, 2.01):
        q = np.asarray([ratio, *[(5 - ratio) / 4] * 4]) / 5
        found.append((np.full(5, 0.2), q))
    found.append((rng.dirichlet(np.ones(1000)), rng.dirichlet(np.ones(1000))))
    assert all((p > 0).all() and (q > 0).all() for p, q in found)
    return found


def assert_measure(units, measure, truth, rows, *, digits=60):
    assert len(rows) > 25
    for row in rows:
        assert_units(units, measure(*row), in_digits(digits, truth, *row), row)


MEASURES_OF_PAIRS = {
    "cross_entropy": (4, exact.cross_entropy),
    "kl_divergence": (4, exact.kl_divergence),
    "squared_hellinger": (4, exact.squared_hellinger),
    "chi_squared_divergence": (4, exact.chi_squared),
    "total_variation": (4, exact.total_variation),
}


@pytest.mark.parametrize("name", MEASURES_OF_PAIRS)
def test_a_divergence_keeps_its_digits_however_near_the_pair(name):
    units, truth = MEASURES_OF_PAIRS[name]
    assert_measure(units, getattr(measures, name), truth, pairs())


def test_the_entropy_is_within_4_units_in_nats_and_in_bits():
    rows = [(p,) for pair in pairs() for p in pair]
    assert_measure(4, measures.entropy, exact.entropy, rows)
    bits = functools.partial(measures.entropy, base=2)
    assert_measure(4, bits, lambda p: exact.entropy(p) / log(2), rows)


def test_the_perplexity_is_as_good_as_its_logarithm():
    for p, q in pairs():
        for arrays, nats in (((p,), exact.entropy), ((p, q), exact.cross_entropy)):
            truth = in_digits(60, lambda *args, nats=nats: exp(nats(*args)), *arrays)
            bound = 4 * (1 + float(in_digits(60, nats, *arrays)))
            assert_units(bound, measures.perplexity(*arrays), truth)


def test_the_surprisal_is_within_2_units():
    for p, _ in pairs():
        assert_units(2, measures.surprisal(p)[0], in_digits(60, lambda p: -log(p[0]), p))


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.25, 0.75)])
def test_the_js_divergence_of_two_is_within_8_units(weights):
    measure = functools.partial(measures.js_divergence, weights=weights)
    assert_measure(4, measure, lambda p, q: exact.js_divergence((p, q), weights), pairs())


def test_the_js_divergence_of_three_is_within_8_units():
    rows = [(p, q, p[::-1].copy()) for p, q in pairs()]
    weights = (0.5, 0.125, 0.375)
    measure = functools.partial(measures.js_divergence, weights=weights)
    assert_measure(4, measure, lambda *several: exact.js_divergence(several, weights), rows)


@pytest.mark.parametrize("order", [0.1, 0.5, 0.9, 1 - 1e-10, 1 + 1e-10, 1.1, 2.0, 3.0, 10.0])
def test_entropies_of_an_order_are_within_4_units(order):
    rows = [(p,) for pair in pairs()[:-1] for p in pair]
    for name in ("renyi_entropy", "tsallis_entropy"):
        truth = getattr(exact, name)
        measure = functools.partial(getattr(measures, name), order=order)
        assert_measure(4, measure, lambda p, truth=truth: truth(p, order), rows)


@pytest.mark.parametrize("order", [-5.0, -0.5, 1e-10, 0.1, 0.5, 0.9, 1 - 1e-10, 1 + 1e-10, 1.1, 2.0, 10.0])
def test_divergences_of_an_order_are_within_16_units(order):
    truth = functools.partial(exact.alpha_divergence, order=order)
    measure = functools.partial(measures.alpha_divergence, order=order)
    assert_measure(16, measure, truth, pairs()[:-1])
    if order > 0:
        measure = functools.partial(measures.tsallis_divergence, order=order)
        assert_measure(16, measure, lambda p, q: order * truth(p, q), pairs()[:-1])
        measure = functools.partial(measures.renyi_divergence, order=order)
        assert_measure(
            16,
            measure,
            lambda p, q: log(1 + mpf(order) * (mpf(order) - 1) * truth(p, q)) / (mpf(order) - 1),
            pairs()[:-1],
        )


@functools.cache
def logits():
    rng = np.random.default_rng(7)
    some = [tuple(rng.standard_normal((2, 5)) * scale) for scale in (1, 20, 300) for _ in range(8)]
    return [
        *some,
        (np.asarray([50.0, 0.0]), np.asarray([0.0, 50.0])),
        (np.asarray([1e3, 0]), np.asarray([0, 1e3])),
    ]


def test_logits_are_as_good_as_probabilities():
    assert_measure(
        4,
        lambda a, _: measures.entropy(logits=a),
        lambda a, _: exact.entropy(exact.softmax(a)),
        logits(),
        digits=1000,
    )
    assert_measure(
        4,
        lambda a, b: measures.cross_entropy(logits=(a, b)),
        lambda a, b: exact.cross_entropy(exact.softmax(a), exact.softmax(b)),
        logits(),
        digits=1000,
    )
    assert_measure(
        4,
        lambda a, _: measures.surprisal(logits=a).min(),
        lambda a, _: min(-x for x in map(log, exact.softmax(a))),
        logits(),
        digits=1000,
    )


def test_logarithms_keep_what_probabilities_lose():
    rng = np.random.default_rng(11)
    rows = []
    for distance in (1.0, 1e-3, 1e-7, 1e-9):
        for _ in range(8):
            log_p = np.log(rng.dirichlet(np.ones(5)))
            log_q = log_p + distance * rng.standard_normal(5)
            rows.append((log_p, log_q - np.log(np.exp(log_q).sum())))
    assert_measure(
        8,
        lambda a, b: measures.kl_divergence(log_probs=(a, b)),
        lambda a, b: exact.kl_divergence(list(map(exp, a)), list(map(exp, b))),
        rows,
    )
    assert_measure(
        4,
        lambda a, _: measures.entropy(log_probs=a),
        lambda a, _: exact.entropy(list(map(exp, a))),
        rows,
    )


def test_tables_keep_their_digits():
    rng = np.random.default_rng(13)
    rows = [
        (rng.dirichlet(np.full(r * c, spread)).reshape(r, c),)
        for r, c in ((2, 2), (4, 5), (30, 30))
        for spread in (0.05, 1, 5)
        for _ in range(3)
    ]
    rows.append((np.asarray([[0.5, 1e-20], [1e-30, 0.5]]),))
    conditional = functools.partial(measures.conditional_entropy, given_axis=-2)
    assert_measure(4, conditional, exact.conditional_entropy, rows)
    for (table,) in rows:
        truth = in_digits(60, exact.total_correlation, table)
        assert_units(8 + 2 / float(truth) ** 0.5, measures.mutual_information(table), truth)


@pytest.mark.parametrize("dtype", [np.float32])
def test_single_precision_has_the_bounds_of_its_own_units(dtype):
    rows = [(p.astype(dtype), q.astype(dtype)) for p, q in pairs() if abs(p / q - 1).max() > 1e-4]
    for name, (units, truth) in MEASURES_OF_PAIRS.items():
        assert_measure(units, getattr(measures, name), truth, rows[:30])
