import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.central_differences import central_gradient, directional_derivative
from tests.formulas.batches import row_size, softmax_batches
from tests.relative_error import assert_within

from xent.formulas.losses.softmax_squared_error import softmax_squared_error
from xent.formulas.losses.softmax_squared_error_of_targets import softmax_squared_error_of_targets as formula

# The gap of the most extreme rows is beyond the largest float, and NumPy says so.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
some_logits = arrays(np.float64, (3, 4), elements=st.floats(-60, 60, width=32))
some_labels = arrays(np.int64, 3, elements=st.integers(0, 3))
few = settings(max_examples=25, deadline=None)


@both_precisions
def test_value_and_derivatives_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        value, gradient = xp.call(formula.value_and_gradient, batch.logits, batch.targets)
        assert_within(4, value, batch.truth("of_targets", "squared_error", "value"), flushes=xp.flushes)
        truth = batch.truth("of_targets", "squared_error", "gradient")
        assert_within(8, gradient, truth, scale=row_size(truth), flushes=xp.flushes)
        product = xp.call(formula.hessian_vector_product, batch.logits, batch.targets, batch.vectors)
        truth = batch.truth("of_targets", "squared_error", "product")
        assert_within(32, product, truth, scale=row_size(truth), flushes=xp.flushes)


@few
@given(logits=some_logits, labels=some_labels)
def test_a_one_hot_target_is_its_label(xp, logits, labels):
    value, gradient = xp.call(softmax_squared_error.value_and_gradient, logits, labels)
    of_targets = xp.call(formula.value_and_gradient, logits, np.eye(4)[labels])
    assert_within(2, of_targets[0], value, flushes=xp.flushes)
    size = np.broadcast_to(np.abs(gradient).max(axis=-1, keepdims=True), gradient.shape)
    assert_within(4, of_targets[1], gradient, scale=size, flushes=xp.flushes)


def test_derivatives_agree_with_central_differences_for_masses_of_any_size(xp):
    rng = np.random.default_rng(17)
    logits, vectors = 2 * rng.standard_normal((2, 5, 4)) + 0.7
    targets = rng.random((5, 4))
    slopes = central_gradient(lambda z: xp.call(formula.value, z, targets), logits)
    np.testing.assert_allclose(xp.call(formula.gradient, logits, targets), slopes, rtol=1e-8, atol=1e-10)
    bend = directional_derivative(lambda z: xp.call(formula.gradient, z, targets), logits, vectors)
    product = xp.call(formula.hessian_vector_product, logits, targets, vectors)
    np.testing.assert_allclose(product, bend, rtol=1e-7, atol=1e-9)
    hessian = xp.call(formula.hessian, logits, targets)
    np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], product, rtol=1e-12, atol=1e-14)
    assert np.median(np.abs(bend)) > 1e-3


def test_targets_that_the_model_meets_cost_nothing(xp):
    logits, targets = np.log([[0.5, 0.25, 0.25]]), np.asarray([[0.5, 0.25, 0.25]])
    assert xp.call(formula.value, logits, targets) <= 1e-32
