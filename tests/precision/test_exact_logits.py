from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp, mpf
from tests.array_libraries import array_library
from tests.central_differences import central_gradient
from tests.relative_error import assert_within

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.formulas.losses.softmax_squared_error import softmax_squared_error
from xent.precision.exact_difference import ExactLogits
from xent.precision.exact_logits import OnExactLogits, exact_quotient, exact_sum

pytestmark = pytest.mark.as_for_users

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def exact(parts):
    """The sum of two parts without rounding, of each entry."""
    return [Fraction(float(high)) + Fraction(float(low)) for high, low in zip(*parts, strict=True)]


def quotient(logits, divisor, *, xp):
    return tuple(exact_quotient(logits, divisor, xp=xp))


def total(logits, summand, *, xp):
    return tuple(exact_sum(logits, summand, xp=xp))


@both_precisions
def test_a_quotient_has_twice_the_digits(xp, dtype):
    rng = np.random.default_rng(41)
    logits, divisor = (1e3 * rng.standard_normal(200)).astype(dtype), rng.uniform(0.05, 9, 200).astype(dtype)
    found = xp.call(quotient, logits, divisor)
    assert found[0].dtype == found[1].dtype == dtype
    np.testing.assert_array_equal(found[0], logits / divisor)
    for seen, z, d in zip(exact(found), logits, divisor, strict=True):
        truth = Fraction(float(z)) / Fraction(float(d))
        assert abs(seen - truth) <= abs(truth) * Fraction(float(np.finfo(dtype).eps)) ** 2
    assert (found[1] != 0).mean() > 0.9


@both_precisions
def test_a_quotient_by_two_parts_has_the_digits_of_both(dtype):
    rng = np.random.default_rng(42)
    logits = (1e3 * rng.standard_normal(100)).astype(dtype)
    high = rng.uniform(0.05, 9, 100).astype(dtype)
    low = (high * np.finfo(dtype).eps * rng.uniform(-0.5, 0.5, 100)).astype(dtype)
    found = exact_quotient(logits, ExactLogits(high, low), xp=np)
    for seen, z, divisor in zip(exact(found), logits, exact((high, low)), strict=True):
        truth = Fraction(float(z)) / divisor
        assert abs(seen - truth) <= 2 * abs(truth) * Fraction(float(np.finfo(dtype).eps)) ** 2


@both_precisions
def test_a_sum_is_exact_and_carries_an_earlier_rest_along(xp, dtype):
    rng = np.random.default_rng(43)
    a, b = (rng.standard_normal(200) * 10.0 ** rng.integers(-6, 6, 200) for _ in range(2))
    a, b = a.astype(dtype), b.astype(dtype)
    found = xp.call(total, a, b)
    assert exact(found) == [Fraction(float(x)) + Fraction(float(y)) for x, y in zip(a, b, strict=True)]
    thirds = exact_quotient(np.ones(3, dtype=dtype), np.full(3, 3, dtype=dtype), xp=np)
    moved = exact_sum(thirds, np.asarray([0.0, 1.0, -1.0], dtype=dtype), xp=np)
    for seen, shift in zip(exact(moved), (0, 1, -1), strict=True):
        assert abs(seen - Fraction(1, 3) - shift) <= Fraction(float(np.finfo(dtype).eps)) ** 2


def test_infinities_stay_and_leave_no_rest(xp):
    logits = np.asarray([-np.inf, np.inf, 1.0, -np.inf])
    for found in (
        xp.call(quotient, logits, np.full(4, 0.7)),
        xp.call(total, logits, np.asarray([0.1, 0.1, -np.inf, -np.inf])),
    ):
        assert np.isinf(found[0][[0, 1, 3]]).all()
        np.testing.assert_array_equal(found[1][[0, 1, 3]], 0)
        assert np.isfinite(found[1]).all()


@pytest.mark.parametrize(
    ("formula", "data"),
    [
        (softmax_cross_entropy, np.asarray([2, 0])),
        (softmax_squared_error, np.asarray([2, 0])),
        (softmax_cross_entropy_of_targets, np.asarray([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_formula_takes_the_rest_as_its_first_data_and_counts_it(xp, formula, data):
    logits = np.asarray([[0.3, -1.2, 2.0], [30.0, 0.25, -0.5]])
    # Large enough to be seen beside the logits, as it never is.
    rest = np.asarray([[0.5, 0.0, -0.25], [0.0, 0.125, 0.25]]) / 2**12
    on_exact, vectors = OnExactLogits(formula), np.ones((2, 3)) * [1.0, -2.0, 0.5]
    tolerance = {"rtol": 1e-6}
    for name, more in (
        ("value", ()),
        ("gradient", ()),
        ("hessian", ()),
        ("hessian_vector_product", (vectors,)),
    ):
        found = xp.call(getattr(on_exact, name), logits, rest, data, *more)
        truth = getattr(formula, name)(logits + rest, data, *more, xp=np)
        without = getattr(formula, name)(logits, data, *more, xp=np)
        # Exponentials see the rest to first order.
        np.testing.assert_allclose(found, truth, **tolerance)
        assert (np.abs(found - truth).max() < np.abs(without - truth).max() / 100).all()
    value, gradient = xp.call(on_exact.value_and_gradient, logits, rest, data)
    np.testing.assert_allclose(value, formula.value(logits + rest, data, xp=np), **tolerance)
    np.testing.assert_allclose(gradient, formula.gradient(logits + rest, data, xp=np), **tolerance)


def test_a_gap_of_700_keeps_its_digits_through_a_temperature(xp):
    logits, temperature = np.asarray([[0.0, -49.3]]), np.full((1, 2), 0.07)

    def value(logits, temperature, labels, *, xp):
        parts = exact_quotient(logits, temperature, xp=xp)
        return softmax_cross_entropy.value(parts, labels, xp=xp)

    found = xp.call(value, logits, temperature, np.asarray([0]))
    with mp.workdps(700):
        truth = float(mp.log1p(mp.exp(mpf(-49.3) / mpf(0.07))))
    assert_within(4, found, [truth])


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_derivatives_see_the_rounded_part_alone(library):
    namespace = array_library(library).namespace
    logits = np.asarray([0.3, -1.2, 2.0])

    def total_of_both(z, t):
        parts = exact_sum(exact_quotient(z, t + 0 * z, xp=namespace), 0 * z + 0.7, xp=namespace)
        return (parts.rounded + parts.rest).sum()

    if library == "torch":
        torch = pytest.importorskip("torch")
        slopes = torch.func.grad(total_of_both, argnums=(0, 1))(torch.tensor(logits), torch.tensor(0.3))
    else:
        jax = pytest.importorskip("jax")
        slopes = jax.grad(total_of_both, argnums=(0, 1))(logits, 0.3)
    np.testing.assert_allclose(slopes[0], np.full(3, 1 / 0.3), rtol=1e-6)
    truth = central_gradient(lambda t: (logits / t).sum(), np.asarray([0.3]))
    np.testing.assert_allclose(slopes[1], truth[0], rtol=1e-6)
