from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/sigmoid_squared_error.py"
TESTS = "tests/formulas/losses/test_sigmoid_squared_error.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-True-float64]"
SECOND = TESTS + "test_the_second_derivative_meets_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant("half of it", FILE, "return residual * residual,", "return residual * residual / 2,", ORACLE),
    Mutant(
        "cross-entropy's gradient",
        FILE,
        "2 * residual * (above * below)",
        "2 * residual",
        TESTS + "test_the_gradient_vanishes_where_the_model_is_sure_and_wrong[numpy]",
    ),
    Mutant(
        "p - t for the residual",
        FILE,
        "above, below = sigmoid(logits, xp=xp)\n        return residual * residual",
        "above, below = sigmoid(logits, xp=xp)\n        residual = above - mass_for\n"
        "        return residual * residual",
        TESTS + "test_a_sure_and_right_model_keeps_the_digits_of_its_error[numpy]",
    ),
    Mutant("drop the bend", FILE, "(slope + residual * (below - above))", "slope", SECOND),
    Mutant("bend the other way", FILE, "(below - above)", "(above - below)", SECOND),
    Mutant(
        "a product that is not one",
        FILE,
        "mass_against, xp=xp) * vectors",
        "mass_against, xp=xp) + vectors",
        "tests/losses/test_derivatives.py::"
        "test_closed_forms_agree_with_central_differences[sigmoid_squared_error]",
    ),
)
