"""Mutants of the account, of calibration errors, comparisons, slices and recalibration maps."""

from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

ACCOUNT = "tests/scoring/test_account.py::"
CALIBRATION = "tests/scoring/test_calibration_scores.py::"
COMPARISON = "tests/scoring/test_comparison.py::"
ENTROPY = "tests/measures/estimators/test_entropy_interval.py::"
FITTING = "tests/calibration/test_cross_fitting.py::"
HALL = "tests/scoring/test_hall_statistic.py::"
ISOTONIC = "tests/scoring/test_isotonic.py::"
MAPS = "tests/calibration/test_maps.py::"
ORDER = "tests/scoring/test_column_order.py::"
RATIO = "tests/scoring/test_likelihood_ratio.py::"
ROWS = "tests/scoring/test_row_scores.py::"
SLICES = "tests/scoring/test_slices.py::"
SPACES = "tests/scoring/test_spaces.py::"
TESTS = "tests/scoring/test_multiple_tests.py::"

MUTANTS = (
    Mutant(
        "recalibrated losses of the fit's own rows alone",
        "account:account",
        "(outside + inside) / 2",
        "inside",
        ACCOUNT + "test_the_terms_add_up_to_the_score[log]",
    ),
    Mutant(
        "a resolution of equal forecasts",
        "account:account",
        "_joined(resolution, 0.0, 0.0)",
        "resolution",
        ACCOUNT + "test_equal_forecasts_may_have_no_resolution",
    ),
    Mutant(
        "the spread of the rows in place of the likelihood ratio",
        "account:_miscalibration",
        "_joined(Estimate(value, value, value), widest.low, widest.high)",
        "bootstrap_mean(gains, clusters=clusters)",
        ACCOUNT + "test_intervals_cover_the_closed_truths[shifted]",
    ),
    Mutant(
        "tails of symmetric differences",
        "likelihood_ratio:Gain.interval",
        "self.quantiles",
        "_NORMAL",
        RATIO + "test_skewed_differences_move_the_tails_to_their_own_quantiles[quantiles0]",
    ),
    Mutant(
        "the quantile of the other end",
        "likelihood_ratio:Gain.interval",
        "(above, below)",
        "(-below, -above)",
        RATIO + "test_skewed_differences_move_the_tails_to_their_own_quantiles[quantiles1]",
    ),
    Mutant(
        "no root of the statistic",
        "likelihood_ratio:_noncentrality",
        "math.sqrt(statistic) - quantile",
        "statistic - quantile",
        RATIO + "test_beyond_six_standard_errors_the_square_root_of_the_statistic_is_normal",
    ),
    Mutant(
        "the bias that the spread far from 0 says",
        "likelihood_ratio:Gain.bias",
        "1 / (2 * self.units)",
        "math.inf",
        RATIO + "test_far_from_0_the_bias_is_that_of_a_fit_to_so_many_units",
    ),
    Mutant(
        "coefficients that equal forecasts do not bear",
        "widest_map:_free",
        "len(forecasts) * (len(seen) - 1)",
        "10**6",
        RATIO + "test_equal_forecasts_bear_no_more_coefficients_than_there_are_other_classes",
    ),
    Mutant(
        "classes that no row has counted",
        "widest_map:_free",
        "len(seen) - 1",
        "part.log_probs.shape[1] - 1",
        RATIO + "test_equal_forecasts_bear_no_more_coefficients_than_there_are_other_classes",
    ),
    Mutant(
        "slices whose losses are not skewed",
        "slices:_one_sided",
        "hall_statistic(difference / error, sums)",
        "difference / error",
        SLICES + "test_thirty_rows_of_a_calibrated_model_are_found_wrong_at_the_level",
    ),
    Mutant(
        "a spread of rounding",
        "likelihood_ratio:gain_of",
        "8 * np.finfo(float).eps * abs(value)",
        "0",
        RATIO + "test_units_of_equal_differences_have_no_spread_and_bound_nothing_away_from_0",
    ),
    Mutant(
        "no correction for skewness",
        "calibration_scores:calibration_test",
        "hall_statistic(z, residuals)",
        "z",
        CALIBRATION + "test_few_groups_are_tested_by_the_t_distribution_with_one_degree_of_freedom_less",
    ),
    Mutant(
        "degrees of freedom of equal groups",
        "clusters:Clusters.freedom",
        "float(squares.sum()) ** 2 / float(squares @ squares) - 1",
        "self.size - 1",
        CALIBRATION + "test_groups_of_unequal_size_leave_fewer_degrees_of_freedom",
    ),
    Mutant(
        "squares of residuals as they are",
        "clusters:Clusters.variance",
        "1 - 2 * shares + shares @ shares",
        "1 + 0 * shares",
        CALIBRATION + "test_few_groups_are_tested_by_the_t_distribution_with_one_degree_of_freedom_less",
    ),
    Mutant(
        "skewness of half the weight",
        "hall_statistic:hall_statistic",
        "k * t**2 / 3",
        "k * t**2 / 6",
        HALL + "test_the_statistic_is_a_cube_of_a_linear_function",
    ),
    Mutant(
        "a cube that falls",
        "hall_statistic:hall_statistic",
        "k**2 * t**3 / 27",
        "k**2 * t**3 / 100",
        HALL + "test_the_statistic_is_a_cube_of_a_linear_function",
    ),
    Mutant(
        "a correction of the median alone",
        "hall_statistic:hall_statistic",
        "k / 6",
        "k / 2",
        HALL + "test_the_statistic_is_a_cube_of_a_linear_function",
    ),
    Mutant(
        "skewness of the units, not of the mean",
        "hall_statistic:hall_statistic",
        "math.pow(float(squares.sum()), 1.5)",
        "math.pow(float(squares.mean()), 1.5)",
        HALL + "test_the_statistic_is_a_cube_of_a_linear_function",
    ),
    Mutant(
        "a share of the uniform distribution in the widest map",
        "widest_map:_unmixed",
        "replace(first, mix=0.0)",
        "first",
        RATIO
        + "test_the_gain_of_the_widest_map_is_never_negative_however_few_the_rows[calibrated, 3 classes-60]",
    ),
    Mutant(
        "twice the bias of a fit",
        "likelihood_ratio:Gain.bias",
        "4 * self.value",
        "2 * self.value",
        RATIO + "test_a_gain_that_chance_makes_has_an_interval_from_0",
    ),
    Mutant(
        "coefficients that change nothing counted",
        "widest_map:_fitted",
        "K * (K - 1)",
        "K * K + K - 1",
        RATIO + "test_noise_gains_half_a_unit_for_each_coefficient[calibrated, 3 classes-maps3-6]",
    ),
    Mutant(
        "nats as the unit of the Brier score",
        "widest_map:widest_map",
        "scores.squared_distance / scores.relative_entropy",
        "1.0",
        RATIO + "test_the_brier_score_has_ends_in_proportion_to_the_divergences",
    ),
    Mutant(
        "the bias of the entropy corrected once",
        "account:_corrected",
        "2 * bias",
        "0 * bias",
        ACCOUNT + "test_intervals_cover_the_closed_truths[calibrated, 3 classes]",
    ),
    Mutant(
        "the uncertainty of the Brier score as an entropy",
        "account:_score_of_shares",
        "1 - (shares**2).sum(axis=1)",
        "-(shares * np.log(shares)).sum(axis=1)",
        ACCOUNT + "test_terms_of_the_brier_score_are_those_of_squared_chance",
    ),
    Mutant(
        "p^2 - 2 p + 1",
        "row_scores:_squared",
        "np.expm1(true)",
        "np.exp(true) - 1",
        ROWS + "test_a_brier_score_near_zero_keeps_its_digits",
    ),
    Mutant(
        "variance as a second moment",
        "row_scores:_fill",
        "(logs + expected[:, None]) ** 2",
        "logs**2",
        ROWS + "test_rows_have_the_scores_of_their_definitions",
    ),
    Mutant(
        "others counted without their weights",
        "auc:area_and_influence",
        "np.where(events, 0.0, weights)[order]",
        "np.where(events, 0.0, 1.0)[order]",
        ROWS + "test_weighted_areas_agree_with_scikit_learn",
    ),
    Mutant(
        "a prior's bias of K / 2n",
        "loss_summary:_prior",
        "seen - 1",
        "seen",
        ROWS + "test_the_summary_agrees_with_scikit_learn[5]",
    ),
    Mutant(
        "clip at machine epsilon",
        "loss_summary:_clipped",
        "-math.log(eps)",
        "36.04",
        ROWS + "test_infinite_losses_are_counted_and_named_and_clipping_is_shown_beside_them",
    ),
    Mutant(
        "a squared error with its bias",
        "calibration_scores:_debiased",
        "b.count - 1",
        "1e9",
        CALIBRATION + "test_errors_in_bins_of_equal_mass_are_those_of_the_reference",
    ),
    Mutant(
        "half of the variance in the exact test",
        "calibration_scores:calibration_test",
        "float(scores.variance.sum())",
        "float(scores.variance.sum()) / 2",
        CALIBRATION + "test_the_exact_test_rejects_calibrated_forecasts_at_its_level_and_sharp_ones_always",
    ),
    Mutant(
        "a kernel without its half",
        "smooth_calibration_error:smooth_calibration_error.smoothed",
        "-((order * sigma) ** 2) / 2",
        "-((order * sigma) ** 2)",
        CALIBRATION + "test_the_smooth_error_is_that_of_relplot",
    ),
    Mutant(
        "ties not pooled",
        "isotonic:pool_adjacent_violators",
        "np.bincount(place, weights=w[kept], minlength=len(points))",
        "np.ones(len(points))",
        ISOTONIC + "test_ties_are_pooled_first_and_weights_count_as_repetitions",
    ),
    Mutant(
        "a base rate above 1",
        "isotonic:corp",
        "rates / rates.sum()",
        "rates",
        ISOTONIC + "test_an_event_that_every_row_or_no_row_has_leaves_nothing_to_discriminate[True-log]",
    ),
    Mutant(
        "a share of failures that rounds to 0",
        "isotonic:corp",
        "of(np.log(failing), np.log(happening), events)",
        "of(np.log1p(-happening), np.log(happening), events)",
        ISOTONIC + "test_a_row_of_next_to_no_weight_leaves_the_account_finite[0.5]",
    ),
    Mutant(
        "a p-value of zero",
        "sign_flips:sign_flip_p_value",
        "(1 + hits) / (1 + _FLIPS)",
        "hits / _FLIPS",
        TESTS + "test_drawn_flips_agree_with_the_normal_limit_and_never_give_zero",
    ),
    Mutant(
        "Bonferroni for Holm",
        "multiple_tests:_adjusted",
        "m - rank + 1",
        "m",
        TESTS + "test_holm_is_that_of_its_paper_and_leaves_unknown_values_out",
    ),
    Mutant(
        "a p-value beside infinite differences",
        "comparison:comparison",
        "(lost[0] ^ lost[1]).any()",
        "False",
        COMPARISON + "test_infinite_differences_are_counted_and_no_p_value_is_invented",
    ),
    Mutant(
        "hard slices called wrong",
        "slices:Slice.verdict",
        "self.wrong <= _RATE",
        "self.hard <= _RATE",
        SLICES + "test_hard_slices_are_told_from_wrong_ones",
    ),
    Mutant(
        "any sum of probabilities",
        "spaces:_check_sums",
        "np.abs(sums - 1) <= TOLERANCE",
        "sums >= 0",
        SPACES + "test_normalising_divides_by_the_sum_and_only_on_request",
    ),
    Mutant(
        "a permutation of the permutation",
        "column_order:suspected_order",
        "predictions.predicted * K + predictions.codes",
        "predictions.codes * K + predictions.predicted",
        ORDER + "test_columns_in_another_order_are_suspected_and_the_order_is_named",
    ),
    Mutant(
        "the slope of a temperature without the true class",
        "temperature:_block",
        "mean - own",
        "mean",
        MAPS + "test_the_temperature_is_the_minimum_and_its_gap_is_certified[50]",
    ),
    Mutant(
        "one ridge for all parts of the matrix",
        "structured_scaling:structured_scaling",
        "2 * strength * K * (K - 1) / effective",
        "2 * strength * K / effective",
        MAPS + "test_structured_scaling_is_the_minimum_of_its_objective[True]",
    ),
    Mutant(
        "a gap without its half",
        "ridge_newton:_gap",
        "float((gradient**2 / ridge).sum()) / 2",
        "float((gradient**2 / ridge).sum())",
        MAPS + "test_the_gap_of_a_ridge_is_exact_for_a_linear_function",
    ),
    Mutant(
        "negative coefficients kept",
        "beta:beta_map",
        "found[:2] < 0",
        "found[:2] < -1e9",
        MAPS + "test_a_negative_coefficient_of_beta_calibration_is_dropped",
    ),
    Mutant(
        "an added row of weight 2",
        "venn_abers:_merged",
        "masses[high] - masses[low] + 1",
        "masses[high] - masses[low] + 2",
        MAPS + "test_venn_abers_pairs_are_those_of_the_reference",
    ),
    Mutant(
        "the simplest map whatever its loss",
        "cross_fitting:_choice",
        "math.sqrt(float(difference @ difference)) / clusters.mass.sum()",
        "1e9",
        FITTING + "test_the_simplest_map_that_sees_all_is_chosen[too sharp-temperature]",
    ),
    Mutant(
        "the map of another fold",
        "cross_fitting:cross_fitted",
        "_fit(one, part, of_part != k)",
        "_fit(one, part, of_part == k)",
        FITTING + "test_each_row_is_recalibrated_by_a_map_that_was_fitted_without_it",
    ),
    Mutant(
        "no doubt about symbols seen once",
        "entropy_interval",
        "0.3",
        "1e9",
        ENTROPY + "test_no_interval_is_given_where_symbols_must_be_expected_that_were_not_seen",
    ),
    Mutant(
        "a share's interval from the other tail",
        "entropy_interval:_binary",
        "betaincinv(k + 1, n - k, 1 - tail)",
        "betaincinv(k, n - k + 1, 1 - tail)",
        ENTROPY + "test_two_symbols_have_the_image_of_the_interval_of_their_share",
    ),
)
