"""The clauses of the docstring of the backward correction."""

import numpy as np
import pytest
from mpmath import fsum, inverse, log, matrix, mpf
from tests.losses.noisy_labels.test_forward_correction import parameters
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, flip_sign, never
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import BackwardCorrection, softmax_cross_entropy


def definition(z, label, noise_matrix):
    """Row of the inverse of the matrix, times minus the logarithms of the probabilities."""
    targets = inverse(matrix([[mpf(x) for x in row] for row in noise_matrix]))
    return -fsum(targets[label, k] * log(p) for k, p in enumerate(softmax(z)))


def truths(logits, rng):
    """No row with a masked class, which costs infinity one way or the other."""
    del rng
    order = logits.argsort(kind="stable")
    return sorted({int(order[-1]), int(order[0])}) if logits.min() > -float("inf") else []


DEFINITION = Definition(
    definition,
    source="Patrini et al. 2017, theorem 1",
    inputs="logits",
    parameters=parameters,
    # Terms of both signs cancel in a value.
    units={"value": 128, "gradient": 16, "gradient of rows": True, "product": 16},
    truths=truths,
)

TESTS = "tests/losses/noisy_labels/test_backward_correction.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-backward_correction-float64]"
MEAN = TESTS + "test_the_mean_over_the_noise_is_the_cross_entropy_of_the_true_label[numpy]"

MUTANTS = (
    Mutant(
        "forget the normaliser",
        "backward_correction:_value",
        "xp.log1p(model.rest) + xp.sum(targets * distances, axis=-1)",
        drop_left,
        MEAN,
    ),
    Mutant(
        "targets without a sign",
        "backward_correction:_value",
        "targets * distances",
        "xp.abs(targets) * distances",
        MEAN,
    ),
    Mutant(
        "p - t where both are 1",
        "backward_correction:_gradient",
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        "probs - targets",
        TESTS + "test_the_identity_gives_cross_entropy",
    ),
    Mutant(
        "the sum of both terms",
        "backward_correction:_gradient",
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        flip_sign,
        HARD,
    ),
    Mutant(
        "0 times infinity",
        "backward_correction:_value",
        "xp.where((targets == 0) & xp.isinf(distances), 0.0, distances)",
        never,
        TESTS + "test_a_masked_class_without_a_target_costs_nothing[numpy]",
    ),
    Mutant(
        "the matrix for its inverse",
        "backward_correction:BackwardCorrection.problem",
        "examples.xp.linalg.inv(matrix)",
        drop_call,
        MEAN,
    ),
    Mutant(
        "let a matrix be singular",
        "noise_matrix:invertible",
        "xp.min(xp.linalg.svdvals(matrix)) <= tolerance",
        "xp.min(xp.linalg.svdvals(matrix)) < -tolerance",
        TESTS + "test_a_matrix_without_an_inverse_is_refused[but for rounding]",
    ),
)

MATRIX = ((0.875, 0.125, 0.0), (0.25, 0.75, 0.0), (0.0625, 0.0625, 0.875))
RNG = np.random.default_rng(83)
LOGITS, LABELS = 2 * RNG.standard_normal((20, 3)), RNG.integers(0, 3, size=20)


def test_the_mean_over_the_noise_is_the_cross_entropy_of_the_true_label(xp):
    found = np.stack(
        [xp.call_public(BackwardCorrection(MATRIX), LOGITS, np.full(20, label)) for label in range(3)]
    )
    for true in range(3):
        expected = softmax_cross_entropy(LOGITS, np.full(20, true))
        np.testing.assert_allclose(np.asarray(MATRIX)[true] @ found, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_gradients_are_within_16_units_of_their_largest_term(xp, dtype):
    logits = LOGITS.astype(dtype)
    targets = np.linalg.inv(np.asarray(MATRIX))[LABELS]
    wide = logits.astype(np.float64)
    surprisals = np.log(np.exp(wide).sum(axis=-1, keepdims=True)) - wide
    probs = np.exp(-surprisals)
    value, gradient = xp.call_public(BackwardCorrection(MATRIX).value_and_gradient, logits, LABELS)
    terms = targets * surprisals
    assert_within(16, value, terms.sum(axis=-1), scale=np.abs(terms).max(axis=-1))
    assert_within(16, gradient, probs - targets, scale=np.maximum(probs, np.abs(targets)))


def test_the_identity_gives_cross_entropy():
    logits, labels = np.concatenate([LOGITS, [[60.0, 0.0, 10.0]]]), np.concatenate([LABELS, [0]])
    found = BackwardCorrection(np.eye(3)).value_and_gradient(logits, labels)
    expected = softmax_cross_entropy.value_and_gradient(logits, labels)
    assert_within(2, found[0], expected[0])
    assert_within(4, found[1], expected[1])


def test_a_class_with_a_negative_target_pays_for_being_ruled_out(xp):
    loss = BackwardCorrection([[0.75, 0.25], [0.25, 0.75]])
    logits = np.asarray([[100.0, 0.0], [1000.0, 0.0]])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([0, 0]))
    np.testing.assert_allclose(value, [-50, -500], rtol=1e-14)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5]] * 2, rtol=1e-14)
    mask = np.asarray([[0.0, -np.inf]] * 2)
    np.testing.assert_array_equal(xp.call_public(loss, mask, np.asarray([0, 1])), [-np.inf, np.inf])


ULP = 2.0**-52
SINGULAR = {
    "in exact arithmetic": [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.2, 0.25, 0.55]],
    "but for rounding": [[0.5, 0.5, 0.0], [0.5 + ULP, 0.5 - ULP, 0.0], [0.0, 0.0, 1.0]],
}


@pytest.mark.parametrize("matrix", SINGULAR.values(), ids=SINGULAR)
def test_a_matrix_without_an_inverse_is_refused(matrix):
    with pytest.raises(DomainError) as raised:
        BackwardCorrection(matrix)(LOGITS, LABELS)
    assert "backward_correction: `noise_matrix` must have an inverse; got " in str(raised.value)
    assert "Two true classes get the same labels; `ForwardCorrection` needs no inverse." in str(raised.value)


def test_a_label_that_is_no_class_gives_nan(xp):
    loss = BackwardCorrection(MATRIX)
    found = xp.call_public(lambda z, y: loss(z, y, validate=False), LOGITS[:1], np.asarray([-1]))
    assert np.isnan(found).all()


def test_a_masked_class_without_a_target_costs_nothing(xp):
    loss = BackwardCorrection(MATRIX)
    logits = np.asarray([[0.3, -0.2, -np.inf]])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([0]))
    expected = BackwardCorrection([[0.875, 0.125], [0.25, 0.75]])(logits[:, :2], np.asarray([0]))
    assert_within(4, value, expected)
    assert gradient[0, 2] == 0
