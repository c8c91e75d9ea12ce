from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_ldam.py::"
HARD = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-ldam-float32]"
HARD_64 = HARD.replace("32", "64")
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy]"

MUTANTS = (
    Mutant(
        "a square root",
        "label_margins:label_margins",
        "math.isqrt(math.isqrt(share))",
        "math.isqrt(share) >> _BITS",
        WRITTEN,
    ),
    Mutant(
        "margins that grow with the count",
        "label_margins:label_margins",
        "(least * n_below << 4 * _BITS) // (below * n)",
        "(below * n << 4 * _BITS) // (least * n_below)",
        WRITTEN,
    ),
    Mutant(
        "margins in one word", "label_margins:label_margins", "near.rest + far.rounded", drop_right, HARD_64
    ),
    Mutant(
        "margins rounded to 32 bits",
        "label_margins:label_margins",
        "near.rest + far.rounded",
        drop_left,
        HARD,
    ),
    Mutant(
        "forget what rounding took from the product",
        "moved_logits:scaled_logits",
        "xp.where(is_finite, missing, 0.0)",
        "0 * missing",
        HARD,
    ),
    Mutant(
        "a scale of 32 bits",
        "moved_logits:scaled_logits",
        "finite * factor.rest + factor.rounded * constant(low)",
        drop_left,
        HARD,
    ),
    Mutant(
        "no scale in the slope",
        "moved_logits:scaled_logits",
        "scale * adjusted.first_derivative",
        drop_left,
        HARD,
    ),
    Mutant(
        "the margin for all classes",
        "ldam:LDAM._less_margins",
        "at_label * margins.rounded",
        "0 * at_label + margins.rounded",
        WRITTEN,
    ),
    Mutant(
        "the margin added", "ldam:LDAM._less_margins", "-(at_label * margins.rounded)", flip_sign, WRITTEN
    ),
    Mutant(
        "let a count be 0",
        "class_counts:as_class_counts",
        "count == 0",
        "count < 0",
        TESTS + "test_a_class_without_examples_is_refused",
    ),
)
