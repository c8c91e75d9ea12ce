"""Gradients of normalised losses of a label far below classes that are tied, nearly tied or not."""

import functools

import numpy as np
import pytest
from mpmath import inf, mp, mpf
from tests.fuzz.truths import exact
from tests.losses.noisy_labels.test_normalized_cross_entropy import DEFINITION as OF_CROSS_ENTROPY
from tests.losses.noisy_labels.test_normalized_focal import DEFINITION as OF_FOCAL
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, swap
from tests.relative_error import assert_within

from xent.losses import NormalizedFocal, normalized_cross_entropy

TESTS = "tests/losses/noisy_labels/test_normalized_gradient.py::"
TIED = TESTS + "test_tied_classes_leave_the_digits_of_the_gradient[numpy-float64]"
NEAR = TESTS + "test_nearly_tied_classes_leave_the_digits_of_cross_entropy[numpy-float64]"
FOCAL = TESTS + "test_nearly_tied_classes_cost_the_focal_loss_what_its_slopes_differ_by[numpy-float64]"
PLACE = "normalized_gradient:"

MUTANTS = (
    Mutant(
        "the form that cancels",
        PLACE + "normalized_gradient",
        "xp.where(is_smaller, by_differences / total, plain)",
        "plain",
        TIED,
    ),
    Mutant("forget the label's slope", PLACE + "_by_differences", "of_label * prob", "0 * prob", TIED),
    Mutant("differences the other way", PLACE + "_by_differences", "first - second", swap, FOCAL),
    Mutant(
        "forget the differences of probabilities",
        PLACE + "_by_differences",
        "(first - second) + third",
        drop_right,
        NEAR,
    ),
    Mutant(
        "forget the differences of slopes",
        PLACE + "_by_differences",
        "(first - second) + third",
        drop_left,
        FOCAL,
    ),
    Mutant(
        "masked classes count",
        PLACE + "_others",
        "xp.sum(mask, axis=-1)",
        "xp.sum(0 * mask + 1, axis=-1)",
        NEAR,
    ),
    Mutant(
        "a plain difference of probabilities",
        PLACE + "_others",
        "-prob_of_top * xp.expm1(-below) * mask",
        "(prob_of_top - prob) * mask",
        NEAR,
    ),
)
ROWS = {
    "tied": [[-600, 0.25, 0.25, 0.25, 0.25], [-600, 0, -inf, -600, -600], [-20, 1, 1, -600, 1]],
    "near": [
        [-600, 0.25, 0.25 + 2**-12, 0.25, -inf],
        [-600, 2**-10, 2**-11, 0, 2**-14],
        [-90, 1, 1, 1 + 2**-20, 1],
    ],
}
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@functools.cache
def gradients(value_of, name, gamma=None):
    """Slopes of each row, whose label is its first class, by differences in many digits."""
    parameters, found = {} if gamma is None else {"gamma": gamma}, []
    for row in ROWS[name]:
        with mp.workdps(int(200 - min(x for x in row if x > -inf) / 2)):
            point, step = list(map(mpf, row)), mpf(10) ** -60

            def value(k, sign, point=point, step=step):
                moved = [x + sign * step * (j == k) for j, x in enumerate(point)]
                return value_of(moved, 0, **parameters)

            slopes = [
                (value(k, 1) - value(k, -1)) / (2 * step) if x > -inf else mpf(0) for k, x in enumerate(point)
            ]
            found.append([x if abs(x) > mpf(10) ** -100 else mpf(0) for x in slopes])
    return exact(found)


def assert_gradient(xp, units, loss, truth, rows, dtype, *, least=0.0):
    given = np.asarray([[float(x) for x in row] for row in rows]).astype(dtype)
    found = xp.call_public(loss.gradient, given, np.zeros(len(rows), int))
    scale = np.maximum(np.abs(truth.hi).max(axis=-1, keepdims=True), least)
    units = 2 * units if xp.name == "jax" else units
    assert_within(units, found, truth, scale=np.broadcast_to(scale, found.shape), flushes=True)


@dtypes
def test_tied_classes_leave_the_digits_of_the_gradient(xp, dtype):
    rows = ROWS["tied"]
    assert_gradient(xp, 8, normalized_cross_entropy, gradients(OF_CROSS_ENTROPY.value, "tied"), rows, dtype)
    truth = gradients(OF_FOCAL.value, "tied", 0.5)
    assert_gradient(xp, 8, NormalizedFocal(gamma=0.5), truth, rows, dtype)


@dtypes
def test_nearly_tied_classes_leave_the_digits_of_cross_entropy(xp, dtype):
    rows = ROWS["near"]
    assert_gradient(xp, 8, normalized_cross_entropy, gradients(OF_CROSS_ENTROPY.value, "near"), rows, dtype)


@dtypes
def test_nearly_tied_classes_cost_the_focal_loss_what_its_slopes_differ_by(xp, dtype):
    rows, loss = ROWS["near"], NormalizedFocal(gamma=0.5)
    truth = gradients(OF_FOCAL.value, "near", 0.5)
    # The slopes are about 1, and the sum of the losses is about that of the label, the distance of its logit.
    least = np.asarray([[1 / 600], [1 / 600], [1 / 90]])
    assert_gradient(xp, 8, loss, truth, rows, dtype, least=least)
