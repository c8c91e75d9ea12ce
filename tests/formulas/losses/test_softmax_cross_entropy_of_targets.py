import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.array_libraries import array_library, jit
from tests.central_differences import central_gradient, directional_derivative
from tests.formulas.batches import row_size, softmax_batches
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets as formula
from xent.formulas.softmax import softmax

# Where the truth is beyond the largest float, so is what NumPy computes, and it says so.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
some_logits = arrays(np.float64, (3, 4), elements=st.floats(-60, 60, width=32))
some_labels = arrays(np.int64, 3, elements=st.integers(0, 3))
few = settings(max_examples=25, deadline=None)


def bound(xp):
    """Units in the last place that the docstrings promise."""
    return 6 if xp.name == "jax" else 4


@both_precisions
def test_value_and_gradient_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        value, gradient = xp.call(formula.value_and_gradient, batch.logits, batch.targets)
        truth = batch.truth("of_targets", "cross_entropy", "value")
        assert_within(bound(xp), value, truth, flushes=xp.flushes)
        truth = batch.truth("of_targets", "cross_entropy", "gradient")
        model = softmax(batch.logits.astype(float), xp=np)
        t = batch.targets.astype(float)
        larger = np.maximum((t.sum(-1)[:, None] - t) * model.probs, t * model.complements(model.probs, xp=np))
        assert_within(bound(xp), gradient, truth, scale=larger, flushes=xp.flushes)


@both_precisions
def test_hessian_vector_products_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        args = batch.logits, batch.targets, batch.vectors
        truth = batch.truth("of_targets", "cross_entropy", "product")
        product = xp.call(formula.hessian_vector_product, *args)
        assert_within(6, product, truth, scale=row_size(truth), flushes=xp.flushes)


# The value of targets is computed from rounded distances, the value of labels from exact ones. The distance
# 16 + 2.5e-8 has a rounding error, on which the last bit of the first value depends.
uneven = np.asarray([[2.5e-8, -16.0, 0.0, 0.0], [0.0, -1.0, -1.0, -1.0], [-16.0, 1.9e-10, 1.9e-10, 0.0]])


@few
@example(logits=uneven, labels=np.asarray([1, 0, 0]))
@given(logits=some_logits, labels=some_labels)
def test_a_one_hot_target_has_the_value_of_its_label_within_a_unit_and_its_gradient(xp, logits, labels):
    value, gradient = xp.call(softmax_cross_entropy.value_and_gradient, logits, labels)
    of_targets = xp.call(formula.value_and_gradient, logits, np.eye(4)[labels])
    # The compiler of JAX may contract a product and a sum, the other libraries round each.
    assert_within(2 if xp.name == "jax" else 1, of_targets[0], value)
    assert_within(1 if xp.name == "jax" else 0, of_targets[1], gradient)


def test_a_target_that_is_almost_one_hot_keeps_what_is_left_to_the_others(xp):
    logits, targets = np.asarray([[0.0, 0.0, 0.0]]), np.asarray([[1.0, 1e-20, 2e-20]])
    targets[0, 0] -= 3e-20
    gradient = xp.call(formula.gradient, logits, targets)
    np.testing.assert_allclose(gradient, [[-2 / 3, 1 / 3, 1 / 3]], rtol=1e-15)
    logits = np.asarray([[100.0, 0.0, 0.0]])
    gradient = xp.call(formula.gradient, logits, targets)
    assert_within(4, gradient, [[3e-20, -1e-20, -2e-20]])


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient_of_a_sure_model(library):
    logits = np.asarray([[40.0, 0.0, 1.0], [0.0, 0.0, 0.0], [3.0, 45.0, -np.inf]])
    targets = np.asarray([[1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    truth = formula.gradient(logits, targets, xp=np)
    namespace = array_library(library).namespace

    def total(z):
        return differentiable("value", formula, z, namespace.asarray(targets), xp=namespace).sum()

    if library == "torch":
        torch = pytest.importorskip("torch")
        z = torch.tensor(logits, requires_grad=True)
        total(z).backward()
        found = z.grad.numpy()
    else:
        jax = pytest.importorskip("jax")
        found = jit(jax.grad(total))(logits)
    assert_within(2, np.asarray(found), truth, flushes=True)


def test_the_hessian_scales_with_the_sum_of_the_targets(xp):
    logits, targets = np.random.default_rng(2).random((2, 3, 4))
    hessian = xp.call(formula.hessian, logits, targets)
    labels = np.zeros(3, dtype=int)
    truth = targets.sum(-1)[:, None, None] * xp.call(softmax_cross_entropy.hessian, logits, labels)
    np.testing.assert_allclose(hessian, truth, rtol=1e-14)


def test_derivatives_agree_with_central_differences_for_masses_of_any_size(xp):
    rng = np.random.default_rng(13)
    logits, vectors = 2 * rng.standard_normal((2, 5, 4)) + 0.7
    targets = 3 * rng.random((5, 4))
    slopes = central_gradient(lambda z: xp.call(formula.value, z, targets), logits)
    np.testing.assert_allclose(xp.call(formula.gradient, logits, targets), slopes, rtol=1e-8, atol=1e-9)
    bend = directional_derivative(lambda z: xp.call(formula.gradient, z, targets), logits, vectors)
    product = xp.call(formula.hessian_vector_product, logits, targets, vectors)
    np.testing.assert_allclose(product, bend, rtol=1e-7, atol=1e-9)
    assert np.median(np.abs(bend)) > 1e-2


def test_a_masked_class_without_target_adds_nothing(xp):
    logits, targets = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([[0.0, 1.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, targets)
    assert_within(1, value, [np.log(2)])
    np.testing.assert_array_equal(gradient, [[0, -0.5, 0.5]])


def test_a_masked_class_with_a_target_costs_infinity(xp):
    logits, targets = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([[0.5, 0.5, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, targets)
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[-0.5, 0, 0.5]])


@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.nan, 0.0], [0.0, np.inf], [np.inf, np.inf]])
@pytest.mark.parametrize("label", [0, 1])
def test_a_row_without_a_softmax_is_nan_and_spoils_no_other(xp, row, label):
    logits, targets = np.asarray([row, [0.0, 0.0]]), np.eye(2)[[label, 0]]
    value, gradient = xp.call(formula.value_and_gradient, logits, targets)
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert_within(1, value[1], np.log(2))
    np.testing.assert_array_equal(gradient[1], [-0.5, 0.5])
