"""The clauses of the docstrings of the losses of one logit, through the public door."""

import numpy as np
from tests.relative_error import assert_within

from xent.losses import sigmoid_cross_entropy, sigmoid_squared_error


def test_the_definitions_as_written_hold(xp):
    rng = np.random.default_rng(37)
    logits, targets, weight = rng.standard_normal((4, 3)), rng.random((4, 3)), rng.random((4, 3))
    p = 1 / (1 + np.exp(-logits))
    found = xp.call_public(sigmoid_cross_entropy, logits, targets, sample_weight=weight)
    written = weight * (targets * np.log1p(np.exp(-logits)) + (1 - targets) * np.log1p(np.exp(logits)))
    np.testing.assert_allclose(found, written, rtol=1e-14)
    found = xp.call_public(sigmoid_squared_error, logits, targets, sample_weight=weight)
    np.testing.assert_allclose(found, weight * (p - targets) ** 2, rtol=1e-11)


def test_a_logit_of_0_costs_log_2_and_a_quarter(xp):
    logits, targets, weight = np.zeros(2), np.asarray([0, 1]), np.asarray([1.0, 3.0])
    found = xp.call_public(sigmoid_cross_entropy, logits, targets, sample_weight=weight)
    assert_within(1, found, weight * np.log(2))
    found = xp.call_public(sigmoid_squared_error, logits, targets, sample_weight=weight)
    np.testing.assert_array_equal(found, weight / 4)


def test_infinite_logits_are_certainty(xp):
    logits, targets = np.asarray([np.inf, -np.inf, np.inf, -np.inf]), np.asarray([1, 0, 0, 1])
    weight = np.asarray([2.0, 2.0, 2.0, 2.0])
    args = logits, targets
    value, slope = xp.call_public(sigmoid_cross_entropy.value_and_gradient, *args, sample_weight=weight)
    np.testing.assert_array_equal(value, [0, 0, np.inf, np.inf])
    np.testing.assert_array_equal(slope, [0, 0, 2, -2])
    value, slope = xp.call_public(sigmoid_squared_error.value_and_gradient, *args, sample_weight=weight)
    np.testing.assert_array_equal(value, [0, 0, 2, 2])
    np.testing.assert_array_equal(slope, np.zeros(4))


def test_any_shape_is_one_example_per_entry(xp):
    for shape in ((), (2,), (2, 1, 3)):
        logits = np.full(shape, 0.5)
        assert xp.call_public(sigmoid_cross_entropy, logits, np.ones(shape)).shape == shape
