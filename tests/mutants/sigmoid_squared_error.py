from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/sigmoid_squared_error.py"
TESTS = "tests/formulas/test_sigmoid_squared_error.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-True-float64]"
SECOND = TESTS + "test_the_second_derivative_meets_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant("half of it", FILE, "return residual * residual,", "return residual * residual / 2,", ORACLE),
    Mutant(
        "cross-entropy's gradient",
        FILE,
        "2 * residual * sigmoid_cross_entropy.hessian(logits, xp=xp)",
        "2 * residual",
        TESTS + "test_the_gradient_vanishes_where_the_model_is_sure_and_wrong[numpy]",
    ),
    Mutant(
        "p - t for the residual",
        FILE,
        "residual = sigmoid_cross_entropy.gradient(logits, targets, xp=xp)\n    return residual *",
        "residual = sigmoid(logits, xp=xp)[0] - targets\n    return residual *",
        TESTS + "test_a_sure_and_right_model_keeps_the_digits_of_its_error[numpy]",
    ),
    Mutant("drop the bend", FILE, "(slope + residual * (below - above))", "slope", SECOND),
    Mutant("bend the other way", FILE, "(below - above)", "(above - below)", SECOND),
    Mutant(
        "a product that is not one",
        FILE,
        "hessian(logits, targets, xp=xp) * vectors",
        "hessian(logits, targets, xp=xp) + vectors",
        TESTS + "test_derivatives_agree_with_central_differences[numpy]",
    ),
)
