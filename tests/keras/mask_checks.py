"""Rows that a mask or a weight of 0 excludes may hold anything: nothing depends on them."""

import numpy as np
import pytest

import keras
import xent.keras as xk
from xent.errors import DomainError

BACKEND = keras.backend.backend()
LOSSES = {
    "BinaryCrossentropy": "binary_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "CategoricalGeneralizedCrossEntropy": "categorical_generalized_cross_entropy",
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
}
OF_LABELS = ("CategoricalGeneralizedCrossEntropy", "SparseCategoricalCrossentropy")
RANDOM = np.random.default_rng(7)
PROBS = RANDOM.dirichlet(np.ones(4), (2, 3)).astype("float32")
TARGETS = RANDOM.dirichlet(np.ones(4), (2, 3)).astype("float32")
LABELS = RANDOM.integers(0, 4, (2, 3))
READ = np.asarray([[True, True, False], [True, False, False]])


def padded(name, *, is_read=READ):
    """Truth and predictions with invalid numbers in the rows that are not read."""
    truth = np.where(is_read, LABELS, -1) if name in OF_LABELS else np.where(is_read[..., None], TARGETS, -1)
    return truth.astype("int32" if name in OF_LABELS else "float32"), PROBS


def values_of(name, truth, probs):
    """Values by the function, with the default parameters of the class."""
    parameters = {"q": 0.5} if name == "CategoricalGeneralizedCrossEntropy" else {}
    return numbers(getattr(xk, LOSSES[name])(truth, probs, **parameters))


def metric_of(name):
    return getattr(xk.metrics, name)(**({"q": 0.5} if name == "CategoricalGeneralizedCrossEntropy" else {}))


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def masked(tensor, mask=READ):
    tensor = keras.ops.convert_to_tensor(tensor) + 0
    keras.src.backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(mask))
    return tensor


def mean_of_read(name):
    truth = (LABELS if name in OF_LABELS else TARGETS)[READ]
    return values_of(name, truth, PROBS[READ]).mean()


@pytest.mark.parametrize("name", LOSSES)
def test_a_row_of_mask_false_may_hold_any_truth_and_prediction(name):
    truth, probs = padded(name)
    probs = np.where(READ[..., None], probs, np.nan).astype("float32")
    wanted = mean_of_read(name)
    np.testing.assert_allclose(numbers(getattr(xk, name)()(truth, masked(probs))), wanted, rtol=1e-6)
    # A function is given to `compile` within a class of Keras, which multiplies its values by the mask.
    values = values_of(name, truth, masked(probs))
    np.testing.assert_allclose(values[READ].mean(), wanted, rtol=1e-6)
    assert np.isfinite(values).all()
    metric = metric_of(name)
    # Keras' metrics average over the steps of a sample first.
    metric.update_state(truth[:1, :2], masked(probs[:1, :2], READ[:1, :2]))
    metric.update_state(truth[1:, 1:], masked(probs[1:, 1:], READ[1:, 1:]))
    assert np.isfinite(numbers(metric.result()))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("weight", ["steps", "samples"])
def test_a_row_of_weight_0_may_hold_any_truth(name, weight):
    loss, metric = getattr(xk, name)(reduction="sum"), metric_of(name)
    if weight == "steps":
        (truth, probs), weights = padded(name), 2.0 * READ
    else:
        truth, probs = padded(name, is_read=np.asarray([[True] * 3, [False] * 3]))
        truth, probs, weights = truth[:, 0], probs[:, 0], np.asarray([2.0, 0.0])
    values = values_of(name, LABELS if name in OF_LABELS else TARGETS, PROBS)
    values = values[READ] if weight == "steps" else values[0, :1]
    np.testing.assert_allclose(
        numbers(loss(truth, probs, sample_weight=weights)), 2 * values.sum(), rtol=1e-6
    )
    metric.update_state(truth, probs, sample_weight=weights)
    if weight == "samples":
        np.testing.assert_allclose(numbers(metric.result()), values.sum(), rtol=1e-6)
    assert np.isfinite(numbers(metric.result()))


def gradient(function, array):
    """Value and gradient of a function of one tensor, by the backend's own means."""
    if BACKEND == "jax":
        import jax

        return jax.jit(jax.value_and_grad(function))(array)
    tensor = keras.ops.convert_to_tensor(array)
    if BACKEND == "torch":
        leaf = tensor.clone().requires_grad_()
        value = function(leaf)
        value.backward()
        return numbers(value), leaf.grad
    import tensorflow as tf

    @tf.function
    def both(tensor):
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            value = function(tensor)
        return value, tape.gradient(value, tensor)

    return both(tensor)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_an_ignored_row_is_0_and_that_of_others_is_unchanged(name):
    truth, probs = padded(name)
    valid = LABELS if name in OF_LABELS else TARGETS
    loss, weights = getattr(xk, name)(reduction="sum"), READ.astype("float32")
    invalid = np.where(READ[..., None], probs, np.nan).astype("float32")
    value, slopes = gradient(lambda tensor: loss(truth, tensor, sample_weight=weights), invalid)
    wanted, wanted_slopes = gradient(lambda tensor: loss(valid, tensor, sample_weight=weights), probs)
    np.testing.assert_allclose(value, wanted, rtol=1e-6)
    np.testing.assert_allclose(slopes, np.where(READ[..., None], wanted_slopes, 0), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("place", ["eager", "traced"])
def test_padding_of_minus_1_under_a_mask_needs_no_ignored_class(place):
    random = np.random.default_rng(0)
    X = np.where(np.arange(6) < random.integers(1, 7, (16, 1)), random.integers(1, 9, (16, 6)), 0)
    labels, courses = np.where(X == 0, -1, X % 4), []
    # Keras on JAX gives metrics no mask, and its loss reads -1 as no class.
    ignored = {"ignore_class": -1} if BACKEND == "jax" else {}
    for loss, truth in (
        (xk.SparseCategoricalCrossentropy(), labels),
        (xk.sparse_categorical_crossentropy, labels),
        (keras.losses.SparseCategoricalCrossentropy(), labels if BACKEND == "jax" else X % 4),
    ):
        keras.utils.set_random_seed(1)
        embedding = keras.layers.Embedding(9, 8, mask_zero=True)
        last = keras.layers.Dense(4, activation="softmax")
        network = keras.Sequential([keras.Input((6,)), embedding, last])
        # Keras compiles on PyTorch only on request, and needs a compiler for it.
        compiled = {} if BACKEND == "torch" else {"jit_compile": True}
        options = {"run_eagerly": True} if place == "eager" else compiled
        network.compile(
            optimizer=keras.optimizers.SGD(0.5),
            loss=loss,
            metrics=[xk.metrics.SparseCategoricalCrossentropy(name="metric", **ignored)],
            **options,
        )
        history = network.fit(X, truth, epochs=2, batch_size=8, shuffle=False, verbose=0).history
        courses.append([history["loss"], history["metric"]])
    np.testing.assert_allclose(courses[0], courses[2], rtol=2e-5)
    np.testing.assert_allclose(courses[1], courses[2], rtol=2e-5)


def test_a_label_that_is_read_is_checked_beside_ignored_ones():
    with pytest.raises(DomainError, match=r"lie in 0\.\.3; got 7"):
        xk.SparseCategoricalCrossentropy()(
            np.asarray([7, -1]), PROBS[0, :2], sample_weight=np.asarray([1, 0])
        )


def test_labels_keep_their_bits_in_a_loss_of_16_bits():
    logits = np.zeros((1, 400), "float32")
    logits[0, 301] = 30
    for dtype in ("bfloat16", "float16", "float32"):
        loss = xk.SparseCategoricalCrossentropy(from_logits=True, dtype=dtype)
        assert float(keras.ops.cast(loss(np.asarray([301]), logits), "float32")) < 1e-6


def test_the_logits_behind_a_softmax_of_16_bits_reach_a_loss_of_32():
    probs = keras.activations.softmax(keras.ops.convert_to_tensor(np.asarray([[12.0, 0.0]], "float16")))
    loss = numbers(xk.CategoricalCrossentropy()([[1.0, 0.0]], probs))
    np.testing.assert_allclose(loss, np.log1p(np.exp(-12)), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "uint32", "int64", "float16", ">u8"])
def test_ignored_labels_have_any_dtype(dtype):
    weights = np.asarray([1.0, 0.0])
    labels = np.asarray([1, 200]).astype(dtype)
    loss = xk.SparseCategoricalCrossentropy(reduction="sum")
    wanted = numbers(xk.sparse_categorical_crossentropy([1], PROBS[0, :1]))[0]
    for given in (labels, labels if dtype == ">u8" else keras.ops.convert_to_tensor(labels)):
        np.testing.assert_allclose(
            numbers(loss(given, PROBS[0, :2], sample_weight=weights)), wanted, rtol=1e-6
        )


def test_rows_along_another_axis_are_ignored_too():
    logits, labels = np.moveaxis(PROBS, -1, 1), np.where(READ, LABELS, -1)
    loss = xk.SparseCategoricalCrossentropy(from_logits=True, axis=1, reduction="sum")
    found = numbers(loss(labels, logits, sample_weight=READ))
    values = numbers(xk.sparse_categorical_crossentropy(LABELS, PROBS, from_logits=True))
    np.testing.assert_allclose(found, values[READ].sum(), rtol=1e-6)


def test_weights_that_do_not_fit_are_refused_by_keras():
    with pytest.raises(Exception, match=r"(?i)shape|broadcast|size"):
        numbers(xk.CategoricalCrossentropy()(TARGETS, PROBS, sample_weight=np.ones((2, 5))))
