import functools

import numpy as np
import pytest
from mpmath import exp
from tests.measures import exact_measures as exact
from tests.measures.exact_measures import assert_units, in_digits

from xent.formulas.measures import alpha_divergence, renyi_divergence

# Infinity is the answer there, and NumPy says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:divide by zero:RuntimeWarning",
    "ignore:overflow encountered:RuntimeWarning",
    "ignore:invalid value encountered:RuntimeWarning",
)
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
ORDERS = (-5.0, -0.5, 1e-10, 0.1, 0.3, 0.5, 0.9, 1 - 1e-10, 1.0, 1 + 1e-10, 1.7, 2.0, 3.3, 10.0)


@functools.cache
def pairs(dtype):
    """Far apart, at all distances down to the last digit, and next to where one formula ends."""
    rng = np.random.default_rng(20261201)
    p = rng.dirichlet(np.full(4, 0.5), size=40)
    q = rng.dirichlet(np.full(4, 0.5), size=40)
    distance = np.geomspace(1, float(np.finfo(dtype).eps), 20)[:, None]
    q[:20] = np.abs(p[:20] * (1 + distance * rng.standard_normal((20, 4))))
    p[20:30], q[20:30] = 0.25, 0.25 * np.exp(np.linspace(-1, 1, 10))[:, None] ** [[1, 0, 0, 0]]
    q[:, 3] = 1 - q[:, :3].sum(axis=-1)
    p, q = p.astype(dtype), q.astype(dtype)
    keep = (np.minimum(p, q) > 1e-20).all(axis=-1)
    assert keep.sum() > 30
    return p[keep], q[keep]


def assert_orders(xp, orders, dtype, formula, truth, units):
    p, q = pairs(dtype)
    for order in orders:
        found = xp.call(functools.partial(formula, order=order), p, q)
        assert found.dtype == dtype
        for x, y, value, text in zip(p, q, found, truths(truth, order, dtype), strict=True):
            assert_units(units, value, text, (order, x, y))


@functools.cache
def truths(truth, order, dtype):
    """Of each pair, as texts, once for all libraries."""
    of_order = functools.partial(truth, order=order)
    return [in_digits(90, of_order, x, y) for x, y in zip(*pairs(dtype), strict=True)]


def some_of(orders, xp):
    """JAX compiles each order anew, for seconds, so it runs on one."""
    return (0.3,) if xp.name == "jax" else orders


@dtypes
def test_every_order_is_within_a_unit(xp, dtype):
    assert_orders(xp, some_of(ORDERS, xp), dtype, alpha_divergence.value, exact.alpha_divergence, 1)


@dtypes
def test_renyis_divergence_is_within_a_unit(xp, dtype):
    orders = [order for order in ORDERS if order > 0 and order != 1]
    assert_orders(xp, some_of(orders, xp), dtype, renyi_divergence.value, exact.renyi_divergence, 1)


def test_next_to_overflow_the_sum_is_a_float_still():
    p, q = np.asarray([1e-5, 1 - 1e-5]), np.asarray([3e-40, 1.0])
    truth = in_digits(60, lambda p, q: exact.alpha_divergence(p, q, 10), p, q)
    assert 1e300 < float(truth) < np.inf
    assert_units(4, alpha_divergence.value(p, q, order=10.0, xp=np), truth)
    assert alpha_divergence.value(p, q / 10, order=10.0, xp=np) == np.inf


def test_distributions_that_share_little_have_a_renyi_divergence():
    p, q = np.asarray([1.0, 1e-200]), np.asarray([1e-250, 1.0])
    for order in (0.1, 0.5, 0.9):
        truth = in_digits(400, functools.partial(exact.renyi_divergence, order=order), p, q)
        assert_units(1, renyi_divergence.value(p, q, order=order, xp=np), truth)


def of_logs(log_p, log_q, *, xp):
    return renyi_divergence.value_of_logs(log_p, log_q, order=2.0, xp=xp)


def test_logarithms_below_those_of_all_floats_count(xp):
    log_p = np.asarray([[-800.0, 0.0], [-800.0, 0.0], [-800.0, 0.0]])
    log_q = np.asarray([[-1e6, 0.0], [-1595.0, 0.0], [-np.inf, 0.0]])
    found = xp.call(of_logs, log_p, log_q)
    np.testing.assert_allclose(found, [1e6 - 1600, np.log1p(np.exp(-5)), np.inf], rtol=1e-12)


def test_near_logarithms_keep_the_digits_of_their_difference(xp):
    log_p = np.log(np.asarray([[0.5, 0.5]]))
    found = xp.call(of_logs, log_p, log_p + np.asarray([[2.0**-40, -(2.0**-40)]]))
    np.testing.assert_allclose(found, [2.0**-80], rtol=1e-11)


def test_a_high_order_of_near_logarithms_keeps_its_digits(xp):
    log_p = np.log(np.asarray([[0.25, 0.75]]))
    log_q = log_p + np.asarray([[0.004, -0.0013]])
    found = xp.call(functools.partial(renyi_divergence.value_of_logs, order=100.0), log_p, log_q)

    def truth(log_p, log_q):
        p, q = (list(map(exp, x)) for x in (log_p, log_q))
        return exact.renyi_divergence(p, q, 100)

    assert_units(4, found[0], in_digits(60, truth, log_p[0], log_q[0]))


def test_nan_gives_nan(xp):
    p, q = np.asarray([[np.nan, 0.5], [0.5, 0.5]]), np.asarray([[0.5, 0.5], [np.nan, 0.5]])
    assert np.isnan(xp.call(functools.partial(alpha_divergence.value, order=2.0), p, q)).all()
