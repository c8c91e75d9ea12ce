"""Losses of ordered classes: the clauses of their docstrings, reductions, and rivals."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import (
    coral,
    corn,
    sigmoid_cross_entropy,
    sigmoid_squared_error,
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


def test_corn_is_the_likelihood_of_the_label():
    rows = np.repeat(LOGITS[:1], 4, axis=0)
    probs = np.exp(-corn(rows, np.arange(4)))
    np.testing.assert_allclose(probs.sum(), 1, rtol=1e-14)
    up = 1 / (1 + np.exp(-LOGITS[0]))
    np.testing.assert_allclose(1 - np.cumsum(probs)[:3], np.cumprod(up), rtol=1e-12)


def test_the_mean_of_corn_is_over_rows_and_that_of_the_paper_over_questions():
    total = corn(LOGITS, LABELS).sum()
    np.testing.assert_allclose(corn.mean(LOGITS, LABELS), total / 5, rtol=1e-14)
    questions = np.minimum(LABELS + 1, 3).sum()
    # The paper's sum over tasks of sums over the examples with a label that is not below the task.
    paper = sum(
        sigmoid_cross_entropy(LOGITS[task <= LABELS, task], task < LABELS[task <= LABELS]).sum()
        for task in range(3)
    ) / sum((task <= LABELS).sum() for task in range(3))
    np.testing.assert_allclose(corn.mean(LOGITS, LABELS, denominator=questions), paper, rtol=1e-14)


def test_coral_agrees_with_the_published_program():
    torch = pytest.importorskip("torch")
    log_sigmoid = torch.nn.functional.logsigmoid
    logits, importance = torch.tensor(LOGITS), torch.tensor([0.5, 1.0, 2.0])
    levels = (torch.tensor(LABELS)[:, None] > torch.arange(3)).to(torch.float64)
    # coral_pytorch.losses.coral_loss, whose second term is log(1 - sigmoid).
    terms = log_sigmoid(logits) * levels + (log_sigmoid(logits) - logits) * (1 - levels)
    theirs = -torch.sum(terms * importance, dim=1).mean()
    ours = coral.mean(logits, torch.tensor(LABELS), task_weights=importance)
    np.testing.assert_allclose(ours, theirs, rtol=1e-13)


@pytest.mark.parametrize("loss", [coral, corn])
def test_infinite_logits_are_certain_answers(xp, loss):
    logits = np.asarray([[np.inf, -np.inf], [np.inf, -np.inf], [-np.inf, 3.0]])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([1, 2, 1]))
    np.testing.assert_array_equal(value, [0, np.inf, np.inf])
    np.testing.assert_array_equal(gradient[:2], [[0, 0], [0, -1]])


def test_corn_does_not_count_an_infinite_logit_beyond_the_label(xp):
    logits = np.asarray([[0.0, np.inf], [0.0, -np.inf]])
    assert_within(1, xp.call_public(corn, logits, np.asarray([0, 0])), np.log([2.0, 2.0]))


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


def test_task_weights_are_factors_of_the_thresholds():
    weights = np.asarray([0.25, 0.0, 2.0])
    gradient = coral.gradient(LOGITS, LABELS, task_weights=weights)
    np.testing.assert_allclose(gradient, weights * coral.gradient(LOGITS, LABELS), rtol=1e-15)
    with pytest.raises(
        ShapeError, match=r"coral: `task_weights` must have shape \(3,\), one factor for each"
    ):
        coral(LOGITS, LABELS, task_weights=[1.0, 2.0, 3.0, 4.0])
    with pytest.raises(DomainError, match="coral: `task_weights` must be finite and >= 0; got -1"):
        coral(LOGITS, LABELS, task_weights=[1.0, -1.0, 1.0])


def test_labels_of_ordered_classes_are_integers():
    with pytest.raises(DTypeError, match="coral: `labels` must be integral; got float64"):
        coral(LOGITS, LABELS.astype(float))


def test_the_squared_distance_of_two_classes_is_the_squared_error_of_a_sigmoid(xp):
    logits, labels = LOGITS[:, :2], np.asarray([0, 1, 1, 0, 1])
    found = xp.call_public(squared_emd, logits, labels)
    of_event = sigmoid_squared_error(logits[:, 1] - logits[:, 0], labels)
    np.testing.assert_allclose(found, of_event, rtol=1e-13)


def test_all_probability_on_another_class_costs_its_distance(xp):
    logits = np.where(np.eye(4) == 1, 0.0, -np.inf)[[0, 1, 2, 3]]
    np.testing.assert_array_equal(xp.call_public(squared_emd, logits, np.zeros(4, dtype=int)), np.arange(4))
    np.testing.assert_array_equal(xp.call_public(squared_emd, logits, np.asarray([3] * 4)), [3, 2, 1, 0])


def test_a_reversed_order_of_all_classes_changes_nothing():
    value, gradient = squared_emd.value_and_gradient(LOGITS, LABELS % 3)
    other, turned = squared_emd.value_and_gradient(LOGITS[:, ::-1], 2 - LABELS % 3)
    np.testing.assert_allclose(other, value, rtol=1e-13)
    np.testing.assert_allclose(turned[:, ::-1], gradient, rtol=1e-11, atol=1e-15)


def test_a_one_hot_target_costs_what_its_label_costs(xp):
    logits = np.vstack((LOGITS, [[60.0, 0.0, 1.0], [-3.0, 2.0, 90.0]]))
    labels = np.asarray([0, 1, 2, 2, 1, 0, 2])
    value, gradient = xp.call_public(squared_emd_of_targets.value_and_gradient, logits, np.eye(3)[labels])
    of_label, slope = squared_emd.value_and_gradient(logits, labels)
    assert_within(8, value, of_label)
    np.testing.assert_allclose(gradient, slope, rtol=1e-12)


def test_a_sure_model_keeps_its_digits(xp):
    logits = np.asarray([[-40.0, 0.0, -45.0, -43.0]])
    left, right, last = (np.exp(-x) for x in (40.0, 45.0 - np.log1p(np.exp(2.0)), 43.0))
    exact = left**2 + right**2 + last**2
    np.testing.assert_allclose(xp.call_public(squared_emd, logits, np.asarray([1])), [exact], rtol=1e-14)


def test_targets_that_the_model_has_cost_nothing_but_rounding():
    targets = np.exp(LOGITS - np.log(np.exp(LOGITS).sum(axis=-1, keepdims=True)))
    assert (squared_emd_of_targets(LOGITS, targets) < 1e-30).all()


@pytest.mark.parametrize("loss", [squared_emd, squared_emd_of_targets])
def test_one_class_costs_nothing(loss):
    truth = np.zeros(1, dtype=int) if loss is squared_emd else np.ones((1, 1))
    value, gradient = loss.value_and_gradient(np.asarray([[3.0]]), truth)
    np.testing.assert_array_equal(value, [0])
    np.testing.assert_array_equal(gradient, [[0]])


def test_a_masked_class_keeps_its_place_in_the_order():
    mask = np.asarray([True, False, True])
    logits = np.asarray([[0.0, 5.0, np.log(3.0)]])
    # A quarter of the probability lies two classes away.
    found = squared_emd(logits, np.asarray([2]), class_mask=mask)
    np.testing.assert_allclose(found, [2 * 0.25**2], rtol=1e-14)
