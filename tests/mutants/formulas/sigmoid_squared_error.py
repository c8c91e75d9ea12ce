from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, swap

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_sigmoid_squared_error.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-True-float64]"
SECOND = TESTS + "test_the_second_derivative_meets_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "half of it",
        "sigmoid_squared_error:SigmoidSquaredError.value_and_gradient",
        "residual * residual",
        "residual * residual / 2",
        ORACLE,
    ),
    Mutant(
        "cross-entropy's gradient",
        "sigmoid_squared_error:SigmoidSquaredError.value_and_gradient",
        "2 * residual * (above * below)",
        drop_right,
        TESTS + "test_the_gradient_vanishes_where_the_model_is_sure_and_wrong[numpy]",
    ),
    Mutant(
        "p - t for the residual",
        "sigmoid_squared_error:SigmoidSquaredError.value_and_gradient",
        "return residual * residual, 2 * residual * (above * below)",
        """
            residual = above - mass_for
            return residual * residual, 2 * residual * (above * below)
        """,
        TESTS + "test_a_sure_and_right_model_keeps_the_digits_of_its_error[numpy]",
    ),
    Mutant(
        "drop the bend",
        "sigmoid_squared_error:SigmoidSquaredError.hessian",
        "first_derivative + residual * (below - above)",
        drop_right,
        SECOND,
    ),
    Mutant(
        "bend the other way",
        "sigmoid_squared_error:SigmoidSquaredError.hessian",
        "below - above",
        swap,
        SECOND,
    ),
    Mutant(
        "a product that is not one",
        "sigmoid_squared_error:SigmoidSquaredError.hessian_vector_product",
        "self.hessian(logits, mass_for, mass_against, xp=xp) * vectors",
        "self.hessian(logits, mass_for, mass_against, xp=xp) + vectors",
        "tests/losses/test_derivatives.py::"
        "test_closed_forms_agree_with_central_differences[sigmoid_squared_error]",
    ),
)
