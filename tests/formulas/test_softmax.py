import numpy as np
import pytest
from tests.array_libraries import array_library, jit
from tests.relative_error import assert_within

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import log_softmax, softmax


def probs(logits, *, xp):
    return softmax(logits, xp=xp).probs


def complements(logits, *, xp):
    model = softmax(logits, xp=xp)
    return model.complements(model.probs, xp=xp)


def distances(logits, *, xp):
    return softmax(logits, xp=xp).distances(logits)


def top(logits, *, xp):
    return softmax(logits, xp=xp).top


def product(logits, vectors, *, xp):
    return softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)


def test_the_complement_of_a_sure_class_keeps_its_digits(xp):
    logits = np.asarray([[50.0, 0.0, 1.0]])
    # The square of this is too small to matter.
    rest = np.exp(-50.0) + np.exp(-49.0)
    assert_within(3, xp.call(complements, logits), [[rest, 1.0, 1.0]])


def test_probabilities_sum_to_one_with_their_complements(xp):
    logits = 20 * np.random.default_rng(5).standard_normal((40, 6)) + 3
    p, q = xp.call(probs, logits), xp.call(complements, logits)
    np.testing.assert_allclose(p + q, 1, rtol=4e-16)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-15)


def test_of_tied_classes_the_first_is_the_top(xp):
    logits = np.asarray([[1.0, 4.0, 4.0], [2.0, 2.0, 2.0], [0.0, 1.0, 5.0]])
    np.testing.assert_array_equal(xp.call(top, logits), [1, 0, 2])
    np.testing.assert_array_equal(xp.call(probs, logits)[1], np.full(3, 1 / 3))


def test_a_masked_class_has_probability_0_and_complement_1(xp):
    logits = np.asarray([[-np.inf, 0.0, 0.0], [-np.inf, -np.inf, -7.5]])
    np.testing.assert_array_equal(xp.call(probs, logits), [[0, 0.5, 0.5], [0, 0, 1]])
    np.testing.assert_array_equal(xp.call(complements, logits), [[1, 0.5, 0.5], [1, 1, 0]])


@pytest.mark.parametrize(
    "row",
    [[-np.inf, -np.inf], [np.nan, 0.0], [0.0, np.nan], [np.inf, 0.0], [np.inf, np.inf], [np.inf, np.nan]],
)
def test_a_row_without_a_softmax_is_nan_and_spoils_no_other(xp, row):
    logits = np.asarray([row, [0.0, 0.0]])
    for quantity in (probs, complements):
        found = xp.call(quantity, logits)
        assert np.isnan(found[0]).all()
        np.testing.assert_array_equal(found[1], [0.5, 0.5])


@pytest.mark.parametrize("logit", [-np.inf, np.inf, np.nan])
def test_one_class_without_a_softmax_is_nan(xp, logit):
    assert np.isnan(xp.call(probs, np.asarray([[logit]]))).all()


def test_one_class_has_probability_1(xp):
    np.testing.assert_array_equal(xp.call(probs, np.asarray([[-1e300], [7.5]])), [[1], [1]])
    np.testing.assert_array_equal(xp.call(complements, np.asarray([[-1e300], [7.5]])), [[0], [0]])


def test_finite_logits_at_both_ends_of_the_range_are_no_exception(xp):
    largest = np.finfo(np.float64).max
    logits = np.asarray([[largest, -largest, 0.0], [1e300, np.nextafter(1e300, 0), -np.inf]])
    np.testing.assert_array_equal(xp.call(probs, logits), [[1, 0, 0], [1, 0, 0]])


def test_leading_axes_are_free(xp):
    logits = np.random.default_rng(7).standard_normal((2, 3, 4))
    found = xp.call(probs, logits)
    assert found.shape == (2, 3, 4)
    np.testing.assert_array_equal(found[1, 2], xp.call(probs, logits[1, 2]))


def test_either_memory_order_gives_the_same():
    logits = np.random.default_rng(7).standard_normal((50, 4))
    by_class = softmax(np.asfortranarray(logits), xp=np)
    assert by_class.exponentials.flags.f_contiguous
    assert by_class.is_top.flags.f_contiguous
    assert_within(2, by_class.probs, softmax(logits, xp=np).probs)


def test_the_jacobian_does_not_see_a_constant(xp):
    logits, vectors = np.random.default_rng(11).standard_normal((2, 6, 5))
    np.testing.assert_array_equal(xp.call(product, logits, np.full((6, 5), 3.7)), np.zeros((6, 5)))
    found, shifted = xp.call(product, logits, vectors), xp.call(product, logits, vectors + 2.0**10)
    np.testing.assert_allclose(found, shifted, atol=1e-12)
    assert np.median(np.abs(found)) > 1e-2


def test_the_jacobian_at_a_sure_class_keeps_its_digits(xp):
    found = xp.call(product, np.asarray([[60.0, 0.0]]), np.asarray([[1.0, 3.0]]))
    assert_within(3, found[0], np.asarray([-2, 2]) * np.exp(-60.0))


def test_log_probabilities_are_minus_the_cross_entropy_of_each_class(xp):
    logits = 20 * np.random.default_rng(6).standard_normal((30, 5)) - 4
    logs = xp.call(log_softmax, logits)
    for k in range(5):
        assert_within(3, -logs[:, k], softmax_cross_entropy.value(logits, np.full(30, k), xp=np))


def test_the_log_probability_of_a_sure_class_keeps_its_digits(xp):
    logs = xp.call(log_softmax, np.asarray([[50.0, 0.0]]))
    # The square of exp(-50) is too small to matter.
    assert_within(3, logs, [[-np.exp(-50.0), -50.0]])


def test_the_log_probability_of_a_masked_class_is_minus_infinity(xp):
    logs = xp.call(log_softmax, np.asarray([[0.0, -np.inf], [-np.inf, -np.inf]]))
    np.testing.assert_array_equal(logs, [[0.0, -np.inf], [np.nan, np.nan]])
    assert not np.signbit(logs[0, 0])


def by_steps(library, function, logits):
    """Derivative of the sum of a function of logits, by those of its steps."""
    namespace = array_library(library).namespace
    if library == "torch":
        z = namespace.asarray(logits.copy()).requires_grad_()
        function(z, xp=namespace).sum().backward()
        return z.grad.numpy()
    jax = pytest.importorskip("jax")
    return np.asarray(jit(jax.grad(lambda z: function(z, xp=namespace).sum()))(logits))


# A softmax is among the data of other formulas, such as that of a teacher, which are differentiated so.
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_all_parts_differentiate_by_their_steps_also_at_ties_and_at_a_sure_class(library):
    logits = np.asarray([[0.0, 0.0, 0.0], [2.0, 2.0, -1.0], [1.5, -0.5, 0.3], [40.0, 0.0, 1.0]])
    weights = np.asarray([0.0, 2.0, -3.0])
    p = probs(logits, xp=np)

    def weighted(quantity):
        return lambda z, *, xp: quantity(z, xp=xp) * xp.asarray(weights)

    jacobian = product(logits, np.broadcast_to(weights, p.shape), xp=np)
    found = by_steps(library, weighted(probs), logits)
    np.testing.assert_allclose(found, jacobian, rtol=1e-13, atol=1e-33)
    found = by_steps(library, weighted(complements), logits)
    np.testing.assert_allclose(found, -jacobian, rtol=1e-13, atol=1e-33)
    found = by_steps(library, weighted(log_softmax), logits)
    np.testing.assert_allclose(found, weights - weights.sum() * p, rtol=1e-13, atol=1e-33)
    found = by_steps(library, weighted(distances), logits)
    is_top = np.eye(3)[logits.argmax(axis=-1)]
    np.testing.assert_allclose(found, weights.sum() * is_top - weights, rtol=1e-15)
