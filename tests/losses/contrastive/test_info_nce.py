"""Mutants and edge cases of `info_nce`."""

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.losses.contrastive.test_contrastive import assert_refused, embeddings, normalised
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.losses import info_nce, softmax_cross_entropy

MUTANTS = (
    Mutant(
        "other keys are negatives too",
        "info_nce:_own_or_negative",
        "candidates == own[..., None]",
        "candidates >= 0",
        "tests/losses/contrastive/test_contrastive.py::"
        "test_the_definitions_as_written_hold[info_nce with negatives, plain]",
    ),
    Mutant(
        "negatives are not",
        "info_nce:_own_or_negative",
        "(candidates == own[..., None]) | (candidates >= keys.shape[-2])",
        drop_right,
        "tests/losses/contrastive/test_contrastive.py::"
        "test_the_definitions_as_written_hold[info_nce with negatives, plain]",
    ),
    Mutant(
        "the first key is everyone's",
        "info_nce:InfoNCE.problem",
        "self._contrast(embeddings, candidates, softmax_cross_entropy, own, takes_part)",
        "self._contrast(embeddings, candidates, softmax_cross_entropy, 0 * own, takes_part)",
        "tests/losses/contrastive/test_contrastive.py::test_the_definitions_as_written_hold[info_nce, plain]",
    ),
)


def test_a_sure_model_keeps_its_digits():
    rows = np.eye(2)
    value, (of_queries, _) = info_nce.value_and_gradient(rows, rows, temperature=0.02, normalize=False)
    small = 1.9287498479639178e-22
    assert_within(2, value, [small, small])
    assert_within(2, of_queries, 50 * small * np.asarray([[-1, 1], [1, -1]]))


def test_info_nce_is_the_cross_entropy_of_the_similarities():
    queries, keys, negatives = embeddings(4, 3), embeddings(4, 3, seed=1), embeddings(5, 3, seed=2)
    cosines = normalised(queries) @ normalised(keys).T
    found = info_nce(queries, keys, temperature=0.07)
    np.testing.assert_allclose(found, softmax_cross_entropy(cosines / 0.07, np.arange(4)), rtol=1e-12)
    own = np.sum(normalised(queries) * normalised(keys), axis=-1, keepdims=True)
    logits = np.concatenate([own, normalised(queries) @ normalised(negatives).T], axis=-1) / 0.07
    found = info_nce(queries, keys, negatives=negatives, temperature=0.07)
    np.testing.assert_allclose(found, softmax_cross_entropy(logits, np.zeros(4, dtype=int)), rtol=1e-12)


def test_rows_without_a_direction_are_refused_or_nan():
    jax = pytest.importorskip("jax")
    xp = array_library("jax")
    rows, keys = embeddings(3, 2), embeddings(3, 2, seed=3)
    keys[2] = 0
    assert_refused(
        DomainError,
        "info_nce: `keys` must have no row of zeros; got 0, first at index (2,). "
        "It has no direction. Leave the row out, or pass `normalize=False`.",
        info_nce,
        rows,
        keys,
    )
    assert np.isnan(jax.jit(info_nce)(xp.from_numpy(rows), xp.from_numpy(keys))).all()
    assert np.isfinite(info_nce(rows, keys, normalize=False)).all()


def test_vectors_are_as_many_as_arrays():
    rows = embeddings(4, 3)
    assert_refused(
        ShapeError,
        "info_nce.hessian_vector_product: `vectors` must be 2 arrays, one for each array of embeddings; "
        "got 1.",
        info_nce.hessian_vector_product,
        rows,
        rows,
        (rows,),
    )
