from tests.mutants.harness import Mutant
from tests.mutants.mutators import swap

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_sigmoid.py::"
DIGITS = TESTS + "test_both_sides_keep_their_digits[numpy-float64]"
EDGES = TESTS + "test_infinite_logits_give_certainty_and_nan_gives_nan[numpy]"

MUTANTS = (
    Mutant("1 - p for the unlikely side", "sigmoid:sigmoid", "small * likely", "1 - likely", DIGITS),
    Mutant(
        "swap the sides",
        "sigmoid:sigmoid",
        "high_and_low(logits).rounded > 0",
        "high_and_low(logits).rounded < 0",
        EDGES,
    ),
    Mutant(
        "overflow on the negative side",
        "sigmoid:small_exponential",
        "xp.exp(xp.where(positive, -high, high))",
        "xp.exp(-high)",
        EDGES,
    ),
    Mutant(
        "the same for both sides", "sigmoid:sigmoid", "xp.where(positive, unlikely, likely)", swap, DIGITS
    ),
)
