"""Definition and edge cases of `sparsemax_loss`."""

import numpy as np
import pytest
from mpmath import fsum, mpf
from tests.array_libraries import array_library
from tests.losses.sparse.test_entmax_loss import inputs, rows, without_noise
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.losses import sparsemax_loss


def definition(z, label):
    """``-z_y + sum(z ** 2 - tau ** 2) / 2 + 1 / 2`` over the support."""
    tau, support = threshold(z)
    found = -z[label] + fsum(x**2 - tau**2 for x in support) / 2 + mpf(1) / 2
    return without_noise(found)


def threshold(z):
    """Threshold that is subtracted from all logits, and the logits above it."""
    ordered = sorted(z, reverse=True)
    k = max(k for k in range(1, len(z) + 1) if 1 + k * ordered[k - 1] > fsum(ordered[:k]))
    return (fsum(ordered[:k]) - 1) / k, ordered[:k]


DEFINITION = Definition(
    definition,
    source="Martins and Astudillo 2016, equation 18 and algorithm 1",
    inputs=inputs,
    parameters=({},),
    units={"value": 16, "gradient": 16, "gradient of rows": True, "product": 64},
)


def test_next_to_the_margin_the_loss_is_the_square_of_what_is_missing(xp):
    missing = 2.0 ** -np.arange(1, 50)
    logits = np.stack([1 - missing, np.zeros(49)], axis=-1)
    value, gradient = xp.call_public(sparsemax_loss.value_and_gradient, logits, np.zeros(49, dtype=int))
    assert_within(4, value, (missing / 2) ** 2)
    assert_within(4, gradient, np.stack([-missing / 2, missing / 2], axis=-1))


def test_a_label_outside_the_support_costs_what_it_misses_too(xp):
    logits = np.asarray([[3.0, 0.0, -2.0], [3.0, 0.0, -2.0]])
    value, gradient = xp.call_public(sparsemax_loss.value_and_gradient, logits, np.asarray([1, 2]))
    np.testing.assert_array_equal(value, [1 + 2.0, 1 + 4.0])
    np.testing.assert_array_equal(gradient, [[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])


def test_optax_finds_the_same_sparsemax_losses_of_labels(xp):
    optax = pytest.importorskip("optax")
    array_library("jax")
    logits, labels = rows(scale=0.7)
    theirs = np.asarray(optax.losses.multiclass_sparsemax_loss(logits, labels))
    found = xp.call_public(sparsemax_loss, logits, labels)
    np.testing.assert_allclose(found, theirs, rtol=1e-9, atol=1e-12)
    gaps, events = logits[:, 0], labels > 2
    theirs = np.asarray(optax.losses.sparsemax_loss(gaps, events))
    pairs = np.stack([np.zeros(20), gaps], axis=-1)
    found = xp.call_public(sparsemax_loss, pairs, events.astype(np.int64))
    np.testing.assert_allclose(found, theirs, rtol=1e-9, atol=1e-12)
