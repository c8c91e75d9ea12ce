from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/sigmoid.py"
TESTS = "tests/formulas/test_sigmoid.py::"
DIGITS = TESTS + "test_both_sides_keep_their_digits[numpy-float64]"
EDGES = TESTS + "test_infinite_logits_give_certainty_and_nan_gives_nan[numpy]"

MUTANTS = (
    Mutant("1 - p for the unlikely side", FILE, "unlikely = small * likely", "unlikely = 1 - likely", DIGITS),
    Mutant("swap the sides", FILE, ".rounded > 0", ".rounded < 0", EDGES),
    Mutant(
        "overflow on the negative side",
        FILE,
        "xp.exp(xp.where(positive, -high, high))",
        "xp.exp(-high)",
        EDGES,
    ),
    Mutant(
        "the same for both sides",
        FILE,
        "return xp.where(positive, likely, unlikely), xp.where(positive, unlikely, likely)",
        "return xp.where(positive, likely, unlikely), xp.where(positive, likely, unlikely)",
        DIGITS,
    ),
)
