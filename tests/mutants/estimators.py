from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

ROOM = "measures/estimators/"
TESTS = "tests/measures/estimators/"
COUNTS = TESTS + "test_entropy_from_counts.py::"
TABLE = COUNTS + "test_published_values_are_met"
DEFINITIONS = COUNTS + "test_definitions_are_met_to_rounding"
NSB = TESTS + "test_nemenman_shafee_bialek.py::"
QUADRATURE = NSB + "test_mean_and_deviation_are_those_of_brute_quadrature"
INFORMATION = TESTS + "test_mutual_information_from_samples.py::"
CROSS = TESTS + "test_cross_entropy_from_samples.py::"
PERPLEXITY = TESTS + "test_corpus_perplexity.py::"
GAUSSIAN = TESTS + "test_gaussian.py::"
NEAR = TESTS + "test_neighbour_estimators.py::"
TAIL = TESTS + "test_chao_wang_jost.py::"
MOMENTS = TESTS + "test_dirichlet_entropy.py::test_moments_meet_their_definition"
CODES = TESTS + "test_category_codes.py::"

# File, what goes wrong, the text before and after, the test that notices.
_EDITS = (
    (
        "plug_in",
        "cancel",
        "np.log1p(spectrum.rest / spectrum.counts))",
        "np.log(spectrum.n) - np.log(spectrum.counts))",
        DEFINITIONS + "[[1000000, 1]-plug_in]",
    ),
    ("plug_in", "flip the sign", "return spectrum.mean(np", "return -spectrum.mean(np", TABLE + "[plug_in]"),
    (
        "plug_in",
        "forget the sample",
        "variance / spectrum.n",
        "variance",
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[plug_in]",
    ),
    (
        "plug_in",
        "do not centre",
        "surprisal - spectrum.mean(surprisal)",
        "surprisal",
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[plug_in]",
    ),
    (
        "miller_madow",
        "count all categories",
        "spectrum.observed - 1",
        "spectrum.observed",
        TABLE + "[miller_madow]",
    ),
    (
        "chao_shen",
        "forget the last singleton",
        "    singletons -= singletons == spectrum.n\n",
        "",
        DEFINITIONS + "[[1, 1]-chao_shen]",
    ),
    ("chao_shen", "cover everything", "covered = (n - singletons)", "covered = n", TABLE + "[chao_shen]"),
    ("chao_shen", "include everything", "surprisal / included", "surprisal", TABLE + "[chao_shen]"),
    (
        "grassberger_1988",
        "flip the parity",
        "1 - 2 * (n_k % 2)",
        "2 * (n_k % 2) - 1",
        TABLE + "[grassberger_1988]",
    ),
    (
        "grassberger_2003",
        "flip the parity",
        "1 - 2 * (n % 2)",
        "2 * (n % 2) - 1",
        TABLE + "[grassberger_2003]",
    ),
    (
        "grassberger_2003",
        "subtract the estimate",
        "np.log(spectrum.n) - grass",
        "np.log(spectrum.n) + grass",
        TABLE + "[grassberger_2003]",
    ),
    (
        "schuermann_grassberger",
        "the logarithm of 2003",
        "digamma(float(spectrum.n))",
        "__import__('math').log(spectrum.n)",
        TABLE + "[schuermann_grassberger]",
    ),
    (
        "zhang",
        "the logarithm of n",
        "digamma(float(spectrum.n))",
        "__import__('math').log(spectrum.n)",
        TABLE + "[zhang]",
    ),
    (
        "chao_wang_jost",
        "twice as often",
        "2 * twice, (n - 1) * once",
        "twice, (n - 1) * once",
        TABLE + "[chao_wang_jost]",
    ),
    (
        "chao_wang_jost",
        "coarse steps",
        "step = 0.1",
        "step = 2.0",
        TAIL + "test_the_tail_of_the_series_keeps_its_digits[10-0.5]",
    ),
    (
        "chao_wang_jost",
        "stop early",
        "- 40.0",
        "- 10.0",
        TAIL + "test_the_tail_of_the_series_keeps_its_digits[10-0.5]",
    ),
    ("james_stein", "forget the empty cells", "weight / K + (1", "(1", TABLE + "[james_stein]"),
    (
        "james_stein",
        "one more observation",
        "(spectrum.n - 1) * spread",
        "spectrum.n * spread",
        TABLE + "[james_stein]",
    ),
    (
        "james_stein",
        "shrink beyond the target",
        "min(1.0, variance",
        "max(0.0, variance",
        TABLE + "[james_stein]",
    ),
    (
        "dirichlet_prior",
        "Jeffreys is Laplace",
        "0.5,",
        "1.0,",
        COUNTS + "test_published_values_of_priors_are_met[jeffreys-1.556911]",
    ),
    (
        "bayesian",
        "one more category",
        "(spectrum.K - 1) * a",
        "spectrum.K * a",
        COUNTS + "test_published_values_of_priors_are_met[laplace-1.574097]",
    ),
    (
        "jackknife",
        "the plain logarithm",
        "np.log(counts) + before",
        "np.log(counts) + 0 * before",
        TABLE + "[jackknife]",
    ),
    (
        "jackknife",
        "forget one",
        "variance / (spectrum.n - 1)",
        "variance",
        COUNTS + "test_standard_errors_are_the_spread_of_repeated_samples[jackknife]",
    ),
    ("bonachela", "shift the harmonic numbers", "digamma(n + 3)", "digamma(n + 2)", TABLE + "[bonachela]"),
    (
        "dirichlet_entropy",
        "the mean of another sample",
        "digamma(total + 1) -",
        "digamma(total) -",
        MOMENTS + "[[1, 2, 3, 2, 1]]",
    ),
    (
        "dirichlet_entropy",
        "drop the curvature",
        "+ (_g(alpha) - _g(total))",
        "",
        MOMENTS + "[[1, 2, 3, 2, 1]]",
    ),
    (
        "nemenman_shafee_bialek",
        "another prior",
        "likelihood + _log_slope(beta, K)",
        "likelihood + 2 * _log_slope(beta, K)",
        QUADRATURE + "[four]",
    ),
    (
        "nemenman_shafee_bialek",
        "one more category in the prior",
        "likelihood + _log_slope(beta, K)",
        "likelihood + _log_slope(beta, K + 1)",
        QUADRATURE + "[four]",
    ),
    (
        "nemenman_shafee_bialek",
        "one more category in the normaliser",
        "rising - _log_rising(K * beta",
        "rising - _log_rising((K + 1) * beta",
        QUADRATURE + "[four]",
    ),
    (
        "nemenman_shafee_bialek",
        "forget how often a count occurs",
        "@ spectrum.multiplicities",
        "@ spectrum.counts**0",
        QUADRATURE + "[five]",
    ),
    (
        "nemenman_shafee_bialek",
        "forget what beta adds",
        "(np.concatenate(variances) + (mean - centre) ** 2)",
        "np.concatenate(variances)",
        QUADRATURE + "[four]",
    ),
    (
        "nemenman_shafee_bialek",
        "leave the tails out",
        "_NEGLIGIBLE = 45.0",
        "_NEGLIGIBLE = 3.0",
        QUADRATURE + "[four]",
    ),
    (
        "category_codes",
        "never shift to 0",
        "wide - low if low else wide",
        "wide",
        CODES + "test_large_and_negative_integers_are_shifted_to_begin_at_0[70000]",
    ),
    (
        "category_codes",
        "merge what looks alike",
        "array = np.empty(len(samples), dtype=object)\n    array[:] = samples",
        "array = np.asarray(list(map(str, samples)))",
        CODES + "test_samples_of_any_kind_are_counted[samples12-counts12]",
    ),
    (
        "mutual_information_from_samples",
        "forget the pairs that do not occur",
        "max(square - self.product.sum(), 0.0)",
        "0.0",
        INFORMATION + "test_a_variable_tells_its_entropy_of_itself",
    ),
    (
        "mutual_information_from_samples",
        "correct the other way",
        "value += (",
        "value -= (",
        INFORMATION + "test_the_correction_removes_most_of_the_bias",
    ),
    (
        "mutual_information_from_samples",
        "a p-value of 0",
        "(1 + reached) /",
        "reached /",
        INFORMATION + "test_a_p_value_is_repeated_by_its_seed_and_is_never_0",
    ),
    (
        "cross_entropy_from_samples",
        "smooth the other categories only",
        "(found.K - 1) * found.a",
        "found.K * found.a",
        CROSS + "test_laplace_smoothing_adds_one_to_each_of_all_categories",
    ),
    (
        "kl_divergence_from_samples",
        "forget categories that neither holds",
        "np.append(q, elsewhere)",
        "np.append(q, 0)",
        CROSS + "test_cross_entropy_is_entropy_plus_divergence",
    ),
    (
        "kl_divergence_from_samples",
        "swap truth and model",
        "p[present] / q[present]",
        "q[present] / p[present]",
        CROSS + "test_the_standard_error_is_the_spread_of_repeated_samples[None]",
    ),
    (
        "model_counts",
        "smooth nothing",
        "(self.of_model + self.a)",
        "self.of_model",
        CROSS + "test_cross_entropy_is_entropy_plus_divergence",
    ),
    (
        "corpus_perplexity",
        "the mean of documents",
        "float(total[0] / total[k + 1])",
        "float((columns[:, 0] / columns[:, k + 1]).mean())",
        PERPLEXITY + "test_every_token_counts_the_same",
    ),
    (
        "corpus_perplexity",
        "count tokens wrongly",
        "[len(part) for part in parts]",
        "[len(parts) for part in parts]",
        PERPLEXITY + "test_log_likelihoods_of_tokens_are_summed_and_counted",
    ),
    (
        "perplexity_estimate",
        "nats for bits",
        "return self.nats / math.log(2)",
        "return self.nats",
        PERPLEXITY + "test_bits_per_byte_and_byte_perplexity_are_a_published_pair",
    ),
    (
        "kozachenko_leonenko",
        "a ball of another norm",
        "return d * math.log(2)",
        "return 0.0",
        NEAR + "test_entropy_meets_its_definition_by_brute_force[max]",
    ),
    (
        "kraskov",
        "count the neighbour itself",
        "strictly=True",
        "strictly=False",
        NEAR + "test_information_meets_its_definition_by_brute_force[1]",
    ),
    (
        "kraskov",
        "forget 1/k",
        "digamma(k) - 1 / k +",
        "digamma(k) +",
        NEAR + "test_information_meets_its_definition_by_brute_force[2]",
    ),
    (
        "ross",
        "count too few",
        "strictly=True) + 1",
        "strictly=True) + 2",
        NEAR + "test_categories_far_apart_tell_everything",
    ),
    (
        "gaussian",
        "lose digits near 1",
        "np.log((1 - r) * (1 + r))",
        "np.log(1 - r * r)",
        GAUSSIAN + "test_mutual_information_keeps_its_digits_at_both_ends",
    ),
    (
        "gaussian",
        "lose digits near 0",
        "np.where(r < 0.5, np",
        "np.where(r < 0, np",
        GAUSSIAN + "test_mutual_information_keeps_its_digits_at_both_ends",
    ),
    (
        "gaussian",
        "swap the covariances",
        "_whitened(of_p - of_q, factor)",
        "_whitened(of_q - of_p, factor)",
        GAUSSIAN + "test_divergence_meets_its_definition[2]",
    ),
    (
        "gaussian",
        "cut the series short",
        "for n in range(1, 17)",
        "for n in range(1, 4)",
        GAUSSIAN + "test_divergence_of_variances_keeps_its_digits[0.51]",
    ),
)

MUTANTS = tuple(Mutant(name, f"{ROOM}{stem}.py", old, new, test) for stem, name, old, new, test in _EDITS)
