from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_focal.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-focal-float64]"
)
NAN = TESTS + "test_no_exponent_makes_a_derivative_nan[numpy-{}]"
SURE = TESTS + "test_a_model_that_is_certain_and_right_has_neither_loss_nor_slope_nor_curvature[numpy]"

MUTANTS = (
    Mutant(
        "the probability for its complement",
        "focal:Focal.value",
        "of_label.complement**self.gamma",
        "of_label.prob**self.gamma",
        TESTS + "test_the_definition_as_written_holds[numpy]",
    ),
    Mutant(
        "1 - p in the value",
        "focal:Focal.value",
        "of_label.complement**self.gamma",
        "(1 - of_label.prob) ** self.gamma",
        ORACLE,
    ),
    Mutant(
        "forget that the factor has a slope",
        "focal:Focal.slope",
        "self.gamma * _prob_times_ratio(of_label, xp=xp)",
        "0 * _prob_times_ratio(of_label, xp=xp)",
        ORACLE,
    ),
    Mutant("2 u for 3 u in the bend", "focal:Focal.bend", "2 * of_label.prob", "3 * of_label.prob", ORACLE),
    Mutant(
        "gamma for gamma - 1",
        "focal:Focal.bend",
        "(self.gamma - 1) * of_label.prob",
        "self.gamma * of_label.prob",
        ORACLE,
    ),
    Mutant(
        "one power too many",
        "focal:Focal.bend",
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** (self.gamma - 1)",
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** self.gamma",
        ORACLE,
    ),
    Mutant(
        "a curvature where there is no complement",
        "focal:Focal.bend",
        "xp.where(of_label.complement == 0, 0.0, self.gamma * one_less * inner)",
        "self.gamma * one_less * inner + xp.where(of_label.complement == 0, xp.nan, 0.0)",
        SURE,
    ),
    Mutant(
        "an infinite surprisal times 0",
        "focal:_prob_times_surprisal",
        "xp.where(of_label.prob == 0, 0.0, of_label.surprisal)",
        "xp.where(of_label.prob == 0, xp.nan, of_label.surprisal)",
        NAN.format("2.0"),
    ),
    Mutant(
        "0 over 0 for a sure model",
        "focal:_prob_times_ratio",
        "xp.where(is_sure, 1.0, ratio)",
        "xp.where(is_sure, xp.nan, ratio)",
        SURE,
    ),
    Mutant(
        "gamma of the default for every gamma",
        "focal:Focal.phi",
        "formula.Focal(self.gamma)",
        "formula.Focal(2.0)",
        ORACLE,
    ),
)
