"""Arrays of NumPy in `xent.jax`: any byte order, memory that cannot be written, narrow labels, and masks."""

import numpy as np
import pytest

from xent import jax as ours
from xent.errors import DomainError

RNG = np.random.default_rng(20261204)
LOGITS = RNG.standard_normal((6, 4)).astype(np.float32)
TARGETS = RNG.dirichlet(np.ones(4), 6).astype(np.float32)
LABELS = np.asarray([0, 1, 2, 3, 3, 0])


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "read-only": read_only,
    "negative strides": lambda a: a[::-1].copy()[::-1],
    "masked nowhere": np.ma.asarray,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_of_every_layout_is_read(layout):
    other = LAYOUTS[layout]
    for function, truth in (
        (ours.softmax_cross_entropy_with_integer_labels, LABELS),
        (ours.softmax_cross_entropy, TARGETS),
        (ours.sigmoid_binary_cross_entropy, TARGETS),
    ):
        expected = np.asarray(function(LOGITS, truth))
        np.testing.assert_array_equal(np.asarray(function(other(LOGITS), other(truth))), expected)
    weight = RNG.standard_normal((5, 4)).astype(np.float32)
    linear = ours.linear_softmax_cross_entropy
    found = linear(other(LOGITS), other(weight), other(LABELS), reduction="none")
    np.testing.assert_array_equal(found, linear(LOGITS, weight, LABELS, reduction="none"))


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">i2", "uint32", "int64", ">u8"])
def test_labels_of_every_width_are_the_same_labels(dtype):
    loss = ours.softmax_cross_entropy_with_integer_labels
    np.testing.assert_array_equal(loss(LOGITS, LABELS.astype(dtype)), loss(LOGITS, LABELS))
    linear, weight = ours.linear_softmax_cross_entropy, np.eye(4, dtype=np.float32)
    found = linear(LOGITS, weight, LABELS.astype(dtype), reduction="none")
    np.testing.assert_array_equal(found, linear(LOGITS, weight, LABELS, reduction="none"))


@pytest.mark.parametrize("wrong", [2**32 + 1, -(2**32) + 1, np.uint64(2**63)])
def test_a_label_that_32_bits_do_not_hold_is_out_of_range(wrong):
    labels = np.full(6, wrong)
    with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.3"):
        ours.softmax_cross_entropy_with_integer_labels(LOGITS, labels)
    with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.3"):
        ours.linear_softmax_cross_entropy(LOGITS, np.eye(4, dtype=np.float32), labels)


def test_masked_entries_are_refused():
    logits = np.ma.masked_array(LOGITS, mask=LOGITS > 1)
    with pytest.raises(DomainError, match="must have no masked entries"):
        ours.softmax_cross_entropy_with_integer_labels(logits, LABELS)


@pytest.mark.parametrize(
    "argument",
    ["hidden", "weight", "labels", "bias", "where", "class_weights", "class_mask", "logit_scale", "z_loss"],
)
def test_masked_entries_of_every_argument_of_the_linear_loss_are_refused(argument):
    given = {"hidden": LOGITS, "weight": np.eye(4, dtype=np.float32), "labels": LABELS}
    given |= {"bias": np.ones(4, np.float32), "where": LABELS < 3, "class_weights": np.ones(4)}
    given |= {"class_mask": np.ones(4, bool), "logit_scale": np.ones(()), "z_loss": np.ones(())}
    given[argument] = np.ma.masked_array(given[argument], mask=True)
    with pytest.raises(DomainError, match="must have no masked entries"):
        ours.linear_softmax_cross_entropy(**given)


def test_masked_numbers_are_refused():
    masked = np.ma.masked_array(0.5, mask=True)
    for call in (
        lambda: ours.linear_softmax_cross_entropy(LOGITS, LOGITS, LABELS, denominator=masked),
        lambda: ours.smooth_labels(TARGETS, masked),
        lambda: ours.ntxent(LOGITS, LABELS, masked),
    ):
        with pytest.raises(DomainError, match="must have no masked entries"):
            call()
