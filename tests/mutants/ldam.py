from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

MARGINS, MOVED, LOSS = "formulas/label_margins.py", "formulas/moved_logits.py", "losses/imbalance/ldam.py"
TESTS = "tests/losses/test_ldam.py::"
HARD = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-ldam-float32]"
HARD_64 = HARD.replace("32", "64")
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy]"

MUTANTS = (
    Mutant(
        "a square root", MARGINS, "math.isqrt(math.isqrt(share))", "(math.isqrt(share) >> _BITS)", WRITTEN
    ),
    Mutant(
        "margins that grow with the count",
        MARGINS,
        "(least * n_below << 4 * _BITS) // (below * n)",
        "(below * n << 4 * _BITS) // (least * n_below)",
        WRITTEN,
    ),
    Mutant("margins in one word", MARGINS, "near.rest + far.rounded", "near.rest", HARD_64),
    Mutant("margins rounded to 32 bits", MARGINS, "near.rest + far.rounded", "far.rounded", HARD),
    Mutant(
        "forget what rounding took from the product",
        MOVED,
        "xp.where(is_finite, missing, 0.0)",
        "0 * missing",
        HARD,
    ),
    Mutant("a scale of 32 bits", MOVED, "finite * factor.rest + factor.rounded", "factor.rounded", HARD),
    Mutant("no scale in the slope", MOVED, "scale * adjusted.slope", "adjusted.slope", HARD),
    Mutant(
        "the margin for all classes",
        LOSS,
        "-(at_label * margins.rounded)",
        "-(0 * at_label + margins.rounded)",
        WRITTEN,
    ),
    Mutant("the margin added", LOSS, "-(at_label * margins.rounded)", "at_label * margins.rounded", WRITTEN),
    Mutant(
        "let a count be 0",
        "losses/arguments/class_counts.py",
        "(positive and count == 0)",
        "(positive and count < 0)",
        TESTS + "test_a_class_without_examples_is_refused",
    ),
)
