import numpy as np
import pytest

from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.precision.exact_difference import ExactLogits

LOGITS = np.random.default_rng(47).standard_normal((2, 3, 4))
LABELS = np.asarray([[0, 1, 2], [3, 3, 0]])
TARGETS = np.random.default_rng(48).dirichlet(np.ones(4), size=(2, 3)) * 1.5


def of_labels(logits, labels, *, xp):
    return hessian_by_columns(softmax_cross_entropy, logits, labels, xp=xp)


def of_targets(logits, targets, *, xp):
    return hessian_by_columns(softmax_cross_entropy_of_targets, logits, targets, xp=xp)


def of_exact(logits, rest, labels, *, xp):
    return hessian_by_columns(softmax_cross_entropy, ExactLogits(logits, rest), labels, xp=xp)


def test_it_is_the_closed_hessian_whatever_the_shape_of_the_data(xp):
    found = xp.call(of_labels, LOGITS, LABELS)
    assert found.shape == (2, 3, 4, 4)
    np.testing.assert_allclose(found, softmax_cross_entropy.hessian(LOGITS, LABELS, xp=np), rtol=1e-13)
    found = xp.call(of_targets, LOGITS, TARGETS)
    truth = softmax_cross_entropy_of_targets.hessian(LOGITS, TARGETS, xp=np)
    np.testing.assert_allclose(found, truth, rtol=1e-13)


def test_a_single_row_needs_no_leading_axes(xp):
    found = xp.call(of_labels, LOGITS[0, 0], LABELS[0, 0])
    np.testing.assert_allclose(
        found, softmax_cross_entropy.hessian(LOGITS[0, 0], LABELS[0, 0], xp=np), rtol=1e-13
    )


def test_what_rounding_took_from_the_logits_counts(xp):
    rest = np.full(LOGITS.shape, 0.0)
    rest[..., 0] = 2.0**-12
    found = xp.call(of_exact, LOGITS, rest, LABELS)
    truth = softmax_cross_entropy.hessian(LOGITS + rest, LABELS, xp=np)
    np.testing.assert_allclose(found, truth, rtol=1e-6)
    without = softmax_cross_entropy.hessian(LOGITS, LABELS, xp=np)
    assert np.abs(found - truth).max() < np.abs(without - truth).max() / 100


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_has_the_dtype_of_the_logits(xp, dtype):
    assert xp.call(of_labels, LOGITS.astype(dtype), LABELS).dtype == dtype


def test_no_rows_give_no_hessians(xp):
    assert xp.call(of_labels, LOGITS[:0], LABELS[:0]).shape == (0, 3, 4, 4)
