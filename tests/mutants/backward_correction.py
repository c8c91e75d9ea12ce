from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE, LOSS = "formulas/losses/backward_correction.py", "losses/noisy_labels/backward_correction.py"
TESTS = "tests/losses/test_backward_correction.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-backward_correction-float64]"
MEAN = TESTS + "test_the_mean_over_the_noise_is_the_cross_entropy_of_the_true_label[numpy]"

MUTANTS = (
    Mutant("forget the normaliser", FILE, "return xp.log1p(model.rest) + xp.sum", "return xp.sum", MEAN),
    Mutant(
        "targets without a sign",
        FILE,
        "xp.sum(targets * distances",
        "xp.sum(xp.abs(targets) * distances",
        MEAN,
    ),
    Mutant(
        "p - t where both are 1",
        FILE,
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        "probs - targets",
        TESTS + "test_the_identity_gives_cross_entropy",
    ),
    Mutant("the sum of both terms", FILE, "probs - targets * model", "probs + targets * model", HARD),
    Mutant(
        "0 times infinity",
        FILE,
        "xp.where((targets == 0) & xp.isinf(distances), 0.0, distances)",
        "distances",
        TESTS + "test_a_masked_class_without_a_target_costs_nothing[numpy]",
    ),
    Mutant("the matrix for its inverse", LOSS, "examples.xp.linalg.inv(matrix)", "matrix", MEAN),
    Mutant(
        "let a matrix be singular",
        "losses/arguments/noise_matrix.py",
        '<= tolerance,\n        "have an inverse"',
        '< -tolerance,\n        "have an inverse"',
        TESTS + "test_a_matrix_without_an_inverse_is_refused",
    ),
)
