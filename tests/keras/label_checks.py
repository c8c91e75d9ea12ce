"""Labels of every width and arrays of every byte order in Keras' names: right, or refused in one line."""

import numpy as np
import pytest

import xent.keras as xk
from xent.errors import DomainError

Z = np.random.default_rng(5).standard_normal((6, 5)).astype(np.float32)
Y = np.asarray([0, 1, 2, 3, 4, 1])


def loss(labels, **options):
    return np.asarray(xk.sparse_categorical_crossentropy(labels, Z, from_logits=True, **options))


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">i2", "uint32", "int64", ">u8", "float32", "float16"])
def test_labels_of_every_dtype_are_the_same_labels(dtype):
    np.testing.assert_array_equal(loss(Y.astype(dtype)), loss(Y))


@pytest.mark.parametrize("wrong", [2**32 + 1, 2**40, -(2**32) + 1, np.uint64(2**63), np.uint32(2**32 - 1)])
@pytest.mark.parametrize("ignore", [None, -1])
def test_a_label_that_32_bits_do_not_hold_is_out_of_range(wrong, ignore):
    labels = np.full(6, wrong)
    with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.4"):
        loss(labels, ignore_class=ignore)


@pytest.mark.parametrize("wrong", [2**32 + 1, 2**40, -(2**31) - 1])
@pytest.mark.parametrize("from_logits", [True, False])
def test_an_ignored_class_that_32_bits_do_not_hold_is_refused(wrong, from_logits):
    probs = np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)
    with pytest.raises(DomainError, match=r"`ignore_class` must be an integer of 32 bits; got -?[0-9]+"):
        xk.sparse_categorical_crossentropy(Y, probs, from_logits=from_logits, ignore_class=wrong)


@pytest.mark.parametrize("wrong", [1.7, np.nan, np.inf, -np.inf, 3e9])
def test_a_floating_label_that_is_no_whole_number_is_refused(wrong):
    labels = Y.astype(np.float64)
    labels[2] = wrong
    with pytest.raises(DomainError, match=r"`y_true` must be whole numbers; got .*, first at index \(2,\)"):
        loss(labels)


def test_arrays_of_another_byte_order_are_read_and_masked_entries_refused():
    T = np.random.default_rng(6).dirichlet(np.ones(5), 6).astype(np.float32)
    expected = np.asarray(xk.categorical_crossentropy(T, Z, from_logits=True))
    swapped = xk.categorical_crossentropy(T.astype(">f4"), np.ma.asarray(Z.astype(">f4")), from_logits=True)
    np.testing.assert_array_equal(np.asarray(swapped), expected)
    with pytest.raises(DomainError, match="`y_true` must have no masked entries"):
        xk.categorical_crossentropy(np.ma.masked_array(T, mask=T > 0.5), Z, from_logits=True)
