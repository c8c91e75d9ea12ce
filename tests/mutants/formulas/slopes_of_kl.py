from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_slopes_of_kl.py::"
DERIVATIVES = TESTS + "test_derivatives_are_those_of_the_definition_with_the_limit_at_zero"
SUM = "moving * xp.log1p((moving - at) / at) + line + beyond + root"

MUTANTS = (
    Mutant(
        "passes for derivatives where there are none",
        "slopes_of_kl:slope_in_p",
        "constant(p) is p",
        "False",
        TESTS + "test_numpy_which_has_no_derivatives_spends_no_pass_on_zeros_with_derivatives",
    ),
    Mutant(
        "no limit at 0",
        "slopes_of_kl:slope_in_p",
        SUM,
        "moving * xp.log1p((moving - at) / at) + line + beyond",
        DERIVATIVES,
    ),
    Mutant("no bend", "slopes_of_kl:slope_in_p", SUM, "line + beyond + root", DERIVATIVES),
    Mutant(
        "no surprisal",
        "slopes_of_kl:slope_in_p",
        "xp.log(at) + xp.where(is_infinite, 0.0, surprisals)",
        "xp.log(at)",
        DERIVATIVES,
    ),
    Mutant(
        "mass beyond the model goes free",
        "slopes_of_kl:slope_in_p",
        SUM,
        "moving * xp.log1p((moving - at) / at) + line + root",
        TESTS + "test_mass_beyond_the_model_has_an_infinite_derivative",
    ),
    Mutant(
        "a slope of 0 for 1",
        "slopes_of_kl:slope_of_one",
        "p - constant(p)",
        "p - p",
        TESTS + "test_the_slope_of_one_is_one",
    ),
)
