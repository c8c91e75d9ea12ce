from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_options.py::"
SHARES = TESTS + "test_smoothing_gives_every_class_its_share[numpy-0.1]"
MASKED = TESTS + "test_smoothing_spares_the_classes_that_are_masked[numpy]"

MUTANTS = (
    Mutant(
        "the whole target beside the share", "label_smoothing:smoothed", "kept * targets", drop_left, SHARES
    ),
    Mutant(
        "the whole share to every class",
        "label_smoothing:kept_and_share",
        "smoothing / classes",
        drop_right,
        SHARES,
    ),
    Mutant(
        "a share for classes that do not participate",
        "label_smoothing:smoothed",
        "participates * share",
        drop_left,
        "tests/options/test_label_smoothing.py::test_a_class_that_does_not_participate_keeps_0[numpy]",
    ),
    Mutant(
        "a share for masked classes",
        "label_smoothing:smoothed_targets",
        "xp.astype(takes_part, targets.dtype)",
        "xp.ones_like(targets)",
        MASKED,
    ),
    Mutant(
        "smooth over a class of logit -inf",
        "label_smoothing:smoothed_targets",
        "-xp.inf",
        "xp.nan",
        "tests/losses/test_known_mistakes.py::test_smoothing_over_a_class_of_logit_minus_infinity_is_refused",
    ),
)
