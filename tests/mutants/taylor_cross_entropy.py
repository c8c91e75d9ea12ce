from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_taylor_cross_entropy.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
    "[numpy-taylor_cross_entropy-float64]"
)

MUTANTS = (
    Mutant("a geometric series", "taylor_cross_entropy:TaylorCrossEntropy.value", "1 / n", "1.0", ORACLE),
    Mutant(
        "one term too few",
        "taylor_cross_entropy:TaylorCrossEntropy.value",
        "self.order + 1",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "no factor of the first power",
        "taylor_cross_entropy:TaylorCrossEntropy.value",
        "of_label.complement * _polynomial(coefficients, of_label.complement)",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "a slope that cancels",
        "taylor_cross_entropy:TaylorCrossEntropy.first_derivative",
        "of_label.prob * _polynomial((1.0,) * self.order, of_label.complement)",
        "1 - of_label.complement**self.order",
        TESTS + "test_the_slope_of_a_label_that_is_all_but_ruled_out_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the bend of the other sign",
        "taylor_cross_entropy:TaylorCrossEntropy.second_derivative",
        "-self.order",
        flip_sign,
        ORACLE,
    ),
    Mutant(
        "a power too many",
        "taylor_cross_entropy:TaylorCrossEntropy.second_derivative",
        "self.order - 1",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "the terms in the other order",
        "taylor_cross_entropy:_polynomial",
        "reversed(coefficients[:-1])",
        drop_call,
        ORACLE,
    ),
)
