from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/precision/test_exact_difference.py::"

MUTANTS = (
    Mutant(
        "drop the error of the minuend",
        "precision/exact_difference:exact_difference",
        "(a - a_as_seen) + (b_as_seen - b)",
        drop_left,
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float32]",
    ),
    Mutant(
        "drop the error of the subtrahend",
        "precision/exact_difference:exact_difference",
        "(a - a_as_seen) + (b_as_seen - b)",
        drop_right,
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float64]",
    ),
    Mutant(
        "flip a sign",
        "precision/exact_difference:exact_difference",
        "(a - a_as_seen) + (b_as_seen - b)",
        "(a - a_as_seen) + (b - b_as_seen)",
        TESTS + "test_the_two_parts_sum_to_the_difference_without_error",
    ),
    Mutant(
        "no error at all",
        "precision/exact_difference:exact_difference",
        "(a - a_as_seen) + (b_as_seen - b)",
        "0 * hi",
        TESTS + "test_every_library_finds_the_rounding_error[numpy-float64]",
    ),
)
