"""The bounds that the docstrings state, against many digits."""

import functools

import numpy as np
import pytest
from mpmath import exp, log, mpf
from tests.fuzz.truths import met
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
    assert len(rows) > 20
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


def test_the_surprisal_in_32_bits_is_within_4_units():
    # NumPy's vectorised logarithm errs most next to 0.783.
    p = np.linspace(0.782, 0.784, 4000, dtype=np.float32)
    met(4, measures.surprisal(p), [-log(mpf(x)) for x in p.tolist()], "surprisal")


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.25, 0.75)])
def test_the_js_divergence_of_two_is_within_4_units(weights):
    measure = functools.partial(measures.js_divergence, weights=weights)
    assert_measure(4, measure, lambda p, q: exact.js_divergence((p, q), weights), pairs())


def test_the_js_divergence_of_three_is_within_4_units():
    rows = [(p, q, p[::-1].copy()) for p, q in pairs()]
    weights = (0.5, 0.125, 0.375)
    measure = functools.partial(measures.js_divergence, weights=weights)
    assert_measure(4, measure, lambda *several: exact.js_divergence(several, weights), rows)


def in_dtype(dtype):
    """The pairs but the longest, as far as `dtype` has normal numbers for them."""
    rows = [tuple(x.astype(dtype) for x in pair) for pair in pairs()[:-1]]
    return [row for row in rows if min(x.min() for x in row) >= np.finfo(dtype).smallest_normal]


dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.mark.slow
@dtypes
@pytest.mark.parametrize("order", [0.1, 0.5, 0.9, 1 - 1e-10, 1 + 1e-10, 1.1, 2.0, 3.0, 10.0])
def test_entropies_of_an_order_are_within_2_units(order, dtype):
    rows = [(p,) for pair in in_dtype(dtype) for p in pair]
    for name in ("renyi_entropy", "tsallis_entropy"):
        truth = getattr(exact, name)
        measure = functools.partial(getattr(measures, name), order=order)
        assert_measure(2, measure, lambda p, truth=truth: truth(p, order), rows)


@pytest.mark.slow
@dtypes
@pytest.mark.parametrize("order", [-5.0, -0.5, 1e-10, 0.1, 0.5, 0.9, 1 - 1e-10, 1 + 1e-10, 1.1, 2.0, 10.0])
def test_divergences_of_an_order_are_within_2_units(order, dtype):
    truth = functools.partial(exact.alpha_divergence, order=order)
    rows = [row for row in in_dtype(dtype) if truth(*map(exact.numbers, row)) < 1e30]
    assert_measure(2, functools.partial(measures.alpha_divergence, order=order), truth, rows)
    if order > 0:
        measure = functools.partial(measures.tsallis_divergence, order=order)
        assert_measure(2, measure, lambda p, q: mpf(order) * truth(p, q), rows)
        measure = functools.partial(measures.renyi_divergence, order=order)
        assert_measure(2, measure, functools.partial(exact.renyi_divergence, order=order), in_dtype(dtype))


def test_the_largest_logarithm_of_a_quotient_is_within_a_unit_however_near_the_pair():
    measure = functools.partial(measures.renyi_divergence, order=np.inf)
    assert_measure(1, measure, lambda p, q: max(log(x / y) for x, y in zip(p, q, strict=True)), pairs())


@functools.cache
def logits():
    rng = np.random.default_rng(7)
    some = [tuple(rng.standard_normal((2, 5)) * scale) for scale in (1, 20, 300) for _ in range(8)]
    return [
        *some,
        (np.asarray([50.0, 0.0]), np.asarray([0.0, 50.0])),
        (np.asarray([1e3, 0]), np.asarray([0, 1e3])),
    ]


@pytest.mark.half_second
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
        4,
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


@functools.cache
def joint_tables(dtype):
    """Of strong and of weak dependence."""
    rng = np.random.default_rng(13)
    shapes = ((2, 2), (4, 5), (30, 30))
    some = [
        rng.dirichlet(np.full(r * c, s)).reshape(r, c) for r, c in shapes for s in (0.05, 1, 5) for _ in "ab"
    ]
    some.append(np.asarray([[0.5, 1e-20], [1e-30, 0.5]]))
    for distance in (1e-2, 1e-5, 1e-8, 1e-11, 1e-16):
        for r, c in shapes[:2]:
            product = np.outer(rng.dirichlet(np.ones(r)), rng.dirichlet(np.ones(c)))
            table = product * (1 + distance * rng.standard_normal((r, c)))
            some.append(table / table.sum())
    rows = [(table.astype(dtype),) for table in some]
    return [row for row in rows if row[0].min() >= np.finfo(dtype).smallest_normal]


def test_what_a_variable_leaves_of_the_other_keeps_its_digits():
    conditional = functools.partial(measures.conditional_entropy, given_axis=-2)
    assert_measure(4, conditional, exact.conditional_entropy, joint_tables(np.float64))
    assert_measure(
        4,
        measures.variation_of_information,
        lambda joint: exact.conditional_entropy(joint) + exact.conditional_entropy(zip(*joint, strict=True)),
        joint_tables(np.float64),
    )


@pytest.mark.slow
@dtypes
def test_tables_keep_their_digits_however_weak_the_dependence(dtype):
    rows = joint_tables(dtype)
    assert_measure(2, measures.mutual_information, exact.mutual_information, rows, digits=90)
    shares = {
        "min": lambda x, y, _: min(x, y),
        "max": lambda x, y, _: max(x, y),
        "sqrt": lambda x, y, _: (x * y) ** 0.5,
        "arithmetic": lambda x, y, _: (x + y) / 2,
        "joint": lambda _, __, xy: xy,
    }
    for by, share in shares.items():
        measure = functools.partial(measures.normalized_mutual_information, by=by)
        assert_measure(
            4,
            measure,
            lambda joint, share=share: (
                exact.mutual_information(joint) / share(*exact.entropies_of_table(joint))
            ),
            rows,
            digits=90,
        )


@pytest.mark.parametrize("dtype", [np.float32])
def test_single_precision_has_the_bounds_of_its_own_units(dtype):
    rows = [(p.astype(dtype), q.astype(dtype)) for p, q in pairs() if abs(p / q - 1).max() > 1e-4]
    for name, (units, truth) in MEASURES_OF_PAIRS.items():
        assert_measure(units, getattr(measures, name), truth, rows[:30])
