"""Mutants and edge cases of `supervised_contrastive`."""

import numpy as np
import pytest
from tests.array_libraries import array_library, jit
from tests.losses.contrastive.test_contrastive import embeddings
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, never

from xent.errors import DomainError
from xent.losses import SupervisedContrastive, supervised_contrastive

TESTS = "tests/losses/contrastive/test_supervised_contrastive.py::"
ALONE = TESTS + "test_a_row_that_is_alone_in_its_class_is_refused_or_costs_0_and_is_never_nan[numpy]"

MUTANTS = (
    Mutant(
        "its own class includes itself",
        "supervised_contrastive:SupervisedContrastive.problem",
        "(labels[..., :, None] == labels[..., None, :]) & others",
        "(labels[..., :, None] == labels[..., None, :]) | ~others",
        "tests/losses/contrastive/test_contrastive.py::"
        "test_the_definitions_as_written_hold[supervised_contrastive, plain]",
    ),
    Mutant(
        "the sum over the class",
        "supervised_contrastive:SupervisedContrastive.problem",
        "is_found / xp.where(count == 0, one, count)[..., None]",
        drop_right,
        "tests/losses/contrastive/test_contrastive.py::"
        "test_the_definitions_as_written_hold[supervised_contrastive, plain]",
    ),
    Mutant(
        "alone and counted",
        "supervised_contrastive:SupervisedContrastive.problem",
        "has_others if embeddings.weight is None else embeddings.weight * has_others",
        "one if embeddings.weight is None else embeddings.weight",
        TESTS + "test_a_row_that_is_alone_has_no_weight_in_the_mean",
    ),
    Mutant(
        "alone and undefined",
        "supervised_contrastive:SupervisedContrastive.problem",
        "xp.where(count == 0, one, count)",
        never,
        ALONE,
    ),
    Mutant(
        "alone and let pass",
        "supervised_contrastive:SupervisedContrastive.problem",
        'self.on_single == "raise"',
        'self.on_single == "zero"',
        ALONE,
    ),
)


def test_a_row_that_is_alone_in_its_class_is_refused_or_costs_0_and_is_never_nan(xp):
    rows, labels = embeddings(4, 3), np.asarray([5, 5, -1, 5])
    with pytest.raises(DomainError) as caught:
        supervised_contrastive(xp.from_numpy(rows), xp.from_numpy(labels))
    assert str(caught.value) == (
        "supervised_contrastive: `labels` must name the class of another row too; got -1, "
        "first at index (2,). "
        'The row has nothing to find. Give it weight 0, or pass `on_single="zero"`.'
    )
    loss = SupervisedContrastive(on_single="zero")
    value, gradient = xp.call_public(loss.value_and_gradient, rows, labels)
    assert value[2] == 0
    assert np.isfinite(gradient).all()
    assert (value[[0, 1, 3]] > 0).all()
    # It is a candidate of the others all the same.
    assert (np.abs(gradient[2]) > 0).any()


def test_a_row_that_is_alone_has_no_weight_in_the_mean():
    rows, labels = embeddings(4, 3), np.asarray([5, 5, -1, 5])
    values = supervised_contrastive(rows, labels, on_single="zero")
    mean = supervised_contrastive.mean(rows, labels, on_single="zero")
    np.testing.assert_allclose(mean, values.sum() / 3, rtol=1e-15)
    weight = np.asarray([1.0, 1.0, 0.0, 1.0])
    np.testing.assert_array_equal(supervised_contrastive(rows, labels, sample_weight=weight), values)


def test_a_traced_row_that_is_alone_costs_0():
    jax = pytest.importorskip("jax")
    xp = array_library("jax")
    rows, labels = xp.from_numpy(embeddings(3, 3)), xp.from_numpy(np.asarray([1, 2, 3]))
    value, gradient = jit(supervised_contrastive.value_and_gradient)(rows, labels)
    np.testing.assert_array_equal(value, 0)
    np.testing.assert_array_equal(gradient, 0)
    slope = jit(jax.grad(lambda rows: supervised_contrastive(rows, labels).sum()))(rows)
    np.testing.assert_array_equal(slope, 0)
