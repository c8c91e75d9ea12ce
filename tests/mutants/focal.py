from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/focal.py"
TESTS = "tests/losses/test_focal.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-focal-float64]"
)
NAN = TESTS + "test_no_exponent_makes_a_derivative_nan[numpy-{}]"
SURE = TESTS + "test_a_model_that_is_certain_and_right_has_neither_loss_nor_slope_nor_curvature[numpy]"

MUTANTS = (
    Mutant(
        "the probability for its complement",
        FILE,
        "return of_label.complement**self.gamma * of_label.surprisal",
        "return of_label.prob**self.gamma * of_label.surprisal",
        TESTS + "test_the_definition_as_written_holds[numpy]",
    ),
    Mutant(
        "1 - p in the value",
        FILE,
        "return of_label.complement**self.gamma * of_label.surprisal",
        "return (1 - of_label.prob) ** self.gamma * of_label.surprisal",
        ORACLE,
    ),
    Mutant(
        "forget that the factor has a slope",
        FILE,
        "of_label.complement**self.gamma * (1 + self.gamma * _prob_times_ratio(of_label, xp=xp))",
        "of_label.complement**self.gamma * (1 + 0 * _prob_times_ratio(of_label, xp=xp))",
        ORACLE,
    ),
    Mutant("2 u for 3 u in the bend", FILE, "2 * of_label.prob", "3 * of_label.prob", ORACLE),
    Mutant(
        "gamma for gamma - 1",
        FILE,
        "+ (self.gamma - 1) * of_label.prob * ratio",
        "+ self.gamma * of_label.prob * ratio",
        ORACLE,
    ),
    Mutant(
        "one power too many",
        FILE,
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** (self.gamma - 1)",
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** self.gamma",
        ORACLE,
    ),
    Mutant(
        "a curvature where there is no complement",
        FILE,
        "return xp.where(of_label.complement == 0, 0.0, self.gamma * one_less * inner)",
        "return self.gamma * one_less * inner + xp.where(of_label.complement == 0, xp.nan, 0.0)",
        SURE,
    ),
    Mutant(
        "an infinite surprisal times 0",
        FILE,
        "xp.where(of_label.prob == 0, 0.0, of_label.surprisal)",
        "xp.where(of_label.prob == 0, xp.nan, of_label.surprisal)",
        NAN.format("2.0"),
    ),
    Mutant(
        "0 over 0 for a sure model",
        FILE,
        "return xp.where(is_sure, 1.0, ratio)",
        "return xp.where(is_sure, xp.nan, ratio)",
        SURE,
    ),
    Mutant(
        "gamma of the default for every gamma",
        "losses/focusing/focal.py",
        "return formula.Focal(self.gamma)",
        "return formula.Focal(2.0)",
        ORACLE,
    ),
)
