"""Definition, mutants and edge cases of `l_softmax`."""

import numpy as np
import pytest
from mpmath import fsum, log, mp, mpf
from tests.array_libraries import array_library
from tests.central_differences import directional_derivative
from tests.losses.margins.test_margins import assert_refused, random_rows
from tests.losses.margins.test_sphereface import psi
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition

from xent.errors import DomainError, ShapeError
from xent.losses import LSoftmax, l_softmax


def definition(z, label, norms, margin, annealing):
    """``-log softmax(z)`` at the label, whose angle is multiplied by `margin`."""
    weight, norm = mpf(annealing), mpf(norms)
    at_label = (weight * z[label] + norm * psi(z[label] / norm, margin)) / (1 + weight)
    logits = [at_label if k == label else x for k, x in enumerate(z)]
    return log(fsum(map(mp.exp, logits))) - at_label


DEFINITION = Definition(
    definition,
    source="Liu et al. 2016, equations 4 to 6, and the annealing of its experiments",
    inputs="cosines",
    parameters=(
        {"norms": 1.5, "margin": 4, "annealing": 0.0},
        {"norms": 1.0625, "margin": 3, "annealing": 2.3},
    ),
    units={"value": 4, "gradient": 8, "product": 16},
)

TESTS = "tests/losses/margins/test_l_softmax.py::"

MUTANTS = (
    Mutant(
        "what is beyond its norm is not",
        "l_softmax:LSoftmax.problem",
        "nan_where(xp.abs(logits) > furthest * norms, logits, xp=xp)",
        "logits",
        TESTS + "test_norms_that_are_none_do_not_fit_or_are_too_small_are_refused",
    ),
    Mutant(
        "norms of rows that are not read",
        "l_softmax:LSoftmax._norms",
        "examples.where_read(norms, 1.0)",
        "norms + 0",
        TESTS + "test_a_row_that_is_not_read_may_have_any_norm",
    ),
)


def test_norms_that_are_none_do_not_fit_or_are_too_small_are_refused():
    logits, labels = np.asarray([[1.0, 2.0], [0.5, -3.5]]), np.asarray([0, 1])
    rule = "be of the shape of `logits`, or broadcast to it"
    assert_refused(
        ShapeError,
        f"l_softmax: `norms` must {rule}; got None. "
        "Pass the product of the norms of each row's features and each class vector.",
        l_softmax,
        logits,
        labels,
    )
    for shape in ((3,), (2, 2, 2)):
        text = f"l_softmax: `norms` must {rule}; got shape {shape}."
        assert_refused(ShapeError, text, l_softmax, logits, labels, norms=np.ones(shape))
    assert_refused(
        DomainError,
        "l_softmax: `norms` must be positive and finite; got 0, first at index (0, 1).",
        l_softmax,
        logits,
        labels,
        norms=np.asarray([4.0, 0.0]),
    )
    assert_refused(
        DomainError,
        "l_softmax: `logits` must lie between `-norms` and `norms`; got -3.5, first at index (1, 1). "
        "They are products of norms of features and class vectors, and logits have no bias.",
        l_softmax,
        logits,
        labels,
        norms=3.0,
    )
    found = l_softmax(logits, labels, norms=3.0, validate=False)
    np.testing.assert_array_equal(np.isnan(found), [False, True])


def test_a_row_that_is_not_read_may_have_any_norm():
    logits, norms = np.asarray([[1.0, 2.0], [np.nan, 5.0]]), np.asarray([[4.0, 4.0], [0.0, np.nan]])
    labels, weight = np.asarray([0, 7]), np.asarray([1.0, 0.0])
    for validate in (False, True):
        value, gradient = l_softmax.value_and_gradient(
            logits, labels, norms=norms, sample_weight=weight, validate=validate
        )
        assert value[0] > 0
        assert value[1] == 0
        np.testing.assert_array_equal(gradient[1], 0)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_frameworks_follow_the_norms_too(library):
    cosines, labels = random_rows(20, limit=0.9)
    norms = np.random.default_rng(8).uniform(2, 5, size=cosines.shape)
    logits = cosines * norms
    loss = LSoftmax(margin=3, annealing=0.5)
    slope = np.stack(
        [
            directional_derivative(lambda n: loss(logits, labels, norms=n), norms, np.eye(4)[k] + 0 * norms)
            for k in range(4)
        ],
        axis=-1,
    )
    xp = array_library(library)
    if library == "torch":
        leaves = [xp.from_numpy(array).requires_grad_() for array in (logits, norms)]
        loss(leaves[0], xp.from_numpy(labels), norms=leaves[1]).sum().backward()
        of_logits, of_norms = (leaf.grad.numpy() for leaf in leaves)
    else:
        import jax

        total = jax.jit(jax.grad(lambda z, n: loss(z, xp.from_numpy(labels), norms=n).sum(), argnums=(0, 1)))
        of_logits, of_norms = map(np.asarray, total(logits, norms))
    np.testing.assert_allclose(of_logits, loss.gradient(logits, labels, norms=norms), rtol=1e-13)
    np.testing.assert_allclose(of_norms, slope, rtol=1e-6, atol=1e-9)
    assert np.abs(slope).max() > 0.1
