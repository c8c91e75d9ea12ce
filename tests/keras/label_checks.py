"""Labels of every width and arrays of every byte order in Keras' names: right, or refused in one line."""

import numpy as np
import pytest

import keras
import xent.keras as xk
from xent.errors import DomainError, DTypeError

Z = np.random.default_rng(5).standard_normal((6, 5)).astype(np.float32)
Y = np.asarray([0, 1, 2, 3, 4, 1])


def loss(labels, **options):
    return np.asarray(xk.sparse_categorical_crossentropy(labels, Z, from_logits=True, **options))


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">i2", "uint32", "int64", ">u8", "float32", "float16"])
def test_labels_of_every_dtype_are_the_same_labels(dtype):
    np.testing.assert_array_equal(loss(Y.astype(dtype)), loss(Y))


@pytest.mark.parametrize("wrong", [2**32 + 1, 2**40, -(2**32) + 1, np.uint64(2**63), np.uint32(2**32 - 1)])
@pytest.mark.parametrize("ignore", [None, -1])
def test_a_label_that_32_bits_do_not_hold_is_out_of_range_and_named_as_it_was_given(wrong, ignore):
    labels = np.full(6, wrong)
    for given in (labels, labels.astype(labels.dtype.newbyteorder(">")), labels.tolist()):
        with pytest.raises(DomainError, match=r"`y_true` must lie in 0\.\.4; got ") as refused:
            loss(given, ignore_class=ignore)
        assert f"got {float(wrong):.9g}, first at index (0,)" in str(refused.value)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX has 32 bits unless it is told otherwise")
def test_a_tensor_of_64_bits_is_not_cut_to_a_class():
    labels = keras.ops.convert_to_tensor(np.asarray([0, 1, 2, 3, 4, 2**32 + 1]), dtype="int64")
    with pytest.raises(DomainError, match=r"got 4\.2949673e\+09, first at index \(5,\)"):
        loss(labels)


def test_an_unsigned_tensor_does_not_wrap_around_to_the_ignored_label():
    labels = keras.ops.convert_to_tensor(np.asarray([0, 1, 2, 3, 4, 2**32 - 1], dtype=np.uint32))
    with pytest.raises(DomainError, match=r"got 4\.2949673e\+09, first at index \(5,\)"):
        loss(labels, ignore_class=-1)


@pytest.mark.parametrize("ignored", [2**31 - 1, -(2**31)])
@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_a_label_beyond_32_bits_is_not_the_ignored_one_at_their_limit(ignored, dtype):
    labels = Y.astype(dtype)
    labels[2] = ignored
    assert loss(labels, ignore_class=ignored)[2] == 0
    beyond = [2**31, 2**40] if ignored > 0 else [-(2**31) - 1, -(2**40)]
    infinite = [np.copysign(np.inf, ignored)] if dtype == "float64" else []
    for wrong in (*beyond, *infinite):
        labels[3] = wrong
        for given in (labels, labels.tolist()):
            with pytest.raises(
                DomainError, match=r"`y_true` must lie in 0\.\.4; got .*, first at index \(3,\)"
            ):
                loss(given, ignore_class=ignored)


@pytest.mark.parametrize("wrong", [2**32 + 1, 2**40, -(2**31) - 1])
@pytest.mark.parametrize("from_logits", [True, False])
def test_an_ignored_class_that_32_bits_do_not_hold_is_refused(wrong, from_logits):
    probs = np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)
    with pytest.raises(DomainError, match=r"`ignore_class` must be an integer of 32 bits; got -?[0-9]+"):
        xk.sparse_categorical_crossentropy(Y, probs, from_logits=from_logits, ignore_class=wrong)


@pytest.mark.parametrize("wrong", [np.nan, -1.0])
def test_predictions_of_ignored_rows_may_be_anything(wrong):
    probs = np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)
    labels = np.where(np.arange(len(Y)) == 2, -1, Y)
    expected = xk.sparse_categorical_crossentropy(labels, probs, ignore_class=-1)
    probs[2] = wrong
    found = xk.sparse_categorical_crossentropy(labels, probs, ignore_class=-1)
    assert [float(one) for one in found] == [float(one) for one in expected]
    assert float(found[2]) == 0


@pytest.mark.parametrize("wrong", [1.7, np.nan])
def test_a_floating_label_that_is_no_whole_number_is_refused(wrong):
    labels = Y.astype(np.float64)
    labels[2] = wrong
    with pytest.raises(DomainError, match=r"`y_true` must be whole numbers; got .*, first at index \(2,\)"):
        loss(labels)


@pytest.mark.parametrize(
    ("wrong", "dtype"),
    [
        (5.0, "float16"),
        (np.inf, "float16"),
        (-np.inf, "float32"),
        (2.0**31, "float32"),
        (3e9, "float32"),
        (-3e9, "float64"),
    ],
)
def test_a_floating_label_that_is_no_class_is_refused(wrong, dtype):
    labels = Y.astype(dtype)
    labels[2] = wrong
    for given in (labels, keras.ops.convert_to_tensor(labels)):
        with pytest.raises(DomainError, match=r"`y_true` must lie in 0\.\.4; got .*, first at index \(2,\)"):
            loss(given)


@pytest.mark.parametrize("labels", [Y.astype(str), Y.astype(object), Y.astype(complex)])
def test_labels_that_are_no_real_numbers_are_refused_in_one_line(labels):
    with pytest.raises(
        DTypeError, match=r"xent\.keras\.sparse_categorical_crossentropy: `y_true` must be real numbers; got "
    ):
        loss(labels)


def test_arrays_of_another_byte_order_are_read_and_masked_entries_refused():
    T = np.random.default_rng(6).dirichlet(np.ones(5), 6).astype(np.float32)
    expected = np.asarray(xk.categorical_crossentropy(T, Z, from_logits=True))
    swapped = xk.categorical_crossentropy(T.astype(">f4"), np.ma.asarray(Z.astype(">f4")), from_logits=True)
    np.testing.assert_array_equal(np.asarray(swapped), expected)
    with pytest.raises(DomainError, match="`y_true` must have no masked entries"):
        xk.categorical_crossentropy(np.ma.masked_array(T, mask=T > 0.5), Z, from_logits=True)


def test_masked_steps_of_padded_sequences_take_the_course_of_keras_own_loss():
    random = np.random.default_rng(0)
    X = np.where(np.arange(6) < random.integers(1, 7, (16, 1)), random.integers(1, 9, (16, 6)), 0)
    labels = np.where(X == 0, -1, X % 4)
    courses = []
    for module, truth, options in ((xk, labels, {"ignore_class": -1}), (keras.losses, X % 4, {})):
        keras.utils.set_random_seed(1)
        embedding = keras.layers.Embedding(9, 8, mask_zero=True)
        network = keras.Sequential([keras.Input((6,)), embedding, keras.layers.Dense(4)])
        loss = module.SparseCategoricalCrossentropy(from_logits=True, **options)
        network.compile(optimizer=keras.optimizers.SGD(0.5), loss=loss)
        courses.append(
            network.fit(X, truth, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]
        )
    np.testing.assert_allclose(*courses, rtol=2e-5)
