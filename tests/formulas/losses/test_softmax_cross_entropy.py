import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.array_libraries import array_library, jit
from tests.formulas.batches import row_size, softmax_batches
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula

# Where the truth is beyond the largest float, so is what NumPy computes, and it says so.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
some_logits = arrays(np.float64, (3, 4), elements=st.floats(-60, 60, width=32))
some_labels = arrays(np.int64, 3, elements=st.integers(0, 3))
few = settings(max_examples=25, deadline=None)


def bound(xp):
    """Units in the last place that the docstrings promise."""
    return 6 if xp.name == "jax" else 4


# Against the oracle --------------------------------------------------------------------------------


@both_precisions
def test_value_and_gradient_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp):
        value, gradient = xp.call(formula.value_and_gradient, batch.logits, batch.labels)
        assert value.dtype == gradient.dtype == dtype
        truth = batch.truth("of_label", "cross_entropy", "value")
        assert_within(bound(xp), value, truth, flushes=xp.flushes)
        truth = batch.truth("of_label", "cross_entropy", "gradient")
        assert_within(bound(xp), gradient, truth, flushes=xp.flushes)


@both_precisions
def test_hessian_vector_products_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        args = batch.logits, batch.labels, batch.vectors
        product = xp.call(formula.hessian_vector_product, *args)
        truth = batch.truth("of_label", "cross_entropy", "product")
        assert_within(6, product, truth, scale=row_size(truth), flushes=xp.flushes)


def test_loss_of_a_dominant_class_keeps_its_digits(xp):
    value, gradient = xp.call(formula.value_and_gradient, np.asarray([[50.0, 0.0]]), np.asarray([0]))
    assert_within(1, value, [1.9287498479639178e-22])
    assert_within(1, gradient, [[-1.9287498479639178e-22, 1.9287498479639178e-22]])


def test_logits_lying_class_by_class_in_memory_meet_the_oracle():
    for batch in softmax_batches(np.float64):
        logits = np.asfortranarray(batch.logits)
        value, gradient = formula.value_and_gradient(logits, batch.labels, xp=np)
        assert gradient.flags.f_contiguous
        # Along this axis NumPy adds one term after another.
        units = 4 if logits.shape[-1] <= 10 else logits.shape[-1]
        assert_within(units, value, batch.truth("of_label", "cross_entropy", "value"))
        assert_within(units, gradient, batch.truth("of_label", "cross_entropy", "gradient"))


# Automatic differentiation ----------------------------------------------------------------------


@both_precisions
def test_torch_differentiates_the_value_to_the_oracles_gradient(dtype):
    torch = pytest.importorskip("torch")
    namespace = array_library("torch").namespace
    for batch in softmax_batches(dtype):
        logits = torch.tensor(batch.logits, requires_grad=True)
        labels = torch.tensor(batch.labels)
        differentiable("value", formula, logits, labels, xp=namespace).sum().backward()
        assert_within(4, logits.grad.numpy(), batch.truth("of_label", "cross_entropy", "gradient"))


@both_precisions
def test_jax_differentiates_the_value_to_the_oracles_gradient(dtype):
    jax = pytest.importorskip("jax")

    def value(logits, label):
        return differentiable("value", formula, logits, label, xp=jax.numpy)

    for batch in softmax_batches(dtype, xp=array_library("jax")):
        truth = batch.truth("of_label", "cross_entropy", "gradient")
        found = jit(jax.vmap(jax.grad(value)))(batch.logits, batch.labels)
        assert_within(6, np.asarray(found), truth, flushes=True)


def second_derivatives(library, function, logits):
    """Hessians of a function of one row, by differentiating it twice."""
    if library == "torch":
        torch = pytest.importorskip("torch")
        hessian = torch.func.vmap(torch.func.hessian(function))
        return hessian(torch.tensor(logits)).numpy()
    jax = pytest.importorskip("jax")
    return np.asarray(jax.jit(jax.vmap(jax.hessian(function)))(logits))


# Of PyTorch's own making, on the first use of a transform.
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_differentiating_twice_gives_the_closed_hessian_also_at_ties_and_at_a_sure_class(library):
    logits = np.asarray([[0.0, 0.0, 0.0], [2.0, 2.0, -1.0], [1.5, -0.5, 0.3], [40.0, 0.0, 1.0]])
    namespace = array_library(library).namespace
    for label in range(3):
        closed = formula.hessian(logits, np.full(4, label), xp=np)

        def value(row, label=label):
            return differentiable("value", formula, row, namespace.asarray(label), xp=namespace)

        found = second_derivatives(library, value, logits)
        assert_within(8, found, closed, flushes=True)


def test_the_derivative_at_a_label_that_is_no_class_is_nan():
    torch = pytest.importorskip("torch")
    logits = torch.zeros((2, 3), dtype=torch.float64, requires_grad=True)
    namespace = array_library("torch").namespace
    differentiable("value", formula, logits, torch.tensor([3, 0]), xp=namespace).sum().backward()
    np.testing.assert_array_equal(logits.grad.numpy()[0], np.full(3, np.nan))
    assert torch.isfinite(logits.grad[1]).all()


# Laws ------------------------------------------------------------------------------------------------


@few
@given(logits=some_logits, labels=some_labels)
def test_values_are_never_negative_and_gradients_sum_to_zero(xp, logits, labels):
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    assert (value >= 0).all()
    size = np.abs(gradient).max(axis=-1)
    assert (np.abs(gradient.sum(axis=-1)) <= 4 * np.finfo(float).eps * size).all()


@few
@given(
    eighths=arrays(np.int64, (3, 4), elements=st.integers(-400, 400)),
    shift=st.integers(-(2**40), 2**40),
    labels=some_labels,
)
def test_a_shift_that_is_exact_changes_nothing(xp, eighths, shift, labels):
    found = xp.call(formula.value_and_gradient, eighths / 8, labels)
    moved = xp.call(formula.value_and_gradient, eighths / 8 + shift, labels)
    np.testing.assert_array_equal(found[0], moved[0])
    np.testing.assert_array_equal(found[1], moved[1])


@few
@given(logits=some_logits, labels=some_labels, order=st.permutations(range(4)))
def test_a_permutation_of_the_classes_permutes_the_gradient(xp, logits, labels, order):
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    renamed = np.argsort(order)[labels]
    other_value, other_gradient = xp.call(formula.value_and_gradient, logits[:, order], renamed)
    assert_within(3, other_value, value, flushes=xp.flushes)
    assert_within(4, other_gradient, gradient[:, order], flushes=xp.flushes)


@few
@given(arrays(np.float64, 6, elements=st.floats(-750, 750)), arrays(np.int64, 6, elements=st.integers(0, 1)))
def test_two_classes_are_one_logit(xp, z, labels):
    pairs = np.stack([np.zeros(6), z], axis=-1)
    value, gradient = xp.call(formula.value_and_gradient, pairs, labels)
    masses = labels.astype(float), 1 - labels.astype(float)
    of_logit = xp.call(sigmoid_cross_entropy.value_and_gradient, z, *masses)
    # A softmax raises small exponentials for their sum, which is one more rounding.
    assert_within(2, value, of_logit[0], flushes=xp.flushes)
    assert_within(3, gradient[:, 1], of_logit[1], flushes=xp.flushes)


@few
@given(logits=some_logits, labels=some_labels, vectors=arrays(np.float64, (3, 4), elements=st.floats(-5, 5)))
def test_the_hessian_is_symmetric_positive_semidefinite_and_blind_to_constants(xp, logits, labels, vectors):
    hessian = xp.call(formula.hessian, logits, labels)
    np.testing.assert_array_equal(hessian, hessian.swapaxes(-1, -2))
    size = np.abs(hessian).max(axis=(-1, -2))
    assert (np.linalg.eigvalsh(hessian).min(axis=-1) >= -1e-14 * size).all()
    assert (np.abs(hessian.sum(axis=-1)).max(axis=-1) <= 1e-14 * size).all()
    product = xp.call(formula.hessian_vector_product, logits, labels, vectors)
    found = (hessian @ vectors[..., None])[..., 0]
    assert (np.abs(product - found) <= 1e-13 * size[:, None]).all()


# Edges -----------------------------------------------------------------------------------------------


def test_one_class_costs_nothing(xp):
    value, gradient = xp.call(formula.value_and_gradient, np.asarray([[4.2], [-1e300]]), np.asarray([0, 0]))
    np.testing.assert_array_equal(value, [0, 0])
    np.testing.assert_array_equal(gradient, [[0], [0]])


def test_equal_logits_cost_the_logarithm_of_their_number(xp):
    value = xp.call(formula.value, np.full((1, 7), -3.3), np.asarray([4]))
    assert_within(1, value, [np.log(7)])


def test_a_masked_label_costs_infinity_with_the_gradient_of_its_limit(xp):
    logits = np.asarray([[-np.inf, 0.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([0]))
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[-1, 0.5, 0.5]])


@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.nan, 0.0], [0.0, np.inf], [np.inf, np.inf]])
@pytest.mark.parametrize("label", [0, 1])
def test_a_row_without_a_softmax_is_nan_and_spoils_no_other(xp, row, label):
    logits, labels = np.asarray([row, [0.0, 0.0]]), np.asarray([label, 0])
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert_within(1, value[1], np.log(2))
    np.testing.assert_array_equal(gradient[1], [-0.5, 0.5])


@pytest.mark.parametrize("label", [-1, 3, 2**40])
def test_a_label_that_is_no_class_gives_nan_in_its_row_alone(xp, label):
    logits = np.asarray([[0.3, -0.2, 1.9], [0.0, 0.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([label, 0]))
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert np.isfinite(value[1])
    assert np.isfinite(gradient[1]).all()
