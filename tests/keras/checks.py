"""Checks of `xent.keras` on the backend of KERAS_BACKEND; `test_backends` runs them, a process each."""

import inspect
import unittest

import keras.src.losses.losses_test as keras_tests
import keras.src.metrics.probabilistic_metrics_test as keras_metric_tests
import mpmath
import numpy as np
import pytest
from keras.src import metrics as keras_metrics
from keras.src.losses import losses as keras_losses
from tests.argument_names import assert_errors_name_parameters
from tests.relative_error import units_apart

import keras
import xent.keras
import xent.losses
from xent.arrays import valid_values
from xent.errors import DomainError, DTypeError, ShapeError
from xent.keras import arguments
from xent.keras.binary import _focal_terms

CLASSES = [name for name in xent.keras.__all__ if name[0].isupper()]
CLIPPED = "Keras clips a probability of 0 to 1e-7, whose loss is 16.118; here the loss is infinite"
WORDS = "the message has our words"
AXES = "Keras refuses axes other than the last on JAX and TensorFlow"
DIFFERENT = {
    "BinaryCrossentropyTest.test_unweighted": CLIPPED,
    "BinaryCrossentropyTest.test_sample_weighted": CLIPPED,
    "BinaryCrossentropyTest.test_scalar_weighted": CLIPPED,
    "BinaryCrossentropyTest.test_shape_mismatch": WORDS,
    "CategoricalCrossentropyTest.test_shape_mismatch": WORDS,
}
DIFFERENT_BUT_ON_TORCH = {
    "SparseCategoricalCrossentropyTest.test_binary_segmentation_different_axis": AXES,
    "SparseCategoricalCrossentropyTest.test_multi_class_segmentation_different_axis": AXES,
}
DIFFERENT_METRICS = {
    "BinaryCrossentropyTest.test_unweighted": CLIPPED,
    "BinaryCrossentropyTest.test_weighted": CLIPPED,
}


class Replaced:
    """A module of Keras with ours in place of what we have."""

    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs

    def __getattr__(self, name):
        return getattr(self.ours if name in self.ours.__all__ else self.theirs, name)


def run_tests_of_keras(module, classes):
    """Number of tests that ran, and the names of those that failed."""
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromTestCase(getattr(module, f"{name}Test")) for name in classes
    )
    result = unittest.TestResult()
    suite.run(result)
    fallen = {".".join(test.id().split(".")[-2:]) for test, _ in result.failures + result.errors}
    return result.testsRun, fallen


def test_the_tests_of_keras_pass_but_for_those_whose_difference_is_named(monkeypatch):
    monkeypatch.setattr(keras_tests, "losses", Replaced(xent.keras, keras_losses))
    ran, fallen = run_tests_of_keras(keras_tests, CLASSES)
    last_axis_only = keras.backend.backend() != "torch"
    assert fallen == set(DIFFERENT) | (set(DIFFERENT_BUT_ON_TORCH) if last_axis_only else set())
    assert ran > 60


def test_the_metric_tests_of_keras_pass_but_for_those_whose_difference_is_named(monkeypatch):
    monkeypatch.setattr(keras_metric_tests, "metrics", Replaced(xent.keras.metrics, keras_metrics))
    # Keras has no metrics, and so no tests, of focal and generalised losses.
    tested = [name for name in CLASSES if hasattr(keras_metric_tests, f"{name}Test")]
    ran, fallen = run_tests_of_keras(keras_metric_tests, tested)
    assert fallen == set(DIFFERENT_METRICS)
    assert len(tested) == 5
    assert ran > 25


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("lead", [1.0, 17.5, 20.0, 60.0])
def test_a_leading_label_keeps_its_loss_in_float32(lead):
    logits = np.asarray([[lead, 0.0, -1.0]], dtype="float32")
    with mpmath.workdps(50):
        exact = float(mpmath.log1p(mpmath.exp(-mpmath.mpf(lead)) + mpmath.exp(-mpmath.mpf(lead) - 1)))
    for value in (
        xent.keras.categorical_crossentropy([[1.0, 0.0, 0.0]], logits, from_logits=True),
        xent.keras.sparse_categorical_crossentropy([0.0], logits, from_logits=True),
    ):
        assert units_apart(numbers(value), np.asarray([exact])).max() <= 4


def test_a_probability_of_zero_costs_infinity_unless_clipping_is_asked_for():
    truth, probs = np.asarray([[1.0, 0.0]]), np.asarray([[0.0, 1.0]], dtype="float32")
    assert numbers(xent.keras.categorical_crossentropy(truth, probs))[0] == np.inf
    clipped = numbers(xent.keras.categorical_crossentropy(truth, probs, clip=1e-7))
    np.testing.assert_allclose(
        clipped, numbers(keras.losses.categorical_crossentropy(truth, probs)), rtol=1e-6
    )


def test_a_focal_loss_of_factor_0_is_0_at_a_probability_of_zero():
    truth, probs = np.asarray([[1.0, 0.0]]), np.asarray([[0.0, 1.0]])
    categorical = xent.keras.categorical_focal_crossentropy(truth, probs, alpha=np.asarray([0.0, 1.0]))
    assert numbers(categorical)[0] == 0
    for alpha, row in ((0.0, slice(0, 1)), (1.0, slice(1, 2))):
        binary = xent.keras.binary_focal_crossentropy(
            truth[:, row], probs[:, row], apply_class_balancing=True, alpha=alpha
        )
        assert numbers(binary)[0] == 0
    # Values that cannot be read become nan, and stay so.
    one, unknown = (keras.ops.convert_to_tensor(np.asarray([number])) for number in (1.0, np.nan))
    assert np.isnan(numbers(_focal_terms(one, unknown, 2.0, 0.0)))


def test_the_logits_behind_a_softmax_are_used_where_the_backend_keeps_them():
    layer = keras.layers.Dense(2, activation="softmax", kernel_initializer="ones", bias_initializer="zeros")
    layer.build((None, 1))
    layer.set_weights([np.asarray([[30.0, 0.0]]), np.zeros(2)])
    loss = numbers(xent.keras.categorical_crossentropy([[1.0, 0.0]], layer(np.ones((1, 1)))))[0]
    assert loss == pytest.approx(np.exp(-30), rel=1e-5)


def layer_of(activation):
    layer = keras.layers.Dense(2, activation=activation)
    layer.build((None, 1))
    layer.set_weights([np.asarray([[2.0, -1.0]]), np.zeros(2)])
    return layer


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("binary_crossentropy", [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]),
        ("binary_focal_crossentropy", [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]),
        ("categorical_crossentropy", [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]),
        ("categorical_focal_crossentropy", [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]),
        ("sparse_categorical_crossentropy", [0, 1, 1]),
        ("categorical_generalized_cross_entropy", [0, 1, 1]),
    ],
)
def test_logits_that_another_function_left_are_not_used(name, truth, activation):
    probs = layer_of(activation)(np.asarray([[1.0], [-0.5], [0.25]]))
    loss = getattr(xent.keras, name)
    expected = loss(truth, keras.ops.convert_to_numpy(probs))
    np.testing.assert_allclose(numbers(loss(truth, probs)), numbers(expected), rtol=1e-5)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_a_model_is_judged_by_its_own_probabilities(activation):
    model = keras.Sequential([layer_of(activation)])
    X, truth = np.asarray([[1.0], [-0.5], [0.25]]), np.asarray([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    model.compile(loss=xent.keras.BinaryCrossentropy())
    probs = keras.ops.convert_to_numpy(model(X))
    expected = numbers(xent.keras.binary_crossentropy(truth, probs)).mean()
    assert model.evaluate(X, truth, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_a_row_whose_label_is_ignored_is_left_out_of_the_mean():
    logits = np.asarray([[1.0, 0.0], [0.0, 5.0]], dtype="float32")
    loss = xent.keras.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    alone = xent.keras.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(
        numbers(loss(np.asarray([0, -1]), logits)), numbers(alone(np.asarray([0]), logits[:1])), rtol=1e-6
    )


def test_an_ignored_label_within_the_classes_costs_nothing_from_probabilities():
    loss = xent.keras.sparse_categorical_crossentropy(
        np.asarray([0, 1]), np.asarray([[0.5, 0.5], [0.5, 0.5]]), ignore_class=0
    )
    np.testing.assert_allclose(numbers(loss), [0, np.log(2)], rtol=1e-6)


ROW = np.asarray([[0.5, 0.5]])


@pytest.mark.parametrize(
    ("name", "truth", "pred", "options", "message"),
    [
        ("sparse_categorical_crossentropy", [5], ROW, {}, r"`y_true` must lie in 0\.\.1; got 5"),
        ("sparse_categorical_crossentropy", [0.5], ROW, {}, "`y_true` must be whole numbers; got 0.5"),
        ("categorical_generalized_cross_entropy", [2], ROW, {}, r"`y_true` must lie in 0\.\.1; got 2"),
        ("categorical_generalized_cross_entropy", [0], ROW, {"q": 1.5}, r"`q` must lie in \(0, 1\]; got 1.5"),
        ("categorical_crossentropy", [[-1, 2]], ROW, {}, "`y_true` must be >= 0; got -1, first at index"),
        ("categorical_crossentropy", [[0, 1]], -ROW, {}, "`y_pred` must be >= 0; .* pass `from_logits=True`"),
        ("categorical_crossentropy", [[0, 1]], ROW, {"clip": 2}, r"`clip` must lie in \[0, 0.5\); got 2"),
        (
            "categorical_crossentropy",
            [[0, 1]],
            ROW,
            {"label_smoothing": 1.5},
            "`label_smoothing` must lie in",
        ),
        ("binary_crossentropy", [[0, 1]], 9 * ROW, {}, r"`y_pred` must lie in \[0, 1\]; got 4.5"),
        ("binary_crossentropy", [[0, 2]], ROW, {}, r"`y_true` must lie in \[0, 1\]; got 2"),
        (
            "binary_focal_crossentropy",
            [[0, 1]],
            ROW,
            {"gamma": -1},
            "`gamma` must be finite and >= 0; got -1",
        ),
        (
            "binary_focal_crossentropy",
            [[0, 1]],
            ROW,
            {"alpha": -1, "apply_class_balancing": True},
            r"`alpha` must lie in \[0, 1\]; got -1",
        ),
        ("categorical_focal_crossentropy", [[0, 1]], ROW, {"gamma": -1}, "`gamma` must be finite and >= 0"),
        ("kl_divergence", [[0, 1]], -ROW, {}, "`y_pred` must be >= 0; got -0.5"),
        ("poisson", [[0, -1]], ROW, {}, "`y_true` must be >= 0; got -1"),
    ],
)
def test_values_and_options_out_of_range_are_refused_where_they_can_be_read(
    name, truth, pred, options, message
):
    with pytest.raises(DomainError, match=message):
        getattr(xent.keras, name)(truth, pred, **options)


@pytest.mark.parametrize("name", ["categorical_crossentropy", "binary_crossentropy"])
@pytest.mark.parametrize("from_logits", [True, False])
def test_valid_targets_are_checked_without_a_mask_of_their_size(monkeypatch, name, from_logits):
    def checked(array, violates, *rest, **options):
        del violates
        return valid_values(array, lambda _: pytest.fail("a mask was made"), *rest, **options)

    monkeypatch.setattr(arguments, "valid_values", checked)
    loss = getattr(xent.keras, name)(np.asarray([[0.25, 0.75]]), ROW, from_logits=from_logits)
    assert np.isfinite(numbers(loss)).all()


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="arguments are traced by jax.jit")
def test_a_traced_label_or_probability_that_would_be_refused_is_nan():
    import jax

    labels = np.asarray([2.0, 0.5, 1.0])
    found = jax.jit(xent.keras.categorical_generalized_cross_entropy)(labels, np.tile(ROW, (3, 1)))
    assert np.isnan(found).tolist() == [True, True, False]
    found = jax.jit(xent.keras.binary_crossentropy)(np.ones((2, 1)), np.asarray([[4.5], [0.5]]))
    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="labels are traced by jax.jit")
@pytest.mark.parametrize("from_logits", [True, False])
def test_a_traced_label_beyond_the_classes_is_nan_with_a_gradient_of_nan_in_its_row_alone(from_logits):
    import jax

    rows = np.asarray([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]], dtype="float32")

    def total(pred, labels):
        losses = xent.keras.sparse_categorical_crossentropy(labels, pred, from_logits=from_logits)
        return losses.sum(), losses

    slope_of = jax.jit(jax.value_and_grad(total, has_aux=True))
    for beyond in (3, -1):
        (_, losses), slopes = slope_of(rows, np.asarray([beyond, 2]))
        assert np.isnan(losses).tolist() == [True, False]
        assert np.isnan(slopes).all(axis=-1).tolist() == [True, False]


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="truths are traced by jax.jit")
@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize(
    "name", ["categorical_crossentropy", "binary_crossentropy", "categorical_focal_crossentropy"]
)
def test_a_traced_truth_below_0_is_nan_with_a_gradient_of_nan_in_its_row(name, from_logits):
    import jax

    rows = np.asarray([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]], dtype="float32")
    truth = np.asarray([[-0.5, 1.0, 0.5], [0.0, 0.0, 1.0]], dtype="float32")

    def total(pred, truth):
        losses = getattr(xent.keras, name)(truth, pred, from_logits=from_logits)
        return losses.sum(), losses

    (_, losses), slopes = jax.jit(jax.value_and_grad(total, has_aux=True))(rows, truth)
    assert np.isnan(losses).tolist() == [True, False]
    assert np.isnan(slopes).any(axis=-1).tolist() == [True, False]


def focal_by_definition(truth, logits, gamma):
    with mpmath.workdps(60):
        weights = [mpmath.exp(mpmath.mpf(float(z))) for z in logits]
        probs = [weight / sum(weights) for weight in weights]
        terms = [float(t) * (1 - p) ** gamma * -mpmath.log(p) for t, p in zip(truth, probs, strict=True)]
        return float(mpmath.mpf(0.25) * sum(terms))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_loss_of_soft_rows_is_exact_from_logits(gamma):
    logits = np.asarray([[20.0, 0.0, -1.0], [1.0, 2.0, 0.5]], dtype="float32")
    truth = np.asarray([[0.75, 0.25, 0.0], [0.5, 0.0, 0.5]], dtype="float32")
    found = numbers(xent.keras.categorical_focal_crossentropy(truth, logits, gamma=gamma, from_logits=True))
    exact = [focal_by_definition(*row, gamma) for row in zip(truth, logits, strict=True)]
    assert units_apart(found, np.asarray(exact)).max() <= 8


@pytest.mark.parametrize("name", CLASSES)
def test_a_configuration_restores_the_loss(name):
    parameters = {"q": 0.3} if name == "CategoricalGeneralizedCrossEntropy" else {}
    parameters |= {} if name in {"CategoricalGeneralizedCrossEntropy", "Poisson"} else {"clip": 0.01}
    loss = getattr(xent.keras, name)(**parameters)
    restored = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()


@pytest.mark.parametrize("name", ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
@pytest.mark.parametrize("module", [xent.keras, xent.keras.metrics])
def test_the_axis_of_the_classes_is_restored(module, name):
    library = keras.metrics if module is xent.keras.metrics else keras.losses
    restored = library.deserialize(library.serialize(getattr(module, name)(axis=1)))
    assert restored.get_config()["axis"] == 1


def model(activation):
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(3, activation=activation),
        ]
    )


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    features = random.normal(size=(64, 4)).astype("float32")
    return features, np.eye(3, dtype="float32")[random.integers(0, 3, 64)]


@pytest.mark.parametrize("activation", ["softmax", "linear"])
def test_training_takes_the_course_of_keras_own_loss(activation, rows):
    from_logits = activation == "linear"
    courses = []
    for losses, metrics in ((xent.keras, xent.keras.metrics), (keras.losses, keras.metrics)):
        network = model(activation)
        network.compile(
            optimizer=keras.optimizers.SGD(0.1),
            loss=losses.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=0.1),
            metrics=[metrics.CategoricalCrossentropy(from_logits=from_logits)],
        )
        history = network.fit(*rows, epochs=3, verbose=0, shuffle=False).history
        courses.append([history["loss"], history["categorical_crossentropy"]])
    np.testing.assert_allclose(courses[0], courses[1], rtol=2e-5)


def test_a_saved_model_comes_back_with_its_loss_and_metric(tmp_path, rows):
    network = model("softmax")
    network.compile(
        loss=xent.keras.CategoricalCrossentropy(label_smoothing=0.2, clip=1e-6),
        metrics=[xent.keras.metrics.CategoricalCrossentropy()],
    )
    network.fit(*rows, epochs=1, verbose=0)
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.loss.get_config() == network.loss.get_config()
    np.testing.assert_allclose(
        loaded.evaluate(*rows, verbose=0), network.evaluate(*rows, verbose=0), rtol=1e-6
    )


FUNCTIONS = {
    "BinaryCrossentropy": "binary_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "CategoricalGeneralizedCrossEntropy": "categorical_generalized_cross_entropy",
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
}


def test_every_loss_is_a_class_a_function_and_a_metric():
    assert sorted(CLASSES) == sorted(xent.keras.metrics.__all__) == sorted(FUNCTIONS)
    assert set(FUNCTIONS.values()) <= set(xent.keras.__all__)


@pytest.mark.parametrize(("metric", "loss"), FUNCTIONS.items())
def test_a_metric_is_the_mean_of_its_function_over_batches_and_is_restored(metric, loss):
    truth, probs = np.asarray([[1.0, 0.0], [0.5, 0.5]]), np.asarray([[0.8, 0.2], [0.3, 0.7]])
    if metric in {"CategoricalGeneralizedCrossEntropy", "SparseCategoricalCrossentropy"}:
        truth = np.asarray([0, 1])
    state = getattr(xent.keras.metrics, metric)()
    state = keras.metrics.deserialize(keras.metrics.serialize(state))
    assert type(state) is getattr(xent.keras.metrics, metric)
    for row in range(2):
        state.update_state(truth[row : row + 1], probs[row : row + 1])
    mean = numbers(getattr(xent.keras, loss)(truth, probs)).mean()
    np.testing.assert_allclose(numbers(state.result()), mean, rtol=1e-6)


def test_parameters_of_a_metric_reach_its_function_and_come_back():
    truth, probs = np.asarray([[1.0, 0.0]]), np.asarray([[0.0, 1.0]], dtype="float32")
    for metric in (
        xent.keras.metrics.CategoricalCrossentropy(clip=1e-3),
        xent.keras.metrics.CategoricalFocalCrossentropy(clip=1e-3, gamma=0.0, alpha=1.0),
    ):
        restored = keras.metrics.deserialize(keras.metrics.serialize(metric))
        assert restored.get_config() == metric.get_config()
        restored.update_state(truth, probs)
        assert numbers(restored.result()) == pytest.approx(-np.log(1e-3), rel=1e-5)


def test_a_divergence_of_almost_equal_distributions_keeps_its_digits():
    p = np.asarray([[0.5, 0.5]], dtype="float32")
    q = np.asarray([[0.5 + 2**-14, 0.5 - 2**-14]], dtype="float32")
    value = numbers(xent.keras.kl_divergence(p, q))[0]
    assert value == pytest.approx(2 * 2.0**-28, rel=1e-6)


PAIR, PROBS = [[1.0, 0.0], [0.0, 1.0]], np.asarray([[0.2, 0.8], [0.5, 0.5]], np.float32)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: xent.keras.binary_crossentropy(keras.ops.convert_to_tensor(np.asarray(PAIR) * 1j), PROBS),
            DTypeError,
            "binary_crossentropy: `y_true` must be real numbers; got ",
        ),
        (
            lambda: xent.keras.poisson([["a"]], PROBS),
            DTypeError,
            "poisson: `y_true` must be real numbers; got ",
        ),
        (
            lambda: xent.keras.kl_divergence(PAIR, None),
            DTypeError,
            "`y_pred` must be real numbers; got NoneType",
        ),
        (
            lambda: xent.keras.binary_crossentropy(1.0, 0.5),
            ShapeError,
            "binary_crossentropy: `y_pred` must have at least one axis; got shape ().",
        ),
        (
            lambda: xent.keras.categorical_crossentropy(np.ones((2, 0)), np.ones((2, 0)), from_logits=True),
            ShapeError,
            "xent.keras.categorical_crossentropy: `y_pred` must have at least one class; got shape (2, 0).",
        ),
        (
            lambda: xent.keras.categorical_focal_crossentropy(PAIR, PROBS, alpha=[1, 2, 3]),
            ShapeError,
            "`alpha` must be a number or have shape (2,), one factor for each class; got shape (3,).",
        ),
        (
            lambda: xent.keras.categorical_focal_crossentropy(PAIR, PROBS, alpha=None),
            DTypeError,
            "xent.keras.categorical_focal_crossentropy: `alpha` must be real numbers; got NoneType.",
        ),
        (
            lambda: xent.keras.sparse_categorical_crossentropy([0, 1], PROBS * np.inf, from_logits=True),
            DomainError,
            "xent.keras.sparse_categorical_crossentropy: `y_pred` must be below +inf; got inf",
        ),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_by_name(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


def test_shapes_that_differ_are_named():
    with pytest.raises(ShapeError, match=r"got \(1, 3\) beside \(1, 2\)"):
        xent.keras.categorical_crossentropy(np.ones((1, 3)), np.ones((1, 2)))


def bare_losses():
    yield xent.losses.softmax_cross_entropy
    yield xent.losses.softmax_cross_entropy_of_targets
    yield xent.losses.SigmoidCrossEntropy()
    yield xent.losses.softmax_cross_entropy_of_targets.mean
    if keras.backend.backend() == "torch":
        from xent import torch

        yield torch.cross_entropy
        yield torch.CrossEntropyLoss()
        yield torch.kl_div


@pytest.mark.parametrize("place", ["loss", "metric"])
def test_a_loss_that_takes_the_logits_first_is_refused_by_name_of_xent_keras(place, rows):
    for loss in bare_losses():
        network = model("softmax")
        if place == "loss":
            network.compile(loss=loss)
        else:
            network.compile(loss="mse", metrics=[loss])
        with pytest.raises(DTypeError, match=r"must come first; got the truth.*`xent\.keras`"):
            network.fit(*rows, epochs=1, verbose=0)


def test_a_function_of_the_users_own_around_a_loss_is_not_refused(rows):
    network = model("linear")
    network.compile(loss=lambda truth, logits: xent.losses.softmax_cross_entropy_of_targets(logits, truth))
    first, last = network.fit(*rows, epochs=2, verbose=0).history["loss"]
    assert last < first


OPTIONS = {"label_smoothing": 0.1, "axis": -1, "clip": 1e-7, "gamma": 2.0, "q": 0.7, "ignore_class": -1}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", [name for name in xent.keras.__all__ if name.islower() and name != "metrics"]
)
def test_errors_name_parameters_of_the_function_that_was_called(name):
    function, labels = getattr(xent.keras, name), np.asarray([0, 1, 2, 0])
    has_labels = "sparse" in name or "generalized" in name
    valid = {"y_true": labels if has_labels else np.eye(3, dtype=np.float32)[labels]}
    valid["y_pred"] = np.full((4, 3), 1 / 3, np.float32)
    parameters = inspect.signature(function).parameters
    valid |= {option: value for option, value in OPTIONS.items() if option in parameters}
    assert_errors_name_parameters(function, valid, caller=f"xent.keras.{name}")


@pytest.mark.parametrize("kind", ["loss", "metric"])
def test_errors_of_losses_and_metrics_name_their_function(kind):
    text = np.asarray([["a", "b"]])
    loss, metric = xent.keras.CategoricalCrossentropy(), xent.keras.metrics.CategoricalCrossentropy()
    call = loss if kind == "loss" else metric.update_state
    for y_true, y_pred, named in ((text, np.eye(2), "y_true"), (np.eye(2), text, "y_pred")):
        with pytest.raises(
            DTypeError, match=f"^xent.keras.categorical_crossentropy: `{named}` must be real numbers"
        ):
            call(y_true, y_pred)


@pytest.mark.parametrize("option", ["axis", "clip", "label_smoothing"])
def test_an_option_that_is_no_number_is_named(option):
    with pytest.raises(DTypeError, match=f"`{option}` must be an? (number|integer); got 'text'"):
        xent.keras.categorical_crossentropy(np.eye(3), np.eye(3), **{option: "text"})
