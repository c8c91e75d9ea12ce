from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_function_of_true_class.py::"
DERIVATIVES = TESTS + "test_the_derivatives_are_those_of_the_value[numpy]"

MUTANTS = (
    Mutant(
        "a slope of 1",
        "true_class:FunctionOfTrueClass._gradient",
        "self.phi.first_derivative(of_label, xp=xp)[..., None] * of_label.derivatives",
        drop_left,
        DERIVATIVES,
    ),
    Mutant(
        "forget the bend",
        "true_class:FunctionOfTrueClass.hessian_vector_product",
        "second_derivative * slopes + first_derivative * of_label.model.jacobian_product(vectors, xp=xp)",
        drop_left,
        DERIVATIVES,
    ),
    Mutant(
        "forget the curvature of the surprisal",
        "true_class:FunctionOfTrueClass.hessian_vector_product",
        "second_derivative * slopes + first_derivative * of_label.model.jacobian_product(vectors, xp=xp)",
        drop_right,
        DERIVATIVES,
    ),
    Mutant(
        "the bend with the other sign",
        "true_class:FunctionOfTrueClass.hessian_vector_product",
        "second_derivative * derivatives",
        "first_derivative * 0 - second_derivative * derivatives",
        DERIVATIVES,
    ),
    Mutant(
        "forget to take the label's entry away",
        "true_class:FunctionOfTrueClass.hessian_vector_product",
        "vectors - at_label",
        drop_right,
        DERIVATIVES,
    ),
    Mutant(
        "let the label's own slope take part",
        "true_class:FunctionOfTrueClass.hessian_vector_product",
        "xp.sum(derivatives * (vectors - at_label) * (1 - of_label.one_hot), axis=-1)",
        "xp.sum((derivatives + of_label.one_hot) * vectors, axis=-1) - at_label[..., 0]",
        TESTS + "test_the_product_of_a_sure_model_keeps_its_digits[numpy]",
    ),
)
