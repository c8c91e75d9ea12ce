"""Focal loss, expected over targets, and its derivatives beside their definition in 60 digits."""

import mpmath
import numpy as np
import pytest
from tests.central_differences import central_gradient, directional_derivative
from tests.relative_error import assert_within

from xent.formulas.losses.expected_over_targets import ExpectedOverTargets
from xent.formulas.losses.focal import Focal
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.formulas.true_class import FunctionOfTrueClass

GAMMAS = [0.0, 0.5, 1.0, 2.0, 5.0]
LOGITS = np.asarray([[1.0, -0.5, 0.25], [20.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-30.0, 5.0, 4.0]])
TARGETS = np.asarray([[0.5, 0.3, 0.2], [0.75, 0.25, 0.0], [0.0, 0.4, 1.6], [1.0, 0.0, 0.0]])
VECTORS = np.asarray([[1.0, -2.0, 0.5], [0.3, 0.1, -0.7], [-1.0, 2.0, 4.0], [0.5, 0.25, -1.5]])


def by_definition(gamma, logits, targets, vectors):
    """Value, gradient and product of one row, from the derivatives of the loss in the probabilities."""
    with mpmath.workdps(60):
        z, t, v = ([mpmath.mpf(float(x)) for x in row] for row in (logits, targets, vectors))
        gamma, classes = mpmath.mpf(gamma), range(len(z))
        total = sum(map(mpmath.exp, z))
        p = [mpmath.exp(x) / total for x in z]
        loss = lambda q: (1 - q) ** gamma * -mpmath.log(q)  # noqa: E731
        slope = lambda q: gamma * (1 - q) ** (gamma - 1) * mpmath.log(q) - (1 - q) ** gamma / q  # noqa: E731
        by_log = [t[k] * p[k] * slope(p[k]) for k in classes]
        moves = [v[k] - sum(p[j] * v[j] for j in classes) for k in classes]
        # The derivative of q slope(q) along the move of log q; its own differences in 120 digits.
        with mpmath.workdps(120):
            bends = [mpmath.diff(lambda s: mpmath.exp(s) * slope(mpmath.exp(s)), mpmath.log(q)) for q in p]
        by_log_moved = [t[k] * bends[k] * moves[k] for k in classes]
        value = sum(t[k] * loss(p[k]) for k in classes)
        gradient = [by_log[k] - p[k] * sum(by_log) for k in classes]
        product = [
            by_log_moved[k] - p[k] * moves[k] * sum(by_log) - p[k] * sum(by_log_moved) for k in classes
        ]
        return float(value), list(map(float, gradient)), list(map(float, product))


@pytest.mark.parametrize("gamma", GAMMAS)
def test_value_gradient_and_product_meet_the_definition(xp, gamma):
    rows = zip(LOGITS, TARGETS, VECTORS, strict=True)
    values, gradients, products = map(
        np.asarray, zip(*(by_definition(gamma, *row) for row in rows), strict=True)
    )
    formula = ExpectedOverTargets(Focal(gamma))
    value, gradient = xp.call(formula.value_and_gradient, LOGITS, TARGETS)
    assert_within(8, value, values)
    size = np.broadcast_to(np.abs(gradients).max(-1, keepdims=True), gradients.shape)
    assert_within(16, gradient, gradients, scale=size)
    product = xp.call(formula.hessian_vector_product, LOGITS, TARGETS, VECTORS)
    size = np.broadcast_to(np.abs(products).max(-1, keepdims=True), products.shape)
    assert_within(64, product, products, scale=size)


def test_value_and_gradient_alone_are_those_of_the_pair(xp):
    formula = ExpectedOverTargets(Focal(2.0))
    value, gradient = xp.call(formula.value_and_gradient, LOGITS, TARGETS)
    assert_within(2, xp.call(formula.value, LOGITS, TARGETS), value)
    assert_within(4, xp.call(formula.gradient, LOGITS, TARGETS), gradient)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_derivatives_agree_with_central_differences(gamma):
    formula = ExpectedOverTargets(Focal(gamma))
    slopes = central_gradient(lambda z: formula.value(z, TARGETS[[0, 2]], xp=np), LOGITS[[0, 2]])
    found = formula.gradient(LOGITS[[0, 2]], TARGETS[[0, 2]], xp=np)
    np.testing.assert_allclose(found, slopes, rtol=1e-8, atol=1e-9)
    bend = directional_derivative(
        lambda z: formula.gradient(z, TARGETS[[0, 2]], xp=np), LOGITS[[0, 2]], VECTORS[[0, 2]]
    )
    found = formula.hessian_vector_product(LOGITS[[0, 2]], TARGETS[[0, 2]], VECTORS[[0, 2]], xp=np)
    np.testing.assert_allclose(found, bend, rtol=1e-7, atol=1e-9)


def test_a_hessian_has_the_products_as_columns_and_is_symmetric():
    formula = ExpectedOverTargets(Focal(2.0))
    hessian = formula.hessian(LOGITS, TARGETS, xp=np)
    product = formula.hessian_vector_product(LOGITS, TARGETS, VECTORS, xp=np)
    np.testing.assert_allclose((hessian @ VECTORS[..., None])[..., 0], product, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(hessian, np.swapaxes(hessian, -1, -2), rtol=1e-10, atol=1e-14)


def test_a_one_hot_target_is_the_focal_loss_of_its_label(xp):
    labels = np.asarray([0, 1, 2, 0])
    value, gradient = xp.call(FunctionOfTrueClass(Focal(2.0)).value_and_gradient, LOGITS, labels)
    of_targets = xp.call(ExpectedOverTargets(Focal(2.0)).value_and_gradient, LOGITS, np.eye(3)[labels])
    assert_within(8, of_targets[0], value)
    assert_within(16, of_targets[1], gradient)


def test_an_exponent_of_0_is_cross_entropy(xp):
    value, gradient = xp.call(ExpectedOverTargets(Focal(0.0)).value_and_gradient, LOGITS, TARGETS)
    of_targets = xp.call(softmax_cross_entropy_of_targets.value_and_gradient, LOGITS, TARGETS)
    assert_within(4, value, of_targets[0])
    assert_within(4, gradient, of_targets[1])


def test_a_masked_class_costs_infinity_with_a_target_and_nothing_without(xp):
    logits = np.asarray([[-np.inf, 0.0, 1.0], [-np.inf, 0.0, 1.0]])
    targets = np.asarray([[0.0, 0.5, 0.5], [0.5, 0.5, 0.0]])
    value = xp.call(ExpectedOverTargets(Focal(2.0)).value, logits, targets)
    alone = xp.call(ExpectedOverTargets(Focal(2.0)).value, logits[:1, 1:], targets[:1, 1:])
    assert_within(4, value[:1], alone)
    assert value[1] == np.inf
