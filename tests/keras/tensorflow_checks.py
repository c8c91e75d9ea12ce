"""
Checks of `xent.losses` on tensors of TensorFlow, eager, in graphs and under XLA; `test_backends` runs them.

A process of its own keeps TensorFlow out of the other tests' processes.
"""

from dataclasses import replace

import array_api_strict
import numpy as np
import pytest
import tensorflow as tf
from tests.losses.every_loss import random_inputs

from xent.errors import DomainError, DTypeError
from xent.losses import kl_divergence_of_targets, softmax_cross_entropy, softmax_cross_entropy_of_targets
from xent.losses.registry import REGISTRY

PLACES = {
    "eager": lambda function: function,
    "graph": tf.function,
    "XLA": lambda function: tf.function(function, jit_compile=True),
}
LOGITS = [[1.0, 2.0, 50.0], [0.0, -1.0, 2.0]]


def inputs_of(name):
    loss = replace(REGISTRY[name], **REGISTRY[name].example)
    try:
        logits, truth = random_inputs(loss, np.random.default_rng(5), 6)
    except KeyError:
        pytest.skip("inputs of another kind")
    return loss, logits, truth


@pytest.mark.parametrize("name", REGISTRY)
def test_value_gradient_and_curvature_of_every_loss_are_those_on_numpy(name):
    loss, logits, truth = inputs_of(name)
    z, y = tf.constant(logits), tf.constant(truth)
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = loss(z, y)
        gradient = tape.gradient(value, z)
    vectors = np.random.default_rng(6).normal(size=logits.shape)
    product = outer.gradient(gradient, z, output_gradients=tf.constant(vectors))
    np.testing.assert_allclose(value, loss(logits, truth), rtol=1e-12, atol=1e-14)
    of_loss = loss.gradient(logits, truth)
    np.testing.assert_allclose(gradient, of_loss, rtol=1e-11, atol=_below(of_loss, 1e-13))
    expected = loss.hessian_vector_product(logits, truth, vectors)
    np.testing.assert_allclose(product, expected, rtol=1e-10, atol=_below(expected, 1e-12))


def _below(expected, most):
    """Absolute tolerance of at most `most`, and of a thousandth of the median of the expected numbers."""
    sizes = np.abs(expected[expected != 0])
    return min(most, 1e-3 * float(np.median(sizes))) if sizes.size else most


@pytest.mark.parametrize("place", PLACES)
def test_tiny_losses_keep_their_digits(place):
    def both(z, y):
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = softmax_cross_entropy(z, y)
        return value, tape.gradient(value, z)

    value, gradient = PLACES[place](both)(tf.constant(LOGITS), tf.constant([2, 0]))
    logits = np.asarray(LOGITS)
    np.testing.assert_allclose(value, softmax_cross_entropy(logits, [2, 0]), rtol=5e-7)
    np.testing.assert_allclose(gradient, softmax_cross_entropy.gradient(logits, [2, 0]), rtol=5e-7)


@pytest.mark.parametrize("place", PLACES)
def test_labels_out_of_range_are_nan_with_a_nan_gradient_where_values_cannot_be_read(place):
    def both(z, y):
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = softmax_cross_entropy(z, y)
        return value, tape.gradient(value, z)

    arguments = tf.constant(LOGITS), tf.constant([7, 0])
    if place == "eager":
        with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.2; got 7, first at index \(0,\)"):
            both(*arguments)
        return
    value, gradient = PLACES[place](both)(*arguments)
    assert np.isnan(value[0])
    assert np.isnan(gradient[0]).all()
    assert np.isfinite(value[1])
    assert np.isfinite(gradient[1]).all()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("target", [0.0, 1e-30, 0.3])
def test_the_derivative_of_kl_in_its_targets_is_that_of_the_definition(place, target):
    targets, probs = np.asarray([target, 1 - target]), np.asarray([0.3, 0.7])

    def slopes(t):
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = kl_divergence_of_targets(tf.constant(np.log(probs)), t)
        return tape.gradient(value, t)

    with np.errstate(divide="ignore"):
        exact = 1 + np.log(targets / probs)
    np.testing.assert_allclose(PLACES[place](slopes)(tf.constant(targets)), exact, rtol=1e-12)


def test_a_batch_of_unknown_length_is_traced_once():
    traced = tf.function(softmax_cross_entropy_of_targets, input_signature=[tf.TensorSpec((None, 3))] * 2)
    for rows in (1, 4):
        targets = np.full((rows, 3), 1 / 3, "float32")
        np.testing.assert_allclose(traced(np.zeros((rows, 3), "float32"), targets), np.log(3), rtol=1e-6)


def test_forward_mode_moves_logits_and_targets():
    z, t = tf.constant([[0.5, -1.0]]), tf.constant([[0.25, 0.75]])
    with tf.autodiff.ForwardAccumulator(
        [z, t], [tf.constant([[1.0, 0.0]]), tf.constant([[0.0, 1.0]])]
    ) as along:
        value = softmax_cross_entropy_of_targets(z, t, validate=False)
    gradient = softmax_cross_entropy_of_targets.gradient(z, t)
    surprisal = np.logaddexp(0.5, -1.0) + 1.0
    np.testing.assert_allclose(along.jvp(value), gradient[:, 0] + surprisal, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_32_bits(dtype):
    logits = tf.cast(tf.constant([[8.0, 0.0]]), dtype)
    value = softmax_cross_entropy(logits, tf.constant([0]))
    assert value.dtype == logits.dtype
    np.testing.assert_allclose(np.asarray(tf.cast(value, "float32")), np.log1p(np.exp(-8.0)), rtol=5e-3)


def test_a_variable_is_differentiated_like_a_tensor():
    variable = tf.Variable([[1.0, 0.0]])
    with tf.GradientTape() as tape:
        value = softmax_cross_entropy(variable, tf.constant([0]))
    np.testing.assert_allclose(tape.gradient(value, variable)[0, 1], 1 / (1 + np.e), rtol=1e-6)


def test_arrays_of_two_libraries_are_refused():
    with pytest.raises(DTypeError, match="arrays of one library"):
        softmax_cross_entropy(tf.constant([[1.0, 0.0]]), array_api_strict.asarray([0]))


def test_numpy_arrays_join_tensors():
    joined = softmax_cross_entropy(tf.constant([[1.0, 0.0]]), np.asarray([0]))
    assert tf.is_tensor(joined)
    np.testing.assert_allclose(joined, [np.log1p(np.exp(-1))], rtol=1e-6)


@pytest.mark.parametrize("place", PLACES)
def test_value_and_gradient_of_one_call_are_recorded_by_a_tape(place):
    loss, labels = softmax_cross_entropy, tf.constant([0, 2])

    def slopes(z):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(z)
            value, gradient = loss.value_and_gradient(z, labels, validate=False)
            along = tf.reduce_sum(gradient * LOGITS)
        return gradient, tape.gradient(value, z), tape.gradient(along, z)

    z = tf.constant(LOGITS, dtype=tf.float64)
    gradient, of_value, of_gradient = PLACES[place](slopes)(z)
    np.testing.assert_allclose(of_value, gradient, rtol=1e-12)
    product = loss.hessian_vector_product(np.asarray(LOGITS), labels.numpy(), np.asarray(LOGITS))
    np.testing.assert_allclose(of_gradient, product, rtol=1e-10, atol=1e-14)
