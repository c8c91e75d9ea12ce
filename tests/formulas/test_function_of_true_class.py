"""A loss of the true class's probability, differentiated in the logits."""

from dataclasses import dataclass

import numpy as np
import pytest
from mpmath import mp, mpf
from tests.central_differences import central_gradient, directional_derivative
from tests.losses.focusing.test_focal import hard_rows
from tests.relative_error import assert_within

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.true_class import FunctionOfTrueClass


@dataclass(frozen=True)
class Power:
    """``s ** 2 + linear * s``: a function with a slope and a bend of its own everywhere."""

    linear: float

    def value(self, of_label, *, xp):
        del xp
        return of_label.surprisal**2 + self.linear * of_label.surprisal

    def first_derivative(self, of_label, *, xp):
        del xp
        return 2 * of_label.surprisal + self.linear

    def second_derivative(self, of_label, *, xp):
        return 2 * xp.ones_like(of_label.surprisal)


FORMULA = FunctionOfTrueClass(Power(linear=0.5))


def inputs():
    rng = np.random.default_rng(11)
    return rng.standard_normal((6, 4)) + 0.4, np.asarray([0, 1, 2, 3, 0, 2]), rng.standard_normal((6, 4))


@pytest.mark.of_values
def test_the_derivatives_are_those_of_the_value(xp):
    logits, labels, vectors = inputs()
    value, gradient = xp.call(FORMULA.value_and_gradient, logits, labels)
    surprisal = softmax_cross_entropy.value(logits, labels, xp=np)
    np.testing.assert_allclose(value, surprisal**2 + surprisal / 2, rtol=1e-14)
    np.testing.assert_array_equal(xp.call(FORMULA.value, logits, labels), value)
    np.testing.assert_allclose(xp.call(FORMULA.gradient, logits, labels), gradient, rtol=1e-15)
    slopes = central_gradient(lambda z: xp.call(FORMULA.value, z, labels), logits)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-8)
    product = xp.call(FORMULA.hessian_vector_product, logits, labels, vectors)
    bend = directional_derivative(lambda z: xp.call(FORMULA.gradient, z, labels), logits, vectors)
    np.testing.assert_allclose(product, bend, rtol=1e-7, atol=1e-10)
    hessian = xp.call(FORMULA.hessian, logits, labels)
    np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], product, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(hessian, np.swapaxes(hessian, -1, -2), rtol=1e-12, atol=1e-15)


def test_gradients_sum_to_0_and_products_do_not_see_a_shift(xp):
    logits, labels = (array[:16] for array in hard_rows())
    vectors = np.random.default_rng(12).standard_normal(logits.shape)
    gradient = xp.call(FORMULA.gradient, logits, labels)
    assert (np.abs(gradient.sum(axis=-1)) <= 1e-14 * np.abs(gradient).max(axis=-1)).all()
    product = xp.call(FORMULA.hessian_vector_product, logits, labels, vectors)
    moved = xp.call(FORMULA.hessian_vector_product, logits, labels, vectors + 0.5)
    assert (np.abs(moved - product) <= 1e-14 * np.abs(product).max(axis=-1, keepdims=True)).all()


def test_the_product_of_a_sure_model_keeps_its_digits(xp):
    """``<p - e, v>`` is a difference of near numbers unless it is taken of ``v - v_y``."""
    logits, vectors = np.asarray([[60.0, 0.0, 1.0]]), np.asarray([[1.3, -0.2, 0.9]])
    square = FunctionOfTrueClass(Power(linear=0.0))
    found = xp.call(square.hessian_vector_product, logits, np.asarray([0]), vectors)
    with mp.workdps(120):
        e = [mp.exp(mpf(z) - 60) for z in (60.0, 0.0, 1.0)]
        p = [x / sum(e) for x in e]
        v, s = [mpf(float(x)) for x in vectors[0]], -mp.log(p[0])
        mean = sum(x * y for x, y in zip(p, v, strict=True))
        a = [x - (k == 0) for k, x in enumerate(p)]
        along = mean - v[0]
        truth = [float(2 * along * a[k] + 2 * s * p[k] * (v[k] - mean)) for k in range(3)]
    assert_within(16 if xp.name == "jax" else 8, found, [truth])


def test_a_label_that_is_no_class_gives_nan(xp):
    for name in ("value", "gradient"):
        found = xp.call(getattr(FORMULA, name), np.zeros((2, 3)), np.asarray([-1, 0]))
        np.testing.assert_array_equal(np.isnan(found).reshape(2, -1).all(axis=-1), [True, False])
