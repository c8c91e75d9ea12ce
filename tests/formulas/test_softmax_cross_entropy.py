import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.array_libraries import array_library
from tests.central_differences import central_gradient, directional_derivative
from tests.formulas.batches import softmax_batches
from tests.relative_error import assert_within

from xent.formulas import sigmoid_cross_entropy
from xent.formulas import softmax_cross_entropy as formula
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


# Against the oracle --------------------------------------------------------------------------------


@both_precisions
def test_value_and_gradient_of_labels_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp):
        value, gradient = xp.call(formula.value_and_gradient, batch.logits, batch.labels)
        assert value.dtype == gradient.dtype == dtype
        truth = batch.truth("of_label", "cross_entropy", "value")
        assert_within(bound(xp), value, truth, flushes=xp.flushes)
        truth = batch.truth("of_label", "cross_entropy", "gradient")
        assert_within(bound(xp), gradient, truth, flushes=xp.flushes)


@both_precisions
def test_value_and_gradient_of_targets_meet_the_oracle(xp, dtype):
    for batch in softmax_batches(dtype, xp=xp, largest=10):
        value, gradient = xp.call(formula.value_and_gradient_of_targets, batch.logits, batch.targets)
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
        product = xp.call(formula.hessian_vector_product, batch.logits, batch.vectors)
        truth = batch.truth("of_label", "cross_entropy", "product")
        assert_within(6, product, truth, scale=row_size(truth), flushes=xp.flushes)
        args = batch.logits, batch.targets, batch.vectors
        truth = batch.truth("of_targets", "cross_entropy", "product")
        product = xp.call(formula.hessian_vector_product_of_targets, *args)
        assert_within(6, product, truth, scale=row_size(truth), flushes=xp.flushes)


def row_size(truth):
    return np.broadcast_to(np.abs(truth.hi).max(axis=-1, keepdims=True), truth.hi.shape)


def test_value_and_gradient_apart_are_value_and_gradient_together(xp):
    batch = softmax_batches(np.float64, largest=5)[-1]
    both = xp.call(formula.value_and_gradient, batch.logits, batch.labels)
    for function, together in zip((formula.value, formula.gradient), both, strict=True):
        assert_within(1, xp.call(function, batch.logits, batch.labels), together, flushes=xp.flushes)
    both = xp.call(formula.value_and_gradient_of_targets, batch.logits, batch.targets)
    pair = formula.value_of_targets, formula.gradient_of_targets
    for function, together in zip(pair, both, strict=True):
        assert_within(1, xp.call(function, batch.logits, batch.targets), together, flushes=xp.flushes)


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
def test_torch_differentiates_the_value_to_the_closed_gradient(dtype):
    torch = pytest.importorskip("torch")
    namespace = array_library("torch").namespace
    for batch in softmax_batches(dtype):
        logits = torch.tensor(batch.logits, requires_grad=True)
        labels = torch.tensor(batch.labels)
        formula.value(logits, labels, xp=namespace).sum().backward()
        assert_within(4, logits.grad.numpy(), batch.truth("of_label", "cross_entropy", "gradient"))

        def total(logits, labels=labels):
            return formula.value(logits, labels, xp=namespace).sum()

        found = torch.func.grad(total)(logits.detach()).numpy()
        assert_within(4, found, batch.truth("of_label", "cross_entropy", "gradient"))


@both_precisions
def test_jax_differentiates_the_value_to_the_closed_gradient(dtype):
    jax = pytest.importorskip("jax")

    def value(logits, label):
        return formula.value(logits, label, xp=jax.numpy)

    for batch in softmax_batches(dtype, xp=array_library("jax")):
        truth = batch.truth("of_label", "cross_entropy", "gradient")
        found = jax.jit(jax.vmap(jax.grad(value)))(batch.logits, batch.labels)
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
def test_differentiating_twice_gives_the_closed_hessian_also_at_ties_and_at_the_label(library):
    logits = np.asarray([[0.0, 0.0, 0.0], [2.0, 2.0, -1.0], [1.5, -0.5, 0.3], [30.0, 0.0, 1.0]])
    closed = formula.hessian(logits, xp=np)
    # Differentiated twice, p (1 - p) of a sure class comes out as p - p * p, unless that is the label.
    lost = np.full((4, 3, 3), 1e-30)
    lost[3, 0, 0] = 1e-17
    namespace = array_library(library).namespace
    for label in range(3):

        def value(row, label=label):
            return formula.value(row, namespace.asarray(label), xp=namespace)

        found = second_derivatives(library, value, logits)
        atol = np.where(label == 0, 1e-30, lost)
        assert (np.abs(found - closed) <= 1e-11 * np.abs(closed) + atol).all()


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_targets_differentiate_to_the_closed_gradient_of_a_sure_model(library):
    logits = np.asarray([[40.0, 0.0, 1.0], [0.0, 0.0, 0.0], [3.0, 45.0, -np.inf]])
    targets = np.asarray([[1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    truth = formula.gradient_of_targets(logits, targets, xp=np)
    namespace = array_library(library).namespace
    if library == "torch":
        torch = pytest.importorskip("torch")
        z = torch.tensor(logits, requires_grad=True)
        formula.value_of_targets(z, torch.tensor(targets), xp=namespace).sum().backward()
        found = z.grad.numpy()
    else:
        jax = pytest.importorskip("jax")
        found = jax.jit(jax.grad(lambda z: formula.value_of_targets(z, targets, xp=namespace).sum()))(logits)
    assert_within(6, np.asarray(found), truth, flushes=True)


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
@given(logits=some_logits, labels=some_labels)
def test_a_one_hot_target_is_its_label_bit_for_bit(xp, logits, labels):
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    of_targets = xp.call(formula.value_and_gradient_of_targets, logits, np.eye(4)[labels])
    np.testing.assert_array_equal(of_targets[0], value)
    # The compiler of JAX may contract a product and a sum, the other libraries round each.
    assert_within(1 if xp.name == "jax" else 0, of_targets[1], gradient)


def test_a_target_that_is_almost_one_hot_keeps_what_is_left_to_the_others(xp):
    logits, targets = np.asarray([[0.0, 0.0, 0.0]]), np.asarray([[1.0, 1e-20, 2e-20]])
    targets[0, 0] -= 3e-20
    gradient = xp.call(formula.gradient_of_targets, logits, targets)
    np.testing.assert_allclose(gradient, [[-2 / 3, 1 / 3, 1 / 3]], rtol=1e-15)
    logits = np.asarray([[100.0, 0.0, 0.0]])
    gradient = xp.call(formula.gradient_of_targets, logits, targets)
    assert_within(4, gradient, [[3e-20, -1e-20, -2e-20]])


@few
@given(arrays(np.float64, 6, elements=st.floats(-750, 750)), arrays(np.int64, 6, elements=st.integers(0, 1)))
def test_two_classes_are_one_logit(xp, z, labels):
    pairs = np.stack([np.zeros(6), z], axis=-1)
    value, gradient = xp.call(formula.value_and_gradient, pairs, labels)
    targets = labels.astype(float)
    of_logit = xp.call(sigmoid_cross_entropy.value_and_gradient, z, targets)
    assert_within(1, value, of_logit[0], flushes=xp.flushes)
    assert_within(2, gradient[:, 1], of_logit[1], flushes=xp.flushes)


@few
@given(logits=some_logits, vectors=arrays(np.float64, (3, 4), elements=st.floats(-5, 5)))
def test_the_hessian_is_symmetric_positive_semidefinite_and_blind_to_constants(xp, logits, vectors):
    hessian = xp.call(formula.hessian, logits)
    np.testing.assert_array_equal(hessian, hessian.swapaxes(-1, -2))
    size = np.abs(hessian).max(axis=(-1, -2))
    assert (np.linalg.eigvalsh(hessian).min(axis=-1) >= -1e-14 * size).all()
    assert (np.abs(hessian.sum(axis=-1)).max(axis=-1) <= 1e-14 * size).all()
    product = xp.call(formula.hessian_vector_product, logits, vectors)
    found = (hessian @ vectors[..., None])[..., 0]
    assert (np.abs(product - found) <= 1e-13 * size[:, None]).all()


def test_the_hessian_of_targets_scales_with_their_sum(xp):
    logits, targets = np.random.default_rng(2).random((2, 3, 4))
    hessian = xp.call(formula.hessian_of_targets, logits, targets)
    truth = targets.sum(-1)[:, None, None] * xp.call(formula.hessian, logits)
    np.testing.assert_allclose(hessian, truth, rtol=1e-14)


# Derivatives by differences ------------------------------------------------------------------------


def test_derivatives_agree_with_central_differences(xp):
    rng = np.random.default_rng(13)
    logits, vectors = 2 * rng.standard_normal((2, 5, 4)) + 0.7
    labels, targets = np.asarray([0, 1, 2, 3, 0]), rng.random((5, 4))
    for value, gradient, product, truth in (
        (formula.value, formula.gradient, formula.hessian_vector_product, (labels,)),
        (
            formula.value_of_targets,
            formula.gradient_of_targets,
            formula.hessian_vector_product_of_targets,
            (targets,),
        ),
    ):
        found = xp.call(gradient, logits, *truth)
        slopes = central_gradient(lambda z, f=value, t=truth: xp.call(f, z, *t), logits)
        np.testing.assert_allclose(found, slopes, rtol=1e-8, atol=1e-10)
        seen = truth if product is formula.hessian_vector_product_of_targets else ()
        bend = directional_derivative(lambda z, f=gradient, t=truth: xp.call(f, z, *t), logits, vectors)
        np.testing.assert_allclose(xp.call(product, logits, *seen, vectors), bend, rtol=1e-7, atol=1e-9)
        assert np.median(np.abs(bend)) > 1e-2


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


def test_a_masked_class_without_target_adds_nothing(xp):
    logits, targets = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([[0.0, 1.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient_of_targets, logits, targets)
    assert_within(1, value, [np.log(2)])
    np.testing.assert_array_equal(gradient, [[0, -0.5, 0.5]])


def test_a_masked_class_with_a_target_costs_infinity(xp):
    logits, targets = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([[0.5, 0.5, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient_of_targets, logits, targets)
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[-0.5, 0, 0.5]])


@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.nan, 0.0], [0.0, np.inf], [np.inf, np.inf]])
@pytest.mark.parametrize("label", [0, 1])
def test_a_row_without_a_softmax_is_nan_and_spoils_no_other(xp, row, label):
    logits, labels = np.asarray([row, [0.0, 0.0]]), np.asarray([label, 0])
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert_within(1, value[1], np.log(2))
    np.testing.assert_array_equal(gradient[1], [-0.5, 0.5])
    of_targets = xp.call(formula.value_and_gradient_of_targets, logits, np.eye(2)[labels])
    assert np.isnan(of_targets[0][0])
    assert np.isnan(of_targets[1][0]).all()


@pytest.mark.parametrize("label", [-1, 3, 2**40])
def test_a_label_that_is_no_class_gives_nan_in_its_row_alone(xp, label):
    logits = np.asarray([[0.3, -0.2, 1.9], [0.0, 0.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([label, 0]))
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert np.isfinite(value[1])
    assert np.isfinite(gradient[1]).all()


def test_the_derivative_at_a_label_that_is_no_class_is_nan():
    torch = pytest.importorskip("torch")
    logits = torch.zeros((2, 3), dtype=torch.float64, requires_grad=True)
    formula.value(logits, torch.tensor([3, 0]), xp=array_library("torch").namespace).sum().backward()
    np.testing.assert_array_equal(logits.grad.numpy()[0], np.full(3, np.nan))
    assert torch.isfinite(logits.grad[1]).all()


def test_no_rows_give_no_values(xp):
    value, gradient = xp.call(formula.value_and_gradient, np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    assert value.shape == (0,)
    assert gradient.shape == (0, 3)


def test_leading_axes_are_free(xp):
    logits = np.random.default_rng(7).standard_normal((2, 3, 4))
    labels = np.asarray([[0, 1, 2], [3, 0, 1]])
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    one, slope = xp.call(formula.value_and_gradient, logits[1, 2], labels[1, 2])
    assert_within(1, value[1, 2], one)
    assert_within(1, gradient[1, 2], slope)
    assert xp.call(formula.hessian, logits).shape == (2, 3, 4, 4)
