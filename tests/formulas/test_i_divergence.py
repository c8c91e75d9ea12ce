import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.central_differences import directional_derivative
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.formulas import i_divergence

# Quotients by zero and by subnormal numbers are meant; NumPy says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:divide by zero:RuntimeWarning", "ignore:overflow encountered:RuntimeWarning"
)

some_weights = arrays(np.float64, (3, 4), elements=st.floats(1e-6, 1))


def oracle(dtype, K):
    rows = [row for row in tables.read("divergences") if len(row["p"]) == K]
    rows = [
        row for row in rows if (np.asarray([row["p"], row["q"]], dtype=dtype) == [row["p"], row["q"]]).all()
    ]
    p, q = (np.asarray([row[name] for row in rows], dtype=dtype) for name in "pq")
    return p, q, tables.exact([row["kl_divergence"] for row in rows])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 5])
def test_value_meets_the_oracle(xp, dtype, K):
    p, q, truth = oracle(dtype, K)
    if xp.flushes:
        normal = ((q == 0) | (q >= np.finfo(dtype).smallest_normal)).all(axis=-1)
        p, q, truth = p[normal], q[normal], truth[normal]
    found = xp.call(i_divergence.value, p, q)
    assert found.dtype == dtype
    assert_within(8, found, truth, flushes=xp.flushes)


def test_of_itself_it_is_0_exactly(xp):
    p = np.random.default_rng(23).dirichlet(np.ones(7), size=20)
    np.testing.assert_array_equal(xp.call(i_divergence.value, p, p), np.zeros(20))


def test_near_distributions_keep_their_digits(xp):
    p, q = np.asarray([[0.5, 0.5]]), np.asarray([[0.5 + 2.0**-40, 0.5 - 2.0**-40]])
    assert_within(2, xp.call(i_divergence.value, p, q), [2 * 2.0**-80])


def test_zeros_follow_the_convention(xp):
    p = np.asarray([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    q = np.asarray([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    found = xp.call(i_divergence.value, p, q)
    assert_within(1, found, [0, np.log(2), np.inf])


def test_nan_gives_nan(xp):
    p, q = np.asarray([[np.nan, 0.5], [0.5, 0.5]]), np.asarray([[0.5, 0.5], [np.nan, 0.5]])
    assert np.isnan(xp.call(i_divergence.value, p, q)).all()


@settings(max_examples=25, deadline=None)
@given(p=some_weights, q=some_weights)
def test_it_is_never_negative_and_is_the_usual_form_plus_the_difference_of_sums(xp, p, q):
    found = xp.call(i_divergence.value, p, q)
    assert (found >= 0).all()
    usual = (p * np.log(p / q)).sum(axis=-1) + q.sum(axis=-1) - p.sum(axis=-1)
    np.testing.assert_allclose(found, usual, rtol=1e-9, atol=1e-14)


def test_it_is_smooth_where_its_two_formulas_meet(xp):
    p = np.asarray([[0.3, 0.7], [0.3, 0.7]])
    q = np.asarray([[0.6, 0.4], [0.15, 0.85]])
    step = np.asarray([1.0, -1.0])
    slope = directional_derivative(lambda q: xp.call(i_divergence.value, p, q), q, step)
    np.testing.assert_allclose(slope, (-p / q * step).sum(axis=-1), rtol=1e-8)
