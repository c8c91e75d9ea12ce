"""The clauses of the docstring of the forward correction."""

import numpy as np
import pytest
from mpmath import fsum, log, mpf
from tests.array_libraries import array_library
from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_right, flip_sign, never
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.losses import ForwardCorrection, softmax_cross_entropy


def definition(z, label, noise_matrix):
    """Minus the logarithm of the label's probability, which is that of each class times its noise."""
    return -log(fsum(p * mpf(row[label]) for p, row in zip(softmax(z), noise_matrix, strict=True)))


def parameters(n_classes):
    """A matrix that confuses all classes alike, and one that takes each for the next; exact in 32 bits."""
    alike = 1 / 2 ** (2 * n_classes - 2).bit_length()
    matrices = (
        [
            [alike if k != j else 1 - (n_classes - 1) * alike for k in range(n_classes)]
            for j in range(n_classes)
        ],
        [[_next(j, k, n_classes) for k in range(n_classes)] for j in range(n_classes)],
    )
    return [{"noise_matrix": matrix} for matrix in matrices]


def _next(j, k, n_classes):
    if j == n_classes - 1:
        return float(k == j)
    return {j: 0.75, j + 1: 0.25}.get(k, 0.0)


DEFINITION = Definition(
    definition,
    source="Patrini et al. 2017, theorem 2",
    inputs="logits",
    parameters=parameters,
    units={"value": 4, "gradient": 8, "gradient of rows": True, "product": 64},
)

TESTS = "tests/losses/noisy_labels/test_forward_correction.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-forward_correction-float32]"
SURE = TESTS + "test_a_sure_model_keeps_the_digits_of_its_gradient[numpy]"

MUTANTS = (
    Mutant(
        "a logarithm of what is nearly 1",
        "forward_correction:_near_surprisal",
        "complement < 0.3",
        "complement < 0",
        HARD.replace("32", "64"),
    ),
    Mutant(
        "p - r", "forward_correction:_observed", "xp.where(is_near, near, probs - posterior)", never, SURE
    ),
    Mutant(
        "the mean itself at the top",
        "forward_correction:_mean_less_each",
        "likelihoods - at_top",
        drop_right,
        SURE,
    ),
    Mutant(
        "a probability that underflows",
        "forward_correction:_observed",
        "is_float & ((model.top == of_joint.top) | (prob > _LIKELY))",
        "(prob >= 0) | ((model.top == of_joint.top) | (prob > _LIKELY))",
        HARD,
    ),
    Mutant(
        "the peaks' remainders",
        "forward_correction:_far_surprisal",
        "(model.peak - of_joint.peak) + (model.peak_rest - of_joint.peak_rest)",
        drop_right,
        HARD,
    ),
    Mutant(
        "one Hessian",
        "forward_correction:ForwardCorrection.hessian_vector_product",
        "model.jacobian_product(vectors, xp=xp) - of_joint.jacobian_product(vectors, xp=xp)",
        drop_right,
        HARD,
    ),
    Mutant(
        "the wrong Hessian where prior and posterior agree",
        "forward_correction:ForwardCorrection.hessian_vector_product",
        "gradient * (shifted - mean) - posterior * along",
        flip_sign,
        HARD,
    ),
    Mutant(
        "nothing is impossible",
        "forward_correction:_observed",
        "xp.inf + 0 * prob",
        "1e9 + 0 * prob",
        TESTS + "test_a_label_that_no_class_can_get_costs_infinity_and_has_no_gradient[numpy]",
    ),
    Mutant(
        "rows for columns",
        "forward_correction:ForwardCorrection.problem",
        "examples.xp.matrix_transpose(matrix)",
        drop_call,
        HARD,
    ),
    Mutant(
        "the last class for what is none",
        "noise_matrix:rows_of_labels",
        "xp.where(is_class[..., None], rows, xp.nan)",
        always,
        TESTS + "test_a_row_without_a_softmax_and_a_label_that_is_no_class_give_nan[numpy]",
    ),
)

MATRIX = ((0.875, 0.125, 0.0), (0.25, 0.75, 0.0), (0.0625, 0.0625, 0.875))
RNG = np.random.default_rng(73)
LOGITS, LABELS = 2 * RNG.standard_normal((20, 3)), RNG.integers(0, 3, size=20)


def test_the_definition_as_written_holds(xp):
    probs = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
    written = -np.log((probs @ np.asarray(MATRIX))[np.arange(20), LABELS])
    found = xp.call_public(ForwardCorrection(MATRIX), LOGITS, LABELS)
    np.testing.assert_allclose(found, written, rtol=1e-13)


def test_the_identity_gives_cross_entropy(xp):
    logits = np.concatenate([LOGITS, [[800.0, -800.0, 0.0], [-np.inf, 3.0, 1.0]]])
    labels = np.concatenate([LABELS, [1, 2]])
    vectors = np.random.default_rng(79).standard_normal(logits.shape)
    for name, more in (("value_and_gradient", ()), ("hessian_vector_product", (vectors,))):
        one = xp.call_public(getattr(ForwardCorrection(np.eye(3).tolist()), name), logits, labels, *more)
        two = xp.call_public(getattr(softmax_cross_entropy, name), logits, labels, *more)
        np.testing.assert_allclose(
            np.hstack(list(map(np.ravel, one))), np.hstack(list(map(np.ravel, two))), rtol=1e-12
        )


def test_a_matrix_of_equal_rows_gives_a_constant(xp):
    loss = ForwardCorrection([[0.5, 0.25, 0.25]] * 3)
    value, gradient = xp.call_public(loss.value_and_gradient, LOGITS, LABELS)
    assert_within(2, value, -np.log(np.asarray([0.5, 0.25, 0.25]))[LABELS])
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_label_that_only_a_ruled_out_class_gets_costs_its_whole_surprisal(xp, dtype):
    logits = np.asarray([[2000.0, 0.0, 1000.0]], dtype=dtype)
    value, gradient = xp.call_public(ForwardCorrection(MATRIX).value_and_gradient, logits, np.asarray([2]))
    np.testing.assert_allclose(value, 1000 - np.log(0.875), rtol=1e-6)
    np.testing.assert_array_equal(gradient, [[1, 0, -1]])


def test_a_label_that_no_class_can_get_costs_infinity_and_has_no_gradient(xp):
    logits = np.asarray([[0.0, 1.0, -np.inf]])
    value, gradient = xp.call_public(ForwardCorrection(MATRIX).value_and_gradient, logits, np.asarray([2]))
    assert value == np.inf
    assert np.isnan(gradient).all()


def test_a_sure_model_keeps_the_digits_of_its_gradient(xp):
    logits = np.asarray([[60.0, 0.0, 10.0]])
    gradient = xp.call_public(ForwardCorrection(MATRIX).gradient, logits, np.asarray([0]))
    p = np.exp([-60.0, -50.0])
    # To first order, p (u - T) / u with u = 7/8, and minus their sum at the top.
    entries = p * [(0.875 - 0.25) / 0.875, (0.875 - 0.0625) / 0.875]
    np.testing.assert_allclose(gradient, [[-entries.sum(), *entries]], rtol=1e-12)


def test_a_row_without_a_softmax_and_a_label_that_is_no_class_give_nan(xp):
    loss = ForwardCorrection(MATRIX, class_mask=None)
    value, gradient = xp.call_public(
        lambda z, y: loss.value_and_gradient(z, y, validate=False),
        np.asarray([[np.nan, 0.0, 0.0], [-np.inf] * 3, [0.0, 0.0, 0.0]]),
        np.asarray([0, 0, 7]),
    )
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()


def test_in_the_mean_over_the_noise_the_true_distribution_is_a_minimum():
    truth = np.asarray([0.5, 0.3, 0.2])
    seen = truth @ np.asarray(MATRIX)
    gradients = ForwardCorrection(MATRIX).gradient(np.log([truth] * 3), np.arange(3))
    np.testing.assert_allclose(seen @ gradients, 0, atol=1e-16)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_matrix_may_be_learned(library):
    xp = array_library(library)
    matrix = np.asarray(MATRIX) + 0.01 * (1 - 3 * np.eye(3))
    logits, labels = xp.from_numpy(LOGITS), xp.from_numpy(LABELS)

    def total(matrix):
        return ForwardCorrection(matrix)(logits, labels, validate=False).sum()

    if library == "torch":
        torch = pytest.importorskip("torch")
        slope = torch.func.grad(total)(xp.from_numpy(matrix)).numpy()
    else:
        jax = pytest.importorskip("jax")
        slope = np.asarray(jax.jit(jax.grad(total))(xp.from_numpy(matrix)))
    moved = matrix.copy()
    moved[1, 0] += 1e-6
    change = float(xp.call_public(total, moved) - xp.call_public(total, matrix)) / 1e-6
    np.testing.assert_allclose(slope[1, 0], change, rtol=1e-4)


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (
            [[0.5, 0.5], [0.5, 0.5]],
            ShapeError,
            (
                "forward_correction: `noise_matrix` must have shape (3, 3), a row for each true class; "
                "got (2, 2)."
            ),
        ),
        (
            [[1.5, -0.5, 0.0], [0, 1, 0], [0, 0, 1]],
            DomainError,
            "forward_correction: `noise_matrix` must be >= 0; got -0.5, first at index (0, 1).",
        ),
        (
            np.asarray(MATRIX).T,
            DomainError,
            (
                "forward_correction: `noise_matrix` must sum to 1 in each row, over the labels that a true "
                "class gets; got 1.1875, first at index (0,). If its columns do, pass the transpose."
            ),
        ),
        (
            # As many numbers as a matrix of shape (3, 3) has.
            [[1.0], [0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
            ShapeError,
            "ForwardCorrection: `noise_matrix` must have rows of one length; got lengths [1, 3, 5].",
        ),
    ],
)
def test_a_matrix_that_is_no_noise_is_refused(matrix, error, message):
    with pytest.raises(error) as raised:
        ForwardCorrection(matrix)(LOGITS, LABELS)
    assert str(raised.value) == message
