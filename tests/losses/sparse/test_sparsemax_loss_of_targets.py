"""Definition and edge cases of `sparsemax_loss_of_targets`."""

import numpy as np
import pytest
from mpmath import fsum
from tests.array_libraries import array_library
from tests.losses.sparse.test_entmax_loss import inputs, without_noise
from tests.losses.sparse.test_sparsemax_loss import threshold
from tests.oracles.loss_tables import Definition, far_targets

from xent.formulas.losses.entmax import entmax
from xent.losses import sparsemax_loss_of_targets


def definition(z, targets):
    """``-<targets, z> + sum(z ** 2 - tau ** 2) / 2 + |targets| ** 2 / 2``, the first sum over the support."""
    tau, support = threshold(z)
    expected = fsum(t * x for t, x in zip(targets, z, strict=True) if t > 0)
    found = -expected + fsum(x**2 - tau**2 for x in support) / 2 + fsum(t * t for t in targets) / 2
    return without_noise(found)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    definition,
    source="Martins and Astudillo 2016, equation 22",
    inputs=inputs,
    parameters=({},),
    units={
        "value": 16,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)


def test_sparsemax_is_half_a_squared_distance_where_all_classes_have_a_part(xp):
    logits, targets = np.asarray([[0.25, 0.125, 0.0]]), np.asarray([[0.5, 0.25, 0.25]])
    probs = logits + (1 - logits.sum()) / 3
    found = xp.call_public(sparsemax_loss_of_targets, logits, targets)
    np.testing.assert_allclose(found, [((probs - targets) ** 2).sum() / 2], rtol=1e-14)


def test_the_entropy_of_the_targets_is_part_of_the_loss():
    # optax leaves it out, so that its loss at the minimum is no 0 and depends on the targets.
    optax = pytest.importorskip("optax")
    jax = pytest.importorskip("jax")
    array_library("jax")
    targets = np.asarray([[0.5, 0.375, 0.125], [0.6875, 0.3125, 0.0]])
    np.testing.assert_array_equal(sparsemax_loss_of_targets(targets, targets), 0)

    def largest(scores):
        """The conjugate of half the squared length over distributions."""
        probs = array_library("jax").call(lambda z, xp: entmax(z, 2.0, xp=xp).probs, scores)
        return jax.numpy.dot(probs, scores) - jax.numpy.dot(probs, probs) / 2

    theirs = np.asarray([optax.losses.make_fenchel_young_loss(largest)(row, row) for row in targets])
    np.testing.assert_allclose(theirs, -(targets**2).sum(axis=-1) / 2, rtol=1e-12)
