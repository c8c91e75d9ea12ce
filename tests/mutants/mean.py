from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "losses/mean.py"
TESTS = "tests/losses/test_options.py::"
TOTAL = TESTS + "test_a_total_is_the_sum_with_what_it_is_counted_by[numpy]"
EMPTY = TESTS + "test_a_mean_over_nothing_is_refused_or_what_was_asked_for[numpy]"

MUTANTS = (
    Mutant("a sum without weights", FILE, "Total(xp.sum(weight * values)", "Total(xp.sum(values)", TOTAL),
    Mutant("count rows of weight 0", FILE, "xp.astype(weight > 0,", "xp.astype(weight >= 0,", TOTAL),
    Mutant(
        "the mass for the weight",
        FILE,
        "weight * examples.mass",
        "examples.mass",
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "forget the mass",
        FILE,
        "weight if examples.mass is None else weight * examples.mass",
        "weight",
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "rows for weights",
        FILE,
        'total.weight if denominator == "weights" else total.rows',
        "total.rows",
        TESTS + "test_the_denominator_of_a_mean_has_a_name[numpy]",
    ),
    Mutant(
        "a mean over nothing is 0, whatever was requested",
        "options/mean.py",
        'if on_empty == "zero":\n        return xp.where(',
        'if on_empty != "raise":\n        return xp.where(',
        EMPTY,
    ),
    Mutant("a mean over nothing passes", FILE, 'if on_empty == "raise":', 'if on_empty == "nan":', EMPTY),
    Mutant(
        "the mass of smoothed targets",
        "losses/cross_entropy/softmax_cross_entropy_of_targets.py",
        "mass=examples.xp.sum(masses, axis=-1)",
        "mass=examples.xp.sum(targets, axis=-1)",
        TESTS + "test_a_hard_label_and_its_one_hot_target_have_one_mean[numpy]",
    ),
    Mutant(
        "read masked events",
        "losses/arguments/binary_examples.py",
        "weight = xp.where(mask, xp.ones_like(targets) if weight is None else weight, 0.0)",
        "weight = xp.ones_like(targets) if weight is None else weight",
        TESTS + "test_a_masked_event_costs_0_and_is_not_read[numpy]",
    ),
    Mutant(
        "a mask for rows that are not read",
        "losses/families/abstract_adjusted_loss.py",
        "examples.where_read(mask, xp.ones_like(mask))",
        "mask",
        TESTS + "test_a_row_that_is_not_read_may_be_masked_whole[numpy]",
    ),
)
