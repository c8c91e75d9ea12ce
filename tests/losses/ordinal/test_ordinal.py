"""Losses of ordered classes: the clauses of their docstrings, reductions, and rivals."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.losses import (
    coral,
    corn,
    sigmoid_cross_entropy,
    squared_emd,
    squared_emd_of_targets,
)

RNG = np.random.default_rng(20261130)
LOGITS = RNG.standard_normal((5, 3)) * 2 + 0.4
LABELS = np.asarray([0, 1, 2, 3, 1])


@pytest.mark.parametrize("loss", [coral, corn])
def test_two_classes_give_the_sigmoid_cross_entropy_of_one_logit(xp, loss):
    logits, labels = LOGITS[:, :1], np.asarray([0, 1, 1, 0, 1])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
    of_event, slope = sigmoid_cross_entropy.value_and_gradient(logits, labels[:, None])
    assert_within(1, value, of_event[:, 0])
    assert_within(1, gradient, slope)


def test_coral_asks_every_question_and_corn_none_beyond_the_label(xp):
    questions = np.asarray([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 0]])
    asked = np.asarray([[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 1, 1], [1, 1, 0]])
    each = sigmoid_cross_entropy(LOGITS, questions)
    assert_within(4, xp.call_public(coral, LOGITS, LABELS), each.sum(axis=-1))
    assert_within(4, xp.call_public(corn, LOGITS, LABELS), (asked * each).sum(axis=-1))
    assert (xp.call_public(corn.gradient, LOGITS, LABELS)[asked == 0] == 0).all()


@pytest.mark.parametrize("loss", [coral, corn])
def test_infinite_logits_are_certain_answers(xp, loss):
    logits = np.asarray([[np.inf, -np.inf], [np.inf, -np.inf], [-np.inf, 3.0]])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([1, 2, 1]))
    np.testing.assert_array_equal(value, [0, np.inf, np.inf])
    np.testing.assert_array_equal(gradient[:2], [[0, 0], [0, -1]])


@pytest.mark.parametrize("loss", [coral, corn])
def test_labels_that_start_at_1_are_refused_with_a_hint(xp, loss):
    labels = xp.from_numpy(np.asarray([1, 2, 3, 4, 1]))
    with pytest.raises(
        DomainError, match=r"`labels` must lie in 0..3; got 4, first at index \(3,\)"
    ) as caught:
        loss(xp.from_numpy(LOGITS), labels)
    assert str(caught.value).startswith(f"{loss.name}: ")
    assert "they reach from 1 to 4. If they are counted from 1, subtract 1." in str(caught.value)
    assert "Classes are numbered from 0, and there is one more than logits." in str(caught.value)


@pytest.mark.parametrize("loss", [squared_emd, coral, corn])
def test_a_label_beyond_the_classes_is_refused_or_nan_where_it_cannot_be_seen(loss):
    n_classes = 3 if loss is squared_emd else 4
    labels = np.asarray([0, 1, n_classes, -1, 1])
    with pytest.raises(DomainError, match=rf"{loss.name}: `labels` must lie in 0..{n_classes - 1}; got"):
        loss(LOGITS, labels)
    value, gradient = loss.value_and_gradient(LOGITS, labels, validate=False)
    np.testing.assert_array_equal(np.isnan(value), [False, False, True, True, False])
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [False, False, True, True, False])


@pytest.mark.parametrize("loss", [coral, corn])
def test_class_weights_are_of_labels_and_one_more_than_logits(loss):
    weights = [0.5, 1.0, 2.0, 0.0]
    weighted = loss(LOGITS, LABELS, class_weights=weights)
    np.testing.assert_array_equal(weighted, np.asarray(weights)[LABELS] * loss(LOGITS, LABELS))
    with pytest.raises(ShapeError, match=r"`class_weights` must have shape \(4,\)"):
        loss(LOGITS, LABELS, class_weights=weights[:3])
    ignored = np.where(LABELS == 3, -1, LABELS)
    np.testing.assert_array_equal(loss(LOGITS, ignored, ignored_label=-1)[3], 0)


def test_a_one_hot_target_costs_what_its_label_costs(xp):
    logits = np.vstack((LOGITS, [[60.0, 0.0, 1.0], [-3.0, 2.0, 90.0]]))
    labels = np.asarray([0, 1, 2, 2, 1, 0, 2])
    value, gradient = xp.call_public(squared_emd_of_targets.value_and_gradient, logits, np.eye(3)[labels])
    of_label, slope = squared_emd.value_and_gradient(logits, labels)
    assert_within(8, value, of_label)
    np.testing.assert_allclose(gradient, slope, rtol=1e-12)


@pytest.mark.parametrize("loss", [squared_emd, squared_emd_of_targets])
def test_one_class_costs_nothing(loss):
    truth = np.zeros(1, dtype=int) if loss is squared_emd else np.ones((1, 1))
    value, gradient = loss.value_and_gradient(np.asarray([[3.0]]), truth)
    np.testing.assert_array_equal(value, [0])
    np.testing.assert_array_equal(gradient, [[0]])
