import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from tests.array_libraries import array_library, jit
from tests.formulas.batches import row_size, softmax_batches
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.sigmoid_squared_error import sigmoid_squared_error
from xent.formulas.losses.softmax_squared_error import softmax_squared_error as formula

# The gap of the most extreme rows is beyond the largest float, and NumPy says so.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
some_logits = arrays(np.float64, (3, 4), elements=st.floats(-60, 60, width=32))
some_labels = arrays(np.int64, 3, elements=st.integers(0, 3))
few = settings(max_examples=25, deadline=None)


@both_precisions
def test_the_value_meets_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp):
        value = xp.call(formula.value, batch.logits, batch.labels)
        assert value.dtype == dtype
        truth = batch.truth("of_label", "squared_error", "value")
        assert_within(16 if xp.name == "jax" else 8, value, truth, flushes=xp.flushes)


@both_precisions
def test_the_derivatives_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        gradient = xp.call(formula.gradient, batch.logits, batch.labels)
        truth = batch.truth("of_label", "squared_error", "gradient")
        assert_within(8, gradient, truth, scale=row_size(truth), flushes=xp.flushes)
        args = batch.logits, batch.labels, batch.vectors
        product = xp.call(formula.hessian_vector_product, *args)
        truth = batch.truth("of_label", "squared_error", "product")
        assert_within(16, product, truth, scale=row_size(truth), flushes=xp.flushes)


def test_a_sure_and_right_model_keeps_the_digits_of_its_error(xp):
    value, gradient = xp.call(formula.value_and_gradient, np.asarray([[50.0, 0.0]]), np.asarray([0]))
    small = 1.9287498479639178e-22
    assert_within(3, value, [small * small])
    assert_within(4, gradient, np.asarray([[-2, 2]]) * (small * small))


@few
@given(logits=some_logits, labels=some_labels)
def test_values_lie_between_0_and_1_and_gradients_sum_to_zero(xp, logits, labels):
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    assert ((value >= 0) & (value <= 1)).all()
    assert (np.abs(gradient.sum(axis=-1)) <= 1e-15 * np.abs(gradient).max(axis=-1) + 1e-300).all()


@few
@given(arrays(np.float64, 6, elements=st.floats(-300, 300)), arrays(np.int64, 6, elements=st.integers(0, 1)))
def test_two_classes_are_one_logit(xp, z, labels):
    pairs = np.stack([np.zeros(6), z], axis=-1)
    value, gradient = xp.call(formula.value_and_gradient, pairs, labels)
    t = labels.astype(float)
    of_logit = xp.call(sigmoid_squared_error.value_and_gradient, z, t, 1 - t)
    assert_within(8, value, of_logit[0], flushes=xp.flushes)
    assert_within(8, gradient[:, 1], of_logit[1], flushes=xp.flushes)


@few
@given(logits=some_logits, labels=some_labels, vectors=arrays(np.float64, (3, 4), elements=st.floats(-5, 5)))
def test_the_hessian_is_symmetric_blind_to_constants_and_agrees_with_its_products(
    xp, logits, labels, vectors
):
    hessian = xp.call(formula.hessian, logits, labels)
    product = xp.call(formula.hessian_vector_product, logits, labels, vectors)
    # Its terms, of the size of p (1 - p), may cancel: where the loss bends from convex to concave.
    probs = softmax(logits, axis=-1)
    size = (probs * (1 - probs)).max(axis=-1)[:, None] + 1e-300
    assert (np.abs(hessian - hessian.swapaxes(-1, -2)).max(axis=-1) <= 1e-13 * size).all()
    assert (np.abs(hessian.sum(axis=-1)) <= 1e-13 * size).all()
    assert (np.abs(product - (hessian @ vectors[..., None])[..., 0]) <= 1e-12 * size).all()


def test_it_is_not_convex(xp):
    hessian = xp.call(formula.hessian, np.asarray([[5.0, 0.0, 0.0]]), np.asarray([1]))
    assert np.linalg.eigvalsh(hessian[0])[0] < -1e-3


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient(library):
    logits, labels = np.asarray([[9.0, 0.0, 1.0], [0.0, 0.0, 0.0], [3.0, 8.0, -4.0]]), np.asarray([0, 2, 0])
    truth = formula.gradient(logits, labels, xp=np)
    namespace = array_library(library).namespace

    def total(z):
        return differentiable("value", formula, z, namespace.asarray(labels), xp=namespace).sum()

    if library == "torch":
        z = namespace.asarray(logits.copy()).requires_grad_()
        total(z).backward()
        found = z.grad.numpy()
    else:
        jax = pytest.importorskip("jax")
        found = jit(jax.grad(total))(logits)
    assert_within(8, np.asarray(found), truth, flushes=True)


def test_equal_logits_cost_half_of_what_the_label_lacks(xp):
    assert_within(2, xp.call(formula.value, np.full((1, 8), 2.5), np.asarray([3])), [7 / 16])


def test_one_class_costs_nothing(xp):
    value, gradient = xp.call(formula.value_and_gradient, np.asarray([[4.2]]), np.asarray([0]))
    np.testing.assert_array_equal(value, [0])
    np.testing.assert_array_equal(gradient, [[0]])


def test_a_masked_label_costs_at_most_1(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, -np.inf], [-np.inf, 0.0, 0.0]]), np.asarray([0, 0])
    np.testing.assert_array_equal(xp.call(formula.value, logits, labels), [1, 0.75])


def test_a_row_without_a_softmax_or_a_label_is_nan_and_spoils_no_other(xp):
    logits = np.asarray([[-np.inf, -np.inf], [np.nan, 0.0], [0.0, np.inf], [1.0, 2.0], [0.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([0, 1, 0, 2, 0]))
    np.testing.assert_array_equal(np.isnan(value), [True, True, True, True, False])
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [True, True, True, True, False])
    np.testing.assert_array_equal(gradient[-1], [-0.25, 0.25])
