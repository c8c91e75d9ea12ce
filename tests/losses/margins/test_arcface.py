"""Definition and edge cases of `arcface`."""

import math

import numpy as np
import pytest
from mpmath import acos, cos, mpf, pi, sin
from tests.array_libraries import array_library
from tests.losses.margins.test_margins import assert_refused, random_rows
from tests.oracles.loss_tables import Definition, scaled_cross_entropy

from xent.errors import DomainError, ShapeError
from xent.losses import arcface, softmax_cross_entropy


def definition(c, label, margin, scale):
    """``-log softmax(scale * c)`` at the label, whose angle is widened by `margin`."""
    m = mpf(margin)
    angle = acos(c[label])
    of_label = cos(angle + m) if angle + m <= pi else c[label] - m * sin(m)
    return scaled_cross_entropy(c, label, scale, of_label)


DEFINITION = Definition(
    definition,
    source="Deng et al. 2019, equation 3, and past pi the line of its code",
    inputs="cosines",
    parameters=(
        {"margin": 0.5, "scale": 64.0},
        {"margin": 0.3, "scale": 30.1},
        {"margin": 1.2, "scale": 10.0},
    ),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)


def test_arcface_is_the_formula_with_an_arc_cosine_and_has_its_gradient():
    cosines, labels = random_rows(limit=0.8)
    rows = np.arange(200)
    logits = cosines.copy()
    logits[rows, labels] = np.cos(np.arccos(cosines[rows, labels]) + 0.5)
    np.testing.assert_allclose(
        arcface(cosines, labels), softmax_cross_entropy(64 * logits, labels), rtol=1e-11
    )
    gradient = 64 * softmax_cross_entropy.gradient(64 * logits, labels)
    angle = np.arccos(cosines[rows, labels])
    gradient[rows, labels] *= np.sin(angle + 0.5) / np.sin(angle)
    np.testing.assert_allclose(arcface.gradient(cosines, labels), gradient, rtol=1e-11)


def test_the_gradient_of_arcface_has_the_factor_that_others_leave_out():
    cosines, labels = np.asarray([[0.5, 1.0]]), np.asarray([0])
    with_margin = math.cos(math.acos(0.5) + 0.5)
    inner = softmax_cross_entropy.gradient(np.asarray([[with_margin, 1.0]]), labels)
    found = arcface.gradient(cosines, labels, scale=1)
    np.testing.assert_allclose(found / inner, [[1.154379, 1]], rtol=1e-6)


def test_past_pi_arcface_follows_the_line_of_its_code():
    edge = -math.cos(0.5)
    cosines = np.asarray([[np.nextafter(edge, 0), 0.0], [np.nextafter(edge, -1), 0.0], [-1.0, 0.0]])
    value, gradient = arcface.value_and_gradient(cosines, np.zeros(3, dtype=int), scale=1)
    logits = np.asarray([-1, edge - 0.5 * math.sin(0.5), -1 - 0.5 * math.sin(0.5)])
    np.testing.assert_allclose(value, np.log1p(np.exp(-logits)), rtol=1e-15)
    assert np.abs(gradient[0, 0]) < 1e-7
    np.testing.assert_allclose(gradient[1:, 0], -1 / (1 + np.exp(logits[1:])), rtol=1e-15)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_frameworks_differentiate_at_the_ends_where_an_arc_cosine_cannot(library):
    xp = array_library(library)
    cosines, labels = np.asarray([[1.0, 0.9], [-1.0, 0.2]]), np.asarray([0, 0])
    if library == "torch":
        leaf = xp.from_numpy(cosines).requires_grad_()
        arcface(leaf, xp.from_numpy(labels)).sum().backward()
        found = leaf.grad.numpy()
        leaf.grad = None
        (leaf.acos() + 0.5).cos().sum().backward()
        assert not np.isfinite(leaf.grad.numpy()).all()
    else:
        import jax

        found = jax.grad(lambda c: arcface(c, xp.from_numpy(labels)).sum())(cosines)
    np.testing.assert_array_equal(found, arcface.gradient(cosines, labels))


def test_of_tied_centres_the_first_takes_the_gradient():
    gradient = arcface.gradient(np.asarray([[0.3, 0.3, 0.1, 0.1]]), np.asarray([0]), sub_centres=2)
    np.testing.assert_array_equal(gradient == 0, [[False, True, False, True]])


def test_labels_and_columns_count_classes_not_centres():
    cosines = np.zeros((2, 6))
    assert_refused(
        DomainError,
        "arcface: `labels` must lie in 0..1; got 2, first at index (1,). 1 of 2 labels does not; "
        "they reach from 0 to 2. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0.",
        arcface,
        cosines,
        np.asarray([0, 2]),
        sub_centres=3,
    )
    assert_refused(
        ShapeError,
        "arcface: `cosines` must have a multiple of `sub_centres=4` columns; got shape (2, 6). "
        "The centres of a class lie side by side: reshape (..., K, C) to (..., K * C).",
        arcface,
        cosines,
        np.asarray([0, 1]),
        sub_centres=4,
    )
    found = arcface(cosines, np.asarray([0, 1]), sub_centres=3, class_weights=[1.0, 2.0])
    np.testing.assert_allclose(found[1], 2 * found[0])
