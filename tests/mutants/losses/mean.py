from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_left, move_bound, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_options.py::"
TOTAL = TESTS + "test_a_total_is_the_sum_with_what_it_is_counted_by[numpy]"
EMPTY = TESTS + "test_a_mean_over_nothing_is_refused_or_what_was_asked_for[numpy]"

MUTANTS = (
    Mutant("a sum without weights", "mean:total_of", "weight * values", drop_left, TOTAL),
    Mutant("count rows of weight 0", "mean:total_of", "weight > 0", move_bound, TOTAL),
    Mutant(
        "the denominator weight for the weight",
        "mean:total_of",
        "weight * examples.denominator_weight",
        drop_left,
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "forget the denominator weight",
        "mean:total_of",
        "weight if examples.denominator_weight is None else weight * examples.denominator_weight",
        always,
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "rows for weights",
        "mean:_divisor",
        'total.weight if denominator == "weights" else total.rows',
        never,
        TESTS + "test_the_denominator_of_a_mean_has_a_name[numpy]",
    ),
    Mutant(
        "a mean over nothing is 0, whatever was requested",
        "mean:mean",
        'on_empty == "zero"',
        'on_empty != "raise"',
        EMPTY,
    ),
    Mutant("a mean over nothing passes", "mean:mean_of", 'on_empty == "raise"', 'on_empty == "nan"', EMPTY),
    Mutant(
        "the mass of smoothed targets",
        "softmax_cross_entropy_of_targets:SoftmaxCrossEntropyOfTargets.problem",
        "examples.xp.sum(masses, axis=-1)",
        "examples.xp.sum(targets, axis=-1)",
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "read masked events",
        "binary_examples:binary_examples",
        "xp.where(mask, xp.ones_like(targets) if weight is None else weight, 0.0)",
        always,
        TESTS + "test_a_masked_event_costs_0_and_is_not_read[numpy]",
    ),
    Mutant(
        "a mask for rows that are not read",
        "logit_options:LogitOptions._mask",
        "examples.where_read(mask, xp.ones_like(mask))",
        drop_call,
        TESTS + "test_a_row_that_is_not_read_may_be_masked_whole[numpy]",
    ),
)
