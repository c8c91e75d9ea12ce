"""Mutants of scores of decisions, and of the split by groups."""

from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

AUC = "tests/scoring/test_auc.py::"
BRIER = "tests/scoring/test_brier.py::"
RATES = "tests/scoring/test_precision_recall.py::"
THRESHOLDS = "tests/scoring/test_thresholds.py::"
GROUPS = "tests/scoring/test_whole_groups.py::"

MUTANTS = (
    Mutant(
        "ties as wins",
        "auc:area_and_influence",
        "np.cumsum(light) - light / 2",
        "np.cumsum(light)",
        AUC + "test_the_area_is_the_share_of_pairs_in_order",
    ),
    Mutant(
        "pairs of all rows",
        "auc:area_and_influence",
        "events_mass * others_mass",
        "events_mass * len(scores)",
        AUC + "test_the_area_is_that_of_scikit_learn_with_and_without_ties[1]",
    ),
    Mutant(
        "variance of all rows for that of one pair",
        "auc:_variance",
        "(m + n) / 2 - 1",
        drop_right,
        AUC + "test_the_interval_ends_where_the_variance_says",
    ),
    Mutant(
        "variance at the estimate",
        "auc:_end",
        "_variance(middle, m, n)",
        "_variance(area, m, n)",
        AUC + "test_the_interval_ends_where_the_variance_says",
    ),
    Mutant(
        "one minus the exponential",
        "brier:brier_scores",
        "-np.expm1(log_probs[rows][at])",
        "1 - np.exp(log_probs[rows][at])",
        BRIER + "test_a_score_near_0_keeps_its_digits",
    ),
    Mutant(
        "absolute errors",
        "brier:brier_scores",
        "np.square(errors)",
        "np.abs(errors)",
        BRIER + "test_the_mean_is_the_score_of_scikit_learn[3]",
    ),
    Mutant(
        "half the score for all numbers of classes",
        "brier:brier_scores",
        "K == 2",
        "K > 1",
        BRIER + "test_the_mean_is_the_score_of_scikit_learn[7]",
    ),
    Mutant(
        "probability of the true class as its error",
        "brier:brier_scores",
        "errors[at] = -np.expm1(log_probs[rows][at])",
        "errors[at] = np.exp(log_probs[rows][at])",
        BRIER + "test_certainty_scores_0_or_the_most",
    ),
    Mutant(
        "recall of the predicted rows",
        "precision_recall:precision_recall",
        "(predicted, codes)",
        "(predicted, predicted)",
        RATES + "test_precision_and_recall_are_those_of_scikit_learn",
    ),
    Mutant(
        "rows of a part counted without their weights",
        "shares:share_of_part",
        "float((weights * happened).sum())",
        "float(happened.sum())",
        RATES + "test_weights_of_rows_count_as_repetitions_in_both_rates",
    ),
    Mutant(
        "variance of rows for that of units",
        "shares:share_of_part",
        "np.bincount(unit, weights=weights * (happened - share))",
        "weights * (happened - share)",
        RATES + "test_rows_of_a_group_that_agree_count_as_one",
    ),
    Mutant(
        "piles for units",
        "shares:share_of_part",
        "part if clusters.unit is None else clusters.unit[part]",
        "clusters.pile[part]",
        "tests/scoring/test_shares.py::test_a_share_of_0_or_1_counts_all_units_of_many",
    ),
    Mutant(
        "units without their weights",
        "shares:share_of_rows",
        "clusters.effective",
        "clusters.count",
        "tests/scoring/test_shares.py::test_a_share_of_0_or_1_counts_weighted_units_at_their_effective_number",
    ),
    Mutant(
        "units without weight counted",
        "shares:share_of_part",
        "int(np.count_nonzero(mass))",
        "len(mass)",
        "tests/scoring/test_shares.py::test_rows_without_weight_do_not_change_the_interval_of_a_part",
    ),
    Mutant(
        "effective number of groups of one weight",
        "clusters:Clusters.effective",
        "np.bincount(self.unit, weights=self.weights)",
        "np.bincount(self.unit)",
        "tests/scoring/test_shares.py::test_few_heavy_units_of_many_count_at_their_effective_number",
    ),
    Mutant(
        "number of rows for their effective number",
        "shares:share_of_part",
        "total**2 / float(mass @ mass)",
        "float(len(part))",
        RATES + "test_a_rate_of_1_in_weighted_rows_has_the_interval_of_their_effective_number",
    ),
    Mutant(
        "bins weighed by the numbers of their rows",
        "reliability:reliability",
        "float(mass[b] / mass.sum())",
        "float(counts[b] / counts.sum())",
        "tests/scoring/test_reliability.py::test_weights_count_as_repetitions_do",
    ),
    Mutant(
        "costs of rows without their weights",
        "thresholds:Threshold._amounts",
        "self.masses is not None",
        "False",
        "tests/scoring/test_decision_scores.py::test_every_score_of_weighted_rows_is_that_of_repeated_rows[2]",
    ),
    Mutant(
        "pairs of rows without their weights",
        "decision_scores:_area",
        "auc(log_probs[:, k], codes == k, weights=weights)",
        "auc(log_probs[:, k], codes == k)",
        "tests/scoring/test_decision_scores.py::test_every_score_of_weighted_rows_is_that_of_repeated_rows[4]",
    ),
    Mutant(
        "at the threshold is above it",
        "thresholds:threshold_table",
        "log_odds > math.log(probability) - math.log1p(-probability)",
        "log_odds >= math.log(probability) - math.log1p(-probability)",
        THRESHOLDS + "test_at_one_half_the_decision_is_that_of_the_most_probable_class_also_in_a_tie",
    ),
    Mutant(
        "threshold as log-odds of nothing",
        "thresholds:threshold_table",
        "math.log(probability) - math.log1p(-probability)",
        drop_right,
        THRESHOLDS + "test_the_counts_are_those_of_the_definition",
    ),
    Mutant(
        "cost of hits",
        "thresholds:Threshold.cost",
        "miss * misses",
        "miss * alarms",
        THRESHOLDS + "test_the_counts_are_those_of_the_definition",
    ),
    Mutant(
        "best threshold of the odds",
        "thresholds:cheapest",
        "1 / (1 + miss)",
        "miss / (1 + miss)",
        THRESHOLDS + "test_of_equal_costs_the_one_nearest_to_theory_is_taken",
    ),
    Mutant(
        "groups go where most rows are",
        "whole_groups:_placed",
        "rise.argmin()",
        "rise.argmax()",
        GROUPS + "test_folds_of_whole_groups_are_about_equal_in_every_class",
    ),
    Mutant(
        "parts of equal size whatever their shares",
        "whole_groups:_placed",
        "((2 * filled + group) * group).sum(axis=1) / shares",
        drop_right,
        GROUPS + "test_no_group_is_on_both_sides_and_every_class_has_its_share",
    ),
    Mutant(
        "a class may leave training",
        "whole_groups:split_groups",
        "held_out[groups == own[sizes.argmin()]] = False",
        "pass",
        GROUPS + "test_a_class_of_one_group_stays_in_training",
    ),
    Mutant(
        "classes do not count",
        "whole_groups:deal_groups",
        "held / totals",
        "held.sum(axis=1, keepdims=True) / totals.sum()",
        GROUPS + "test_no_group_is_on_both_sides_and_every_class_has_its_share",
    ),
)
