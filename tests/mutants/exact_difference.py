from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "precision/exact_difference.py"
TESTS = "tests/precision/test_exact_difference.py::"

MUTANTS = (
    Mutant(
        "drop the error of the minuend",
        FILE,
        "(a - a_as_seen) + (b_as_seen - b)",
        "b_as_seen - b",
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float32]",
    ),
    Mutant(
        "drop the error of the subtrahend",
        FILE,
        "(a - a_as_seen) + (b_as_seen - b)",
        "a - a_as_seen",
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float64]",
    ),
    Mutant(
        "flip a sign",
        FILE,
        "(b_as_seen - b)",
        "(b - b_as_seen)",
        TESTS + "test_the_two_parts_sum_to_the_difference_without_error",
    ),
    Mutant(
        "no error at all",
        FILE,
        "return hi, (a - a_as_seen) + (b_as_seen - b)",
        "return hi, 0 * hi",
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float64]",
    ),
)
