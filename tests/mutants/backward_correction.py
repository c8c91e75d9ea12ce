from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_backward_correction.py::"
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
        "noise_matrix:check_invertible",
        "xp.min(xp.linalg.svdvals(matrix)) <= tolerance",
        "xp.min(xp.linalg.svdvals(matrix)) < -tolerance",
        TESTS + "test_a_matrix_without_an_inverse_is_refused",
    ),
)
