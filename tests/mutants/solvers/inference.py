from tests.mutants.harness import Mutant
from tests.mutants.mutators import flip_sign

__all__ = ["MUTANTS"]

LIKELIHOOD = "tests/solvers/test_baseline_likelihood.py::"
SEPARATION = "tests/solvers/test_separation.py::"
FIT = "tests/models/test_unpenalised_fit.py::"
INFERENCE = "tests/models/test_inference.py::"
INFORMATION = LIKELIHOOD + "test_score_and_information_are_the_derivatives_of_the_value[3]"
ADJUSTED = LIKELIHOOD + "test_the_adjusted_score_is_the_derivative_of_the_penalised_value[3]"

MUTANTS = (
    Mutant(
        "forget that classes compete",
        "baseline_likelihood:BaselineLikelihood.information",
        "total[k, :, j] -= X.T @ (X * (weights * probs[:, k + 1] * probs[:, j + 1])[:, None])",
        "total[k, :, j] -= 0.0",
        INFORMATION,
    ),
    Mutant(
        "take the variance for the probability",
        "baseline_likelihood:BaselineLikelihood.information",
        "weights * probs[:, k + 1] * others[:, k + 1]",
        "weights * probs[:, k + 1]",
        INFORMATION,
    ),
    Mutant(
        "score rows as if all weighed 1",
        "baseline_likelihood:BaselineLikelihood.score",
        "self.row_scores(theta, rows) * self.weights[rows, None]",
        "self.row_scores(theta, rows)",
        INFORMATION,
    ),
    Mutant(
        "measure the margin over the true class itself",
        "baseline_likelihood:BaselineLikelihood.least_margin",
        "logits[places, codes] = -np.inf",
        "pass",
        LIKELIHOOD + "test_the_least_margin_is_that_of_the_definition",
    ),
    Mutant(
        "count the covariance of the true class twice",
        "jeffreys:_adjustment",
        "np.einsum('ikk->ik', Q) - 2 * Qp",
        "np.einsum('ikk->ik', Q) - Qp",
        ADJUSTED,
    ),
    Mutant(
        "leave out the mean over the classes",
        "jeffreys:_adjustment",
        "a - np.einsum('ik,ik->i', probs, a)[:, None]",
        "a",
        ADJUSTED,
    ),
    Mutant(
        "double the prior",
        "jeffreys:_adjustment",
        "0.5 * probs",
        "probs",
        ADJUSTED,
    ),
    Mutant(
        "push away from the middle",
        "jeffreys:adjusted_score",
        "likelihood.row_scores(theta, rows) + _adjustment(likelihood, theta, inverse, rows)",
        flip_sign,
        ADJUSTED,
    ),
    Mutant(
        "call any step a proof",
        "overlap:overlap",
        """
            if not tilt.min() > -1:
                return Overlap(proven=False, gap=math.inf)
        """,
        "tilt = np.maximum(tilt, -0.9)",
        SEPARATION + "test_overlap_is_proven_only_where_it_holds",
    ),
    Mutant(
        "half the gap",
        "overlap:overlap",
        "weights * probs * i_divergence.terms(1 + tilt, -tilt, -np.log1p(tilt), xp=np)",
        "weights * probs * i_divergence.terms(1 + tilt, -tilt, -np.log1p(tilt), xp=np) / 4",
        LIKELIHOOD + "test_the_gap_of_overlap_bounds_what_remains[2]",
    ),
    Mutant(
        "stop at the first direction",
        "separation:separation",
        "itertools.chain([first], directions)",
        "[first]",
        SEPARATION + "test_all_infinite_coefficients_are_found",
    ),
    Mutant(
        "believe the rows that were drawn",
        "separation:_separating_direction",
        "not violated.any()",
        "True",
        SEPARATION + "test_one_row_among_thousands_makes_the_classes_overlap",
    ),
    Mutant(
        "call every separation complete",
        "separation:separation",
        "_has_positive_margins(rows)",
        "True",
        SEPARATION + "test_kinds_are_those_of_the_definition",
    ),
    Mutant(
        "scale columns by their offset",
        "margins:MarginRows.of",
        "X.min(axis=0) if fit_intercept else np.zeros(p)",
        "np.zeros(p)",
        SEPARATION + "test_large_offsets_hide_no_separation",
    ),
    Mutant(
        "move a coefficient that is fixed",
        "fisher_scoring:_Point.step",
        "np.flatnonzero(self._free)",
        "np.arange(self._free.size)",
        LIKELIHOOD + "test_a_fixed_coefficient_stays_and_the_others_are_at_their_maximum",
    ),
    Mutant(
        "give any maximum instead of the one of least norm",
        "unpenalised_fit:least_norm_point",
        "np.linalg.solve(dependence @ dependence.T, dependence)",
        "np.eye(len(columns), p)",
        FIT + "test_dependent_columns_take_the_least_weights_of_all_maxima[2]",
    ),
    Mutant(
        "square weights that are frequencies",
        "covariance:sandwich",
        "likelihood.weights[rows] if frequencies else likelihood.weights[rows] ** 2",
        "likelihood.weights[rows] ** 2",
        INFERENCE + "test_a_frequency_counts_as_that_many_rows[maximum likelihood]",
    ),
    Mutant(
        "correct by the number of clusters alone",
        "covariance:sandwich",
        "len(totals) / (len(totals) - 1) * (n - 1) / (n - size)",
        "len(totals) / (len(totals) - 1)",
        INFERENCE + "test_clustered_standard_errors_agree_with_statsmodels",
    ),
    Mutant(
        "penalise the contrasts themselves",
        "fitted_rows:FittedRows.inverse_information",
        "np.eye(K - 1) - 1 / K",
        "np.eye(K - 1)",
        INFERENCE + "test_the_penalty_of_several_classes_is_a_form_of_their_contrasts",
    ),
    Mutant(
        "profile the intercept of centred features",
        "fitted_rows:FittedRows.profile",
        "self._uncentred_maximum",
        "self._centred_maximum",
        INFERENCE + "test_intercepts_have_profiles_of_the_features_as_given",
    ),
    Mutant(
        "forget the unit of the feature",
        "profile_likelihood:Profile._at",
        "coefficient * self._scale",
        "coefficient",
        LIKELIHOOD + "test_the_ends_of_a_profile_interval_have_the_requested_deviance",
    ),
    Mutant(
        "take rows without the rare level for proof that nothing separates",
        "separation:_separating_direction",
        "(largest > _TOLERANCE).any()",
        "False",
        SEPARATION + "test_a_level_that_none_of_the_first_rows_has_is_found[2000-5]",
    ),
    Mutant(
        "let probabilities below rounding prove an overlap",
        "overlap:overlap",
        "proven and balanced",
        "balanced",
        SEPARATION + "test_tiny_probabilities_prove_no_overlap",
    ),
    Mutant(
        "never ask a program where the gap alone is within the tolerance",
        "unpenalised:maximise_likelihood",
        "ascent.levels_off or ascent.unproven_gap <= tol",
        "ascent.levels_off and False",
        SEPARATION + "test_rows_of_great_certainty_that_overlap_are_certified",
    ),
    Mutant(
        "report errors of weights that do not sum to 0",
        "class_errors:class_standard_errors",
        "np.eye(K)[:, 1:] - 1 / K",
        "np.eye(K)[:, 1:]",
        "tests/jobs/test_fitting.py::test_coefficients_have_intervals_of_the_penalised_fit",
    ),
    Mutant(
        "leave the intercept where it is",
        "wide_information:penalised_variances",
        "has_intercept",
        "False",
        "tests/solvers/test_wide_information.py::test_variances_are_those_of_the_inverse[with intercept]",
    ),
    Mutant(
        "drop the identity",
        "wide_information:penalised_variances",
        "inner[np.diag_indices_from(inner)] += 1",
        "inner[np.diag_indices_from(inner)] += 2",
        "tests/solvers/test_wide_information.py::test_variances_are_those_of_the_inverse[without]",
    ),
    Mutant(
        "take the curvature for its root",
        "wide_information:penalised_variances",
        "np.sqrt(curvature)",
        "curvature",
        "tests/solvers/test_wide_information.py::test_variances_are_those_of_the_inverse[without]",
    ),
    Mutant(
        "report the prior's variance",
        "wide_information:penalised_variances",
        "np.asarray(prior * (1 - prior * np.einsum('ij,ij->j', half, half)))",
        "np.asarray(prior)",
        "tests/solvers/test_wide_information.py::test_variances_are_those_of_the_inverse[without]",
    ),
    Mutant(
        "take dependent combinations",
        "wald_statistic:wald_statistic",
        "int(np.linalg.matrix_rank(rows))",
        "q",
        INFERENCE + "test_a_wald_test_of_linearly_dependent_combinations_is_refused[contrasts1]",
    ),
    Mutant(
        "leave combinations in the units of the features",
        "wald_statistic:wald_statistic",
        "contrasts * errors",
        "contrasts * 1.0",
        INFERENCE + "test_wald_tests_take_names_or_contrasts",
    ),
    Mutant(
        "standardise the columns of the covariance alone",
        "wald_statistic:wald_statistic",
        "covariance / errors / errors[:, None]",
        "covariance / errors",
        INFERENCE + "test_wald_tests_take_names_or_contrasts",
    ),
    Mutant(
        "forget the lengths of the combinations",
        "wald_statistic:wald_statistic",
        "excess / lengths @ np.linalg.solve(product, excess / lengths)",
        "excess @ np.linalg.solve(product, excess)",
        INFERENCE + "test_a_wald_test_does_not_depend_on_the_scale_of_combinations",
    ),
)
