from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/measures/test_entropy.py::"

MUTANTS = (
    Mutant(
        "flip the sign",
        "entropy:value",
        "0 - xp.sum(probs * logs, axis=-1)",
        flip_sign,
        TESTS + "test_value_meets_the_oracle[numpy-2-float64]",
    ),
    Mutant(
        "minus zero",
        "entropy:value",
        "0 - xp.sum(probs * logs, axis=-1)",
        drop_left,
        TESTS + "test_certainty_has_entropy_0_without_a_sign[numpy]",
    ),
    Mutant(
        "0 log 0 is nan",
        "entropy:value",
        "xp.where(probs == 0, 1.0, probs)",
        never,
        TESTS + "test_certainty_has_entropy_0_without_a_sign[numpy]",
    ),
    Mutant(
        "bits",
        "entropy:value",
        "xp.log(xp.where(probs == 0, 1.0, probs))",
        "xp.log2(xp.where(probs == 0, 1.0, probs))",
        TESTS + "test_equal_probabilities_have_the_entropy_of_their_number[numpy]",
    ),
)
