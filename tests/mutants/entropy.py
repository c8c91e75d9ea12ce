from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/measures/entropy.py"
TESTS = "tests/formulas/measures/test_entropy.py::"

MUTANTS = (
    Mutant(
        "flip the sign",
        FILE,
        "return 0 - xp.sum",
        "return 0 + xp.sum",
        TESTS + "test_value_meets_the_oracle[numpy-2-float64]",
    ),
    Mutant(
        "minus zero",
        FILE,
        "return 0 - xp.sum",
        "return -xp.sum",
        TESTS + "test_certainty_has_entropy_0_without_a_sign[numpy]",
    ),
    Mutant(
        "0 log 0 is nan",
        FILE,
        "xp.log(xp.where(probs == 0, 1.0, probs))",
        "xp.log(probs)",
        TESTS + "test_certainty_has_entropy_0_without_a_sign[numpy]",
    ),
    Mutant(
        "bits",
        FILE,
        "xp.log(",
        "xp.log2(",
        TESTS + "test_equal_probabilities_have_the_entropy_of_their_number[numpy]",
    ),
)
