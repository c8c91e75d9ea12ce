from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/function_of_true_class.py"
TESTS = "tests/formulas/losses/test_function_of_true_class.py::"
DERIVATIVES = TESTS + "test_the_derivatives_are_those_of_the_value[numpy]"

MUTANTS = (
    Mutant(
        "a slope of 1",
        FILE,
        "return self.phi.slope(of_label, xp=xp)[..., None] * of_label.slopes",
        "return of_label.slopes",
        DERIVATIVES,
    ),
    Mutant(
        "forget the bend",
        FILE,
        "return bend * slopes + slope * of_label.model.jacobian_product(vectors, xp=xp)",
        "return slope * of_label.model.jacobian_product(vectors, xp=xp)",
        DERIVATIVES,
    ),
    Mutant(
        "forget the curvature of the surprisal",
        FILE,
        "return bend * slopes + slope * of_label.model.jacobian_product(vectors, xp=xp)",
        "return bend * slopes",
        DERIVATIVES,
    ),
    Mutant(
        "the bend with the other sign",
        FILE,
        "return bend * slopes + slope",
        "return slope * 0 - bend * slopes + slope",
        DERIVATIVES,
    ),
    Mutant(
        "forget to take the label's entry away",
        FILE,
        "xp.sum(slopes * (vectors - at_label) * (1 - of_label.one_hot), axis=-1)",
        "xp.sum(slopes * vectors * (1 - of_label.one_hot), axis=-1)",
        DERIVATIVES,
    ),
    Mutant(
        "let the label's own slope take part",
        FILE,
        "xp.sum(slopes * (vectors - at_label) * (1 - of_label.one_hot), axis=-1)",
        "(xp.sum((slopes + of_label.one_hot) * vectors, axis=-1) - at_label[..., 0])",
        TESTS + "test_the_product_of_a_sure_model_keeps_its_digits[numpy]",
    ),
)
