"""Mutants and edge cases of `nt_xent`."""

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.losses.contrastive.test_contrastive import assert_refused, embeddings
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import nt_xent

TESTS = "tests/losses/contrastive/test_nt_xent.py::"
NO_PARTNER = TESTS + "test_partners_that_are_none_are_refused"

MUTANTS = (
    Mutant(
        "its own partner",
        "nt_xent:NTXent.problem",
        "(partners < 0) | (partners >= rows_shape[-1]) | (partners == rows)",
        drop_right,
        NO_PARTNER,
    ),
    Mutant(
        "partners before the first",
        "nt_xent:NTXent.problem",
        "(partners < 0) | (partners >= rows_shape[-1])",
        drop_left,
        NO_PARTNER,
    ),
)


def test_a_rival_that_takes_labels_agrees_on_pairs():
    optax = pytest.importorskip("optax")
    xp = array_library("jax")
    rows, labels = embeddings(6, 4), np.asarray([7, 8, 9, 7, 8, 9])
    theirs = optax.losses.ntxent(xp.from_numpy(rows), xp.from_numpy(labels), temperature=0.5)
    found = nt_xent.mean(rows, np.asarray([3, 4, 5, 0, 1, 2]), temperature=0.5)
    np.testing.assert_allclose(found, theirs, rtol=1e-6)


def test_partners_that_are_none_are_refused():
    rows = embeddings(4, 3)
    for partners, got, index in (([1, 1, 3, 2], 1, 1), ([1, 0, 3, 4], 4, 3), ([-1, 0, 3, 2], -1, 0)):
        assert_refused(
            DomainError,
            f"nt_xent: `partners` must name another row, 0..3; got {got}, first at index ({index},).",
            nt_xent,
            rows,
            np.asarray(partners),
        )
    assert_refused(
        ShapeError,
        "nt_xent: `partners` must have shape (4,), one for each row; got (3,).",
        nt_xent,
        rows,
        np.asarray([1, 0, 2]),
    )
    with pytest.raises(DTypeError, match=r"nt_xent\.gradient: `partners` must be integral; got float64"):
        nt_xent.gradient(rows, np.zeros(4))


def test_a_partner_that_is_no_other_row_gives_nan_where_values_are_not_checked():
    found = nt_xent(embeddings(4, 3), np.asarray([0, 7, 3, 2]), validate=False)
    np.testing.assert_array_equal(np.isnan(found), [True, True, False, False])
