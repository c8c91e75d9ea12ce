from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

MOVED, COUNTS, LOSS = (
    "formulas/moved_logits.py",
    "losses/arguments/class_counts.py",
    "losses/imbalance/logit_adjusted.py",
)
TESTS = "tests/losses/test_logit_adjusted.py::"
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy-0.3]"

MUTANTS = (
    Mutant(
        "forget what rounding took from the counts",
        MOVED,
        "total.rest + constant(summand.rest)",
        "total.rest",
        TESTS + "test_counts_have_more_digits_than_logits_of_32_bits[numpy]",
    ),
    Mutant(
        "forget what rounding took from the sum",
        MOVED,
        "total.rest + constant(summand.rest)",
        "0 * total.rest + constant(summand.rest)",
        TESTS + "test_large_common_shifts_cost_no_digits[numpy]",
    ),
    Mutant("no tau", LOSS, "self.tau * math.log(n / most)", "math.log(n / most)", WRITTEN),
    Mutant("add what has to be taken off", LOSS, "math.log(n / most)", "math.log(most / n)", WRITTEN),
    Mutant(
        "hide a count of 0",
        LOSS,
        "if n > 0 else -math.inf",
        "if n > 0 else -20.0",
        TESTS + "test_a_class_without_examples_has_no_probability_and_costs_infinity[numpy]",
    ),
    Mutant(
        "no case for tau = 0",
        LOSS,
        "if self.tau == 0:",
        "if self.tau < 0:",
        TESTS + "test_equal_counts_or_none_of_the_adjustment_give_cross_entropy[loss2]",
    ),
    Mutant(
        "counts instead of the other adjustments",
        LOSS,
        "adjusted = problem.adjusted or unadjusted",
        "adjusted = unadjusted",
        TESTS + "test_masked_classes_and_other_adjustments_come_before_the_counts[numpy]",
    ),
    Mutant(
        "let a count be nan",
        COUNTS,
        "if not 0 <= count < math.inf or",
        "if count < 0 or",
        TESTS
        + "test_counts_without_a_meaning_are_refused[counts1-DomainError-LogitAdjusted: `class_counts` must "
        "be finite and >= 0; got nan, first at index (1,).]",
    ),
)
