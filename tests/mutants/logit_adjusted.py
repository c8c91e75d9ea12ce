from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, swap

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_logit_adjusted.py::"
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy-0.3]"

MUTANTS = (
    Mutant(
        "forget what rounding took from the counts",
        "moved_logits:moved_logits",
        "total.rest + constant(summand.rest)",
        drop_right,
        TESTS + "test_counts_have_more_digits_than_logits_of_32_bits[numpy]",
    ),
    Mutant(
        "forget what rounding took from the sum",
        "moved_logits:moved_logits",
        "total.rest + constant(summand.rest)",
        "0 * total.rest + constant(summand.rest)",
        TESTS + "test_large_common_shifts_cost_no_digits[numpy]",
    ),
    Mutant(
        "no tau",
        "logit_adjusted:LogitAdjusted._log_counts",
        "self.tau * math.log(n / most)",
        drop_left,
        WRITTEN,
    ),
    Mutant(
        "add what has to be taken off", "logit_adjusted:LogitAdjusted._log_counts", "n / most", swap, WRITTEN
    ),
    Mutant(
        "hide a count of 0",
        "logit_adjusted:LogitAdjusted._log_counts",
        "-math.inf",
        "-20.0",
        TESTS + "test_a_class_without_examples_has_no_probability_and_costs_infinity[numpy]",
    ),
    Mutant(
        "no case for tau = 0",
        "logit_adjusted:LogitAdjusted._log_counts",
        "self.tau == 0",
        "self.tau < 0",
        TESTS + "test_equal_counts_or_none_of_the_adjustment_give_cross_entropy[loss2]",
    ),
    Mutant(
        "counts instead of the other adjustments",
        "logit_adjusted:LogitAdjusted.problem",
        "problem.adjusted or unadjusted(examples.logits, xp=examples.xp)",
        drop_left,
        TESTS + "test_masked_classes_and_other_adjustments_come_before_the_counts[numpy]",
    ),
    Mutant(
        "let a count be nan",
        "class_counts:as_class_counts",
        "not 0 <= count < math.inf",
        "count < 0",
        TESTS
        + "test_counts_without_a_meaning_are_refused[counts1-DomainError-LogitAdjusted: `class_counts` must "
        "be finite and >= 0; got nan, first at index (1,).]",
    ),
)
