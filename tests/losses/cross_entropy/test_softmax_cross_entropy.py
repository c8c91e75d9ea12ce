"""The clauses of the docstrings of the softmax losses, and their bounds, through the public door."""

import functools

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.formulas.batches import softmax_batches
from tests.relative_error import assert_within

from xent.losses import softmax_cross_entropy, softmax_cross_entropy_of_targets

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@both_precisions
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_value_and_gradient_are_within_4_units(library, dtype):
    xp = array_library(library)
    for batch in softmax_batches(dtype):
        value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, batch.logits, batch.labels)
        assert_within(4, value, batch.truth("of_label", "cross_entropy", "value"))
        assert_within(4, gradient, batch.truth("of_label", "cross_entropy", "gradient"))


def test_the_definition_as_written_holds(xp):
    logits, labels = np.random.default_rng(29).standard_normal((2, 5, 4))[0], np.asarray([0, 1, 2, 3, 3])
    weight = np.asarray([1.0, 2.0, 0.5, 3.0, 1.5])
    found = xp.call_public(softmax_cross_entropy, logits, labels, sample_weight=weight)
    written = weight * (np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(5), labels])
    np.testing.assert_allclose(found, written, rtol=1e-14)
    targets = np.random.default_rng(31).dirichlet(np.ones(4), size=5)
    found = xp.call_public(softmax_cross_entropy_of_targets, logits, targets, sample_weight=weight)
    log_total = np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    np.testing.assert_allclose(found, weight * (targets * (log_total - logits)).sum(axis=-1), rtol=1e-14)


def test_equal_logits_cost_the_weight_times_the_logarithm_of_their_number(xp):
    found = xp.call_public(
        softmax_cross_entropy, np.zeros((1, 6)), np.asarray([2]), sample_weight=np.asarray([4])
    )
    assert_within(1, found, [4 * np.log(6)])


def test_one_class_costs_nothing(xp):
    assert xp.call_public(softmax_cross_entropy, np.asarray([[3.5]]), np.asarray([0])) == 0
    assert xp.call_public(softmax_cross_entropy_of_targets, np.asarray([[3.5]]), np.asarray([[1.0]])) == 0


def test_a_masked_label_costs_infinity(xp):
    logits, labels = np.asarray([[-np.inf, 0.0]]), np.asarray([0])
    value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, labels)
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[-1, 1]])


def test_a_row_without_a_softmax_gives_nan_where_it_is_not_checked(xp):
    logits = np.asarray([[-np.inf, -np.inf], [np.nan, 0.0], [np.inf, 0.0], [0.0, 0.0]])
    unchecked = functools.partial(softmax_cross_entropy, validate=False)
    found = xp.call_public(unchecked, logits, np.asarray([0, 0, 0, 0]))
    np.testing.assert_array_equal(np.isnan(found), [True, True, True, False])


def test_a_masked_class_without_target_is_free_and_with_one_costs_infinity(xp):
    logits = np.asarray([[0.0, 0.0, -np.inf]] * 2)
    targets = np.asarray([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]])
    found = xp.call_public(softmax_cross_entropy_of_targets, logits, targets)
    assert_within(1, found, [np.log(2), np.inf])


def test_torch_differentiates_a_sure_model_exactly():
    torch = pytest.importorskip("torch")
    for dtype in (torch.float32, torch.float64):
        logits = torch.tensor([[50.0, 0.0], [0.0, 50.0]], dtype=dtype, requires_grad=True)
        softmax_cross_entropy(logits, torch.tensor([0, 0])).sum().backward()
        small = 1.9287498479639178e-22
        assert_within(2, logits.grad.numpy(), [[-small, small], [-1, 1]])
