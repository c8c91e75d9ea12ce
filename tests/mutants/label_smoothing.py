from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "losses/label_smoothing.py"
RULE = "options/label_smoothing.py"
TESTS = "tests/losses/test_options.py::"
SHARES = TESTS + "test_smoothing_gives_every_class_its_share[numpy-0.1]"
MASKED = TESTS + "test_smoothing_spares_the_classes_that_are_masked[numpy]"

MUTANTS = (
    Mutant(
        "the whole target beside the share",
        RULE,
        "return kept * targets +",
        "return targets +",
        SHARES,
    ),
    Mutant("the whole share to every class", RULE, "smoothing / classes", "smoothing", SHARES),
    Mutant(
        "a share for classes that do not participate",
        RULE,
        "participates * share",
        "share",
        "tests/options/test_label_smoothing.py::test_a_class_that_does_not_participate_keeps_0[numpy]",
    ),
    Mutant(
        "a share for masked classes",
        FILE,
        "takes_part = xp.astype(takes_part, targets.dtype)",
        "takes_part = xp.ones_like(targets)",
        MASKED,
    ),
    Mutant(
        "smooth over a class of logit -inf",
        FILE,
        "(logits == -xp.inf) & takes_part",
        "(logits == xp.nan) & takes_part",
        "tests/losses/test_known_mistakes.py::test_smoothing_over_a_class_of_logit_minus_infinity_is_refused",
    ),
)
