"""The clauses of the docstrings of soft and hard bootstrapping."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import HardBootstrap, SoftBootstrap, hard_bootstrap, soft_bootstrap, softmax_cross_entropy

both = pytest.mark.parametrize("kind", [SoftBootstrap, HardBootstrap])
RNG = np.random.default_rng(89)
LOGITS, LABELS = 2 * RNG.standard_normal((20, 3)), RNG.integers(0, 3, size=20)
PROBS = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)


def test_the_definitions_as_written_hold(xp):
    one_hot = np.eye(3)[LABELS]
    soft = -((0.95 * one_hot + 0.05 * PROBS) * np.log(PROBS)).sum(axis=-1)
    np.testing.assert_allclose(xp.call_public(soft_bootstrap, LOGITS, LABELS), soft, rtol=1e-13)
    top = np.eye(3)[LOGITS.argmax(axis=-1)]
    hard = -((0.8 * one_hot + 0.2 * top) * np.log(PROBS)).sum(axis=-1)
    np.testing.assert_allclose(xp.call_public(hard_bootstrap, LOGITS, LABELS), hard, rtol=1e-13)


@both
def test_a_share_of_1_gives_cross_entropy(kind):
    found = kind(beta=1).value_and_gradient(LOGITS, LABELS)
    for one, two in zip(found, softmax_cross_entropy.value_and_gradient(LOGITS, LABELS), strict=True):
        assert_within(4, one, two)


@both
def test_a_share_of_0_does_not_ask_for_the_label(xp, kind):
    logits = np.asarray([[-np.inf, 1.0, 0.0]])
    values = [xp.call_public(kind(beta=0), logits, np.asarray([label])) for label in range(3)]
    assert np.isfinite(values).all()
    assert values[0] == values[1] == values[2]


@both
def test_equal_logits_cost_the_logarithm_of_their_number_and_one_class_nothing(xp, kind):
    assert_within(2, xp.call_public(kind(), np.zeros((1, 6)), np.asarray([2])), [np.log(6)])
    assert xp.call_public(kind(), np.asarray([[3.5]]), np.asarray([0])) == 0


@both
def test_a_masked_label_costs_infinity_and_another_masked_class_nothing(xp, kind):
    logits = np.asarray([[-np.inf, 0.3, 0.0]] * 2)
    value, gradient = xp.call_public(kind().value_and_gradient, logits, np.asarray([0, 1]))
    assert value[0] == np.inf
    assert_within(2, value[1:], kind()(logits[:1, 1:], np.asarray([0])))
    np.testing.assert_array_equal(gradient[1, 0], 0)
    assert np.isfinite(gradient).all()


@both
def test_a_sure_and_right_model_keeps_its_digits(xp, kind):
    logits, labels = np.asarray([[0.0, -50.0]]), np.asarray([0])
    value, gradient = xp.call_public(kind(beta=0.75).value_and_gradient, logits, labels)
    factor = 0.75 + 0.25 * (51 if kind is SoftBootstrap else 1)
    slope = 0.75 + 0.25 * (50 if kind is SoftBootstrap else 1)
    np.testing.assert_allclose(value, [factor * np.exp(-50)], rtol=1e-14)
    np.testing.assert_allclose(gradient, [[-slope * np.exp(-50), slope * np.exp(-50)]], rtol=1e-14)


@both
def test_a_share_beyond_1_is_refused(kind):
    with pytest.raises(DomainError) as raised:
        kind(beta=1.5)
    assert str(raised.value) == f"{kind.__name__}: `beta` must lie in [0, 1]; got 1.5."
