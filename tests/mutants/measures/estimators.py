from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/measures/estimators/"
COUNTS = TESTS + "test_entropy_from_counts.py::"
TABLE = COUNTS + "test_published_values_are_met"
DEFINITIONS = COUNTS + "test_definitions_are_met_to_rounding"
NSB = TESTS + "test_nemenman_shafee_bialek.py::"
QUADRATURE = NSB + "test_mean_and_deviation_are_those_of_brute_quadrature"
INFORMATION = TESTS + "test_mutual_information_from_samples.py::"
ONE_SOURCE = TESTS + "test_one_source_test.py::"
CROSS = TESTS + "test_cross_entropy_from_samples.py::"
PERPLEXITY = TESTS + "test_corpus_perplexity.py::"
GAUSSIAN = TESTS + "test_gaussian.py::"
NEAR = TESTS + "test_neighbour_estimators.py::"
TAIL = TESTS + "test_chao_wang_jost.py::"
MOMENTS = TESTS + "test_dirichlet_entropy.py::test_moments_meet_their_definition"
CONDITIONAL = TESTS + "test_conditional_entropy_from_counts.py::test_it_is_the_definition_to_four_units"
CODES = TESTS + "test_category_codes.py::"

# File, what goes wrong, the text before and after, the test that notices.

MUTANTS = (
    Mutant(
        "cancel",
        "plug_in:plug_in_nats",
        "np.log1p(spectrum.rest / spectrum.counts)",
        "np.log(spectrum.n) - np.log(spectrum.counts)",
        DEFINITIONS + "[[1000000, 1]-plug_in]",
    ),
    Mutant(
        "flip the sign",
        "plug_in:plug_in_nats",
        "spectrum.mean(np.log1p(spectrum.rest / spectrum.counts))",
        flip_sign,
        TABLE + "[plug_in]",
    ),
    Mutant(
        "forget the sample",
        "plug_in:delta_method_error",
        "variance / spectrum.n",
        drop_right,
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[plug_in]",
    ),
    Mutant(
        "do not centre",
        "plug_in:delta_method_error",
        "surprisal - spectrum.mean(surprisal)",
        drop_right,
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[plug_in]",
    ),
    Mutant(
        "count all categories",
        "miller_madow:miller_madow_entropy",
        "spectrum.observed - 1",
        drop_right,
        TABLE + "[miller_madow]",
    ),
    Mutant(
        "forget the last singleton",
        "chao_shen:_value",
        "singletons -= singletons == spectrum.n",
        "",
        DEFINITIONS + "[[1, 1]-chao_shen]",
    ),
    Mutant("cover everything", "chao_shen:_value", "n - singletons", drop_right, TABLE + "[chao_shen]"),
    Mutant(
        "include everything",
        "chao_shen:_value",
        "spectrum.multiplicities * covered / n**2 * surprisal / included",
        drop_right,
        TABLE + "[chao_shen]",
    ),
    Mutant(
        "flip the parity",
        "grassberger_1988:grassberger_1988_entropy",
        "1 - 2 * (n_k % 2)",
        swap,
        TABLE + "[grassberger_1988]",
    ),
    Mutant(
        "flip the parity",
        "grassberger_2003:grassberger_g",
        "1 - 2 * (n % 2)",
        swap,
        TABLE + "[grassberger_2003]",
    ),
    Mutant(
        "subtract the estimate",
        "grassberger_2003:grassberger_2003_entropy",
        "np.log(spectrum.n) - grassberger_g(spectrum.counts)",
        flip_sign,
        TABLE + "[grassberger_2003]",
    ),
    Mutant(
        "the logarithm of 2003",
        "schuermann_grassberger:schuermann_grassberger_entropy",
        "digamma(float(spectrum.n))",
        "__import__('math').log(spectrum.n)",
        TABLE + "[schuermann_grassberger]",
    ),
    Mutant(
        "the logarithm of n",
        "zhang:zhang_nats",
        "digamma(float(spectrum.n))",
        "__import__('math').log(spectrum.n)",
        TABLE + "[zhang]",
    ),
    Mutant("twice as often", "chao_wang_jost:_unseen", "2 * twice", drop_left, TABLE + "[chao_wang_jost]"),
    Mutant(
        "coarse steps",
        "chao_wang_jost:series_tail",
        "step = 0.1",
        "step = 2.0",
        TAIL + "test_the_tail_of_the_series_keeps_its_digits[10-0.5]",
    ),
    Mutant(
        "stop early",
        "chao_wang_jost:series_tail",
        "np.log(min(1.0, n * A)) - 40.0",
        "np.log(min(1.0, n * A)) - 10.0",
        TAIL + "test_the_tail_of_the_series_keeps_its_digits[10-0.5]",
    ),
    Mutant(
        "forget the empty cells",
        "james_stein:_value",
        "weight / K + (1 - weight) * counts / n",
        drop_left,
        TABLE + "[james_stein]",
    ),
    Mutant(
        "one more observation",
        "james_stein:_intensity",
        "spectrum.n - 1",
        drop_right,
        TABLE + "[james_stein]",
    ),
    Mutant(
        "shrink beyond the target",
        "james_stein:_intensity",
        "min(1.0, variance / ((spectrum.n - 1) * spread))",
        "max(0.0, variance / ((spectrum.n - 1) * spread))",
        TABLE + "[james_stein]",
    ),
    Mutant(
        "Jeffreys is Laplace",
        "dirichlet_prior",
        "lambda _n, _K: 0.5",
        "lambda _n, _K: 1.0",
        COUNTS + "test_published_values_of_priors_are_met[jeffreys-1.556911]",
    ),
    Mutant(
        "one more category",
        "bayesian:bayesian_entropy",
        "spectrum.K - 1",
        drop_right,
        COUNTS + "test_published_values_of_priors_are_met[laplace-1.574097]",
    ),
    Mutant(
        "the plain logarithm",
        "jackknife:_g",
        "before * np.log1p(1 / before)",
        "0 * before * np.log1p(1 / before)",
        TABLE + "[jackknife]",
    ),
    Mutant(
        "forget one",
        "jackknife:jackknife_entropy",
        "variance / (spectrum.n - 1)",
        drop_right,
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[jackknife]",
    ),
    Mutant(
        "shift the harmonic numbers", "bonachela:bonachela_entropy", "n + 3", "n + 2", TABLE + "[bonachela]"
    ),
    Mutant(
        "the mean of another sample",
        "dirichlet_entropy:mean_and_variance",
        "digamma(total + 1) - digamma(alpha + 1)",
        "digamma(total) - digamma(alpha + 1)",
        MOMENTS + "[[1, 2, 3, 2, 1]]",
    ),
    Mutant(
        "drop the curvature",
        "dirichlet_entropy:mean_and_variance",
        "(above - mean[:, None]) ** 2 + (_g(alpha) - _g(total))",
        drop_right,
        MOMENTS + "[[1, 2, 3, 2, 1]]",
    ),
    Mutant(
        "another prior",
        "nemenman_shafee_bialek:_log_density",
        "_log_derivative(beta, K)",
        "2 * _log_derivative(beta, K)",
        QUADRATURE + "[four]",
    ),
    Mutant(
        "one more category in the prior",
        "nemenman_shafee_bialek:_log_density",
        "_log_derivative(beta, K)",
        "_log_derivative(beta, K + 1)",
        QUADRATURE + "[four]",
    ),
    Mutant(
        "one more category in the normaliser",
        "nemenman_shafee_bialek:_log_density",
        "K * beta",
        "(K + 1) * beta",
        QUADRATURE + "[four]",
    ),
    Mutant(
        "forget how often a count occurs",
        "nemenman_shafee_bialek:_log_density",
        "_log_rising(beta[:, None], spectrum.counts) @ spectrum.multiplicities",
        "_log_rising(beta[:, None], spectrum.counts) @ spectrum.counts**0",
        QUADRATURE + "[five]",
    ),
    Mutant(
        "forget what beta adds",
        "nemenman_shafee_bialek:_trapezoid",
        "np.concatenate(variances) + (mean - centre) ** 2",
        drop_right,
        QUADRATURE + "[four]",
    ),
    Mutant(
        "leave the tails out",
        "nemenman_shafee_bialek",
        "_NEGLIGIBLE = 45.0",
        "_NEGLIGIBLE = 3.0",
        QUADRATURE + "[four]",
    ),
    Mutant(
        "never shift to 0",
        "category_codes:_integers",
        "wide - low if low else wide",
        never,
        CODES + "test_large_and_negative_integers_are_shifted_to_begin_at_0[70000]",
    ),
    Mutant(
        "merge what looks alike",
        "category_codes:_objects",
        """
            array = np.empty(len(samples), dtype=object)
            array[:] = samples
        """,
        "array = np.asarray(list(map(str, samples)))",
        CODES + "test_samples_of_any_kind_are_counted[samples12-counts12]",
    ),
    Mutant(
        "forget the pairs that do not occur",
        "mutual_information_from_samples:_Pairs.plug_in",
        "max(square - self.product.sum(), 0.0)",
        "0.0",
        INFORMATION + "test_a_variable_tells_its_entropy_of_itself",
    ),
    Mutant(
        "correct the other way",
        "mutual_information_from_samples:mutual_information_from_samples",
        "value += (pairs.K[0] + pairs.K[1] - len(pairs.joint) - 1) / (2 * pairs.n)",
        "value -= (pairs.K[0] + pairs.K[1] - len(pairs.joint) - 1) / (2 * pairs.n)",
        INFORMATION + "test_the_correction_removes_most_of_the_bias",
    ),
    Mutant(
        "a p-value of 0",
        "mutual_information_from_samples:_p_value",
        "(1 + reached) / (1 + permutations)",
        "reached / (1 + permutations)",
        INFORMATION + "test_a_p_value_is_repeated_by_its_seed_and_is_never_0",
    ),
    Mutant(
        "smooth the other categories only",
        "cross_entropy_from_samples:cross_entropy_from_samples",
        "found.K - 1",
        drop_right,
        CROSS + "test_laplace_smoothing_adds_one_to_each_of_all_categories",
    ),
    Mutant(
        "forget categories that neither holds",
        "kl_divergence_from_samples:kl_divergence_from_samples",
        "np.append(q, elsewhere)",
        "np.append(q, 0)",
        CROSS + "test_cross_entropy_is_entropy_plus_divergence",
    ),
    Mutant(
        "swap truth and model",
        "kl_divergence_from_samples:_error",
        "p[present] / q[present]",
        swap,
        CROSS + "test_the_standard_error_is_the_spread_of_repeated_samples[None]",
    ),
    Mutant(
        "smooth nothing",
        "model_counts:ModelCounts.shares",
        "self.of_model + self.a",
        drop_right,
        CROSS + "test_cross_entropy_is_entropy_plus_divergence",
    ),
    Mutant(
        "the mean of documents",
        "corpus_perplexity:_rates",
        "total[0] / total[k + 1]",
        "(columns[:, 0] / columns[:, k + 1]).mean()",
        PERPLEXITY + "test_every_token_counts_the_same",
    ),
    Mutant(
        "count tokens wrongly",
        "corpus_perplexity:_documents",
        "[len(part) for part in parts]",
        "[len(parts) for part in parts]",
        PERPLEXITY + "test_log_likelihoods_of_tokens_are_summed_and_counted",
    ),
    Mutant(
        "nats for bits",
        "perplexity_estimate:Rate.bits",
        "self.nats / math.log(2)",
        drop_right,
        PERPLEXITY + "test_bits_per_byte_and_byte_perplexity_are_a_published_pair",
    ),
    Mutant(
        "a ball of another norm",
        "kozachenko_leonenko:_log_volume",
        "d * math.log(2)",
        "0.0",
        NEAR + "test_entropy_meets_its_definition_by_brute_force[max]",
    ),
    Mutant(
        "count the neighbour itself",
        "kraskov:_first",
        "within(part, distances, strictly=True)",
        "within(part, distances, strictly=False)",
        NEAR + "test_information_meets_its_definition_by_brute_force[1]",
    ),
    Mutant(
        "forget 1/k",
        "kraskov:_second",
        "digamma(k) - 1 / k",
        drop_right,
        NEAR + "test_information_meets_its_definition_by_brute_force[2]",
    ),
    Mutant(
        "count too few",
        "ross:ross_mutual_information",
        "within(b, radii, strictly=True) + 1",
        "within(b, radii, strictly=True) + 2",
        NEAR + "test_categories_far_apart_tell_everything",
    ),
    Mutant(
        "a p-value of 0",
        "one_source_test:one_source_test",
        "(1 + reached) / (1 + permutations)",
        "reached / permutations",
        ONE_SOURCE + "test_of_one_source_it_rejects_as_often_as_its_level_and_of_two_it_does",
    ),
    Mutant(
        "equal statistics left out",
        "one_source_test:one_source_test",
        "_statistics(drawn, both) >= found * (1 - 1e-9) - 1e-15",
        "_statistics(drawn, both) > found * (1 + 1e-9) + 1e-15",
        ONE_SOURCE + "test_equal_counts_a_single_category_and_a_seed",
    ),
    Mutant(
        "one sample alone",
        "one_source_test:_statistics",
        "(first, both - first)",
        "(first,)",
        ONE_SOURCE + "test_the_statistic_is_the_likelihood_ratio_of_the_table_of_scipy",
    ),
    Mutant(
        "samples of equal size",
        "one_source_test:_statistics",
        "counts.sum(axis=1, keepdims=True) / total",
        "0.5 + 0 * counts.sum(axis=1, keepdims=True)",
        ONE_SOURCE + "test_the_statistic_is_the_likelihood_ratio_of_the_table_of_scipy",
    ),
    Mutant(
        "take rounded samples for continuous ones",
        "rounded_samples:refuse_rounding",
        "tied > _MOST_TIED * len(samples)",
        "tied > len(samples)",
        NEAR + "test_noise_of_a_rounding_step_undoes_rounding[4000-2]",
    ),
    Mutant(
        "refuse a constant",
        "rounded_samples:refuse_rounding",
        "len(values) > 1 and tied > _MOST_TIED * len(samples)",
        drop_left,
        NEAR + "test_a_constant_tells_nothing",
    ),
    Mutant(
        "noise to one side",
        "rounded_samples:spread_over_steps",
        "steps * (rng.random(samples.shape) - 0.5)",
        "steps * rng.random(samples.shape) / 8",
        NEAR + "test_noise_of_a_rounding_step_undoes_rounding[4000-1]",
    ),
    Mutant(
        "squares that overflow",
        "rounded_samples:in_standard_units",
        "np.std(samples / reach, axis=0) * reach",
        "np.std(samples, axis=0)",
        NEAR + "test_units_of_columns_change_no_estimate",
    ),
    Mutant(
        "columns as they are",
        "kraskov:kraskov_mutual_information",
        "in_standard_units(part)[0]",
        "part",
        NEAR + "test_units_of_columns_change_no_estimate",
    ),
    Mutant(
        "forget the scales",
        "kozachenko_leonenko:kozachenko_leonenko_entropy",
        "np.sum(np.log(scales)) + digamma(n)",
        drop_left,
        NEAR + "test_units_of_columns_change_no_estimate",
    ),
    Mutant(
        "lose digits near 1",
        "gaussian:gaussian_mutual_information",
        "(1 - r) * (1 + r)",
        "1 - r * r",
        GAUSSIAN + "test_mutual_information_keeps_its_digits_at_both_ends",
    ),
    Mutant(
        "lose digits near 0",
        "gaussian:gaussian_mutual_information",
        "r < 0.5",
        "r < 0",
        GAUSSIAN + "test_mutual_information_keeps_its_digits_at_both_ends",
    ),
    Mutant(
        "swap the covariances",
        "gaussian:gaussian_kl_divergence",
        "of_p - of_q",
        swap,
        GAUSSIAN + "test_divergence_meets_its_definition[2]",
    ),
    Mutant(
        "cut the series short",
        "gaussian",
        "range(1, 17)",
        "range(1, 4)",
        GAUSSIAN + "test_divergence_of_variances_keeps_its_digits[0.51]",
    ),
    Mutant(
        "cancel where a pair is nearly the whole of its condition",
        "conditional_entropy_from_counts:conditional_entropy_from_counts",
        "np.log1p((whole - numbers) / numbers)",
        "np.log(whole / numbers)",
        CONDITIONAL + "[counts2-given2]",
    ),
    Mutant(
        "forget the number of pairs",
        "conditional_entropy_from_counts:conditional_entropy_from_counts",
        "numbers @ np.log1p((whole - numbers) / numbers) / numbers.sum()",
        drop_right,
        CONDITIONAL + "[counts0-given0]",
    ),
)
