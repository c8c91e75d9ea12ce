from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/taylor_cross_entropy.py"
TESTS = "tests/losses/test_taylor_cross_entropy.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
    "[numpy-taylor_cross_entropy-float64]"
)

MUTANTS = (
    Mutant("a geometric series", FILE, "tuple(1 / n for n in", "tuple(1.0 for n in", ORACLE),
    Mutant("one term too few", FILE, "range(1, self.order + 1)", "range(1, self.order)", ORACLE),
    Mutant(
        "no factor of the first power",
        FILE,
        "return of_label.complement * _polynomial(coefficients",
        "return _polynomial(coefficients",
        ORACLE,
    ),
    Mutant(
        "a slope that cancels",
        FILE,
        "return of_label.prob * _polynomial((1.0,) * self.order, of_label.complement)",
        "return 1 - of_label.complement**self.order",
        TESTS + "test_the_slope_of_a_label_that_is_all_but_ruled_out_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the bend of the other sign",
        FILE,
        "return -self.order * of_label",
        "return self.order * of_label",
        ORACLE,
    ),
    Mutant("a power too many", FILE, "** (self.order - 1)", "**self.order", ORACLE),
    Mutant(
        "the terms in the other order", FILE, "in reversed(coefficients[:-1])", "in coefficients[:-1]", ORACLE
    ),
)
