from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/sigmoid_cross_entropy.py"
TESTS = "tests/formulas/losses/test_sigmoid_cross_entropy.py::"
HARD = TESTS + "test_value_and_derivatives_at_hard_targets_meet_the_oracle[numpy-float64]"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]"

MUTANTS = (
    Mutant("drop the distance", FILE, "return share * distance + certain", "return certain", HARD),
    Mutant(
        "log(1 + x) for log1p(x)",
        FILE,
        "xp.log1p(small_exponential(logits, xp=xp))",
        "xp.log(1 + small_exponential(logits, xp=xp))",
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "p - t for the gradient",
        FILE,
        "mass_against * above - mass_for * below",
        "(mass_for + mass_against) * above - mass_for",
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the share of the wrong side",
        FILE,
        "xp.where(high > 0, mass_against, mass_for)",
        "xp.where(high > 0, mass_for, mass_against)",
        HARD,
    ),
    Mutant(
        "0 times infinity",
        FILE,
        "xp.where((share == 0) & xp.isinf(high), 0.0, xp.abs(high))",
        "xp.abs(high)",
        TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy]",
    ),
    Mutant(
        "masses that sum to 1",
        FILE,
        "certain = (mass_for + mass_against) * xp.log1p",
        "certain = xp.log1p",
        DIFFERENCES,
    ),
    Mutant("p * p for p (1 - p)", FILE, "* (above * below)", "* (above * above)", HARD),
    Mutant(
        "a product that is not one",
        FILE,
        "mass_against, xp=xp) * vectors",
        "mass_against, xp=xp) + vectors",
        DIFFERENCES,
    ),
)
