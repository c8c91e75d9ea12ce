from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_poly.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
DIGITS = TESTS + "test_a_correction_below_0_keeps_all_digits_of_a_sure_model[numpy-float64-{}]"
LIMIT = TESTS + "test_a_label_that_is_ruled_out_costs_the_limit[numpy]"

MUTANTS = (
    Mutant(
        "the probability for the complement",
        "poly:Poly.value",
        "a * of_label.surprisal + b * of_label.complement",
        "a * of_label.surprisal + b * of_label.prob",
        ORACLE.format("poly"),
    ),
    Mutant(
        "1 - p for the complement",
        "poly:Poly.value",
        "return b * of_label.complement",
        "return b * (1 - of_label.prob)",
        ORACLE.format("mean_absolute_error"),
    ),
    Mutant("take near numbers apart", "poly:Poly.value", "b >= 0", "b >= -2", DIGITS.format("-1.0")),
    Mutant(
        "0 times an infinite surprisal",
        "poly:Poly.value",
        "return excess if a + b == 0 else (a + b) * of_label.surprisal + excess",
        """
            of_zero = xp.where(of_label.prob == 0, xp.nan, 0.0)
            return excess + (of_zero if a + b == 0 else (a + b) * of_label.surprisal)
        """,
        LIMIT,
    ),
    Mutant(
        "forget the surprisal that is left",
        "poly:Poly.value",
        "(a + b) * of_label.surprisal + excess",
        drop_left,
        DIGITS.format("-0.75"),
    ),
    Mutant(
        "a slope that cancels",
        "poly:Poly.first_derivative",
        "(a + b) - b * of_label.complement",
        "a + b * of_label.prob",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "the slope of the other sign",
        "poly:Poly.first_derivative",
        "a + b * of_label.prob",
        flip_sign,
        ORACLE.format("symmetric_cross_entropy"),
    ),
    Mutant(
        "the bend of the other sign",
        "poly:Poly.second_derivative",
        "-self.of_complement",
        flip_sign,
        ORACLE.format("poly"),
    ),
    Mutant("a short series", "poly", "range(2, 21)", "range(2, 12)", DIGITS.format("-1.0")),
    Mutant(
        "the series everywhere",
        "poly:surprisal_less_complement",
        "xp.where(s < 1, near_0 * near_0 * series, s - of_label.complement)",
        "near_0 * near_0 * series + 0 * s",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "the reverse term without its factor",
        "symmetric_cross_entropy:SymmetricCrossEntropy.formula",
        "-self.beta * self.log_zero",
        "-self.log_zero",
        ORACLE.format("symmetric_cross_entropy"),
    ),
    Mutant(
        "a mean over two classes",
        "mean_absolute_error:MeanAbsoluteError.formula",
        "Poly(0.0, 2.0)",
        "Poly(0.0, 1.0)",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "epsilon of the default for every epsilon",
        "poly:Poly.formula",
        "formula.Poly(1.0, self.epsilon)",
        "formula.Poly(1.0, 1.0)",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
)
