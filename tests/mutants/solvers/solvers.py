from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, other_extreme

__all__ = ["MUTANTS"]

TESTS = "tests/solvers/test_maximum_likelihood.py::"

MUTANTS = (
    Mutant(
        "accept steps that climb",
        "descent:Descent.step",
        "there.objective <= bound",
        "there.objective <= bound + 1",
        TESTS + "test_a_step_that_climbs_is_halved",
    ),
    Mutant(
        "never stop for rounding",
        "descent:Descent._progresses",
        "return False",
        "return True",
        TESTS + "test_a_tolerance_below_rounding_is_told_not_looped_over",
    ),
    Mutant(
        "call it converged at the limit of steps",
        "descent:Descent.solution",
        "self._certify() <= tol",
        "True",
        TESTS + "test_a_limit_of_steps_is_told_not_hidden",
    ),
    Mutant(
        "draw the sample without regard to classes",
        "maximum_likelihood:stratified_sample",
        "max(50, size * len(rows) // n)",
        "size * len(rows) // n",
        TESTS + "test_a_class_that_a_sample_would_miss_is_in_it",
    ),
    Mutant(
        "claim gaps of earlier points that the last does not prove",
        "descent:Descent.solution",
        "max(one.objective - least, self.gap)",
        "self.gap",
        TESTS + "test_the_objective_never_rises_and_every_step_is_told[in memory]",
    ),
    Mutant(
        "stop without a certificate",
        "descent:Descent._certify",
        "not self._certified",
        "False",
        TESTS + "test_a_tolerance_below_rounding_is_told_not_looped_over[in memory]",
    ),
    Mutant(
        "conjugate directions that are not",
        "conjugate_gradients:newton_direction",
        "z + size / before * way",
        "z",
        "tests/solvers/test_newton_cg.py::test_a_direction_solves_the_system_to_the_accuracy_asked_for",
    ),
    Mutant(
        "a Newton system without the part that all classes share",
        "newton_cg:_Directions.solution",
        "common - self._coordinates.point(direction)",
        drop_left,
        "tests/solvers/test_newton_cg.py::test_the_inverse_hessian_solves_the_newton_system_also_where_all_classes_move_alike"
        "[three classes-no blocks]",
    ),
    Mutant(
        "solve a Newton system roughly",
        "newton_cg:_Directions.solution",
        "_SOLVED",
        "0.9",
        "tests/solvers/test_newton_cg.py::test_the_inverse_hessian_solves_the_newton_system_also_where_all_classes_move_alike"
        "[two classes-no blocks]",
    ),
    Mutant(
        "follow negative curvature",
        "conjugate_gradients:newton_direction",
        "not curvature > 0 or not math.isfinite(curvature)",
        "False",
        "tests/solvers/test_newton_cg.py::test_negative_curvature_by_rounding_still_gives_a_descent",
    ),
    Mutant(
        "a product that forgets the mean over the classes",
        "single_precision_rows:SinglePrecisionRows._curved",
        "along -= probs * np.einsum('ij->i', along)[:, None]",
        "pass",
        "tests/solvers/test_newton_cg.py::test_rough_rows_have_the_curvature_of_the_objective[dense-kept]",
    ),
    Mutant(
        "a sparse product without the constant",
        "sparse_rows:SparseRows._along",
        "along += direction[:, -1].astype(np.float32)",
        "pass",
        "tests/solvers/test_newton_cg.py::test_rough_rows_have_the_curvature_of_the_objective[sparse-kept]",
    ),
    Mutant(
        "coordinates that forget the mean",
        "standardisation:Standardisation.point",
        "np.subtract(coordinates[:, -1], point[:, :-1] @ self.mean, out=point[:, -1])",
        "point[:, -1] = coordinates[:, -1]",
        "tests/solvers/test_standardisation.py::test_coordinates_and_points_are_inverse",
    ),
    Mutant(
        "precondition with nothing",
        "maximum_likelihood:_sampled",
        "rough.inverse_hessian_times",
        "lambda gradient: gradient",
        TESTS + "test_many_rows_are_solved_through_a_sample",
    ),
    Mutant(
        "invert curvature that is only rounding",
        "kronecker:KroneckerInverse.__init__",
        "objective.decay == 0",
        "False",
        "tests/solvers/test_inverse_hessians.py::"
        "test_without_a_penalty_a_gradient_common_to_all_classes_moves_nothing",
    ),
    Mutant(
        "choose the worst C",
        "penalty_search:_best",
        "min(tried, key=lambda candidate: candidate.with_one_error)",
        other_extreme,
        "tests/models/test_penalty_search.py::test_the_search_brackets_the_best_by_half_decades",
    ),
    Mutant(
        "compare values of C by the loss without a wrong row",
        "penalty_search:weighted_mean",
        "(n * mean + wrong) / (n + 1)",
        "mean",
        "tests/models/test_penalty_search.py::test_a_search_without_errors_does_not_go_to_its_limit",
    ),
    Mutant(
        "judge each fold by rows that it was fitted to",
        "penalty_search:_Folds.cross_validate",
        "self._fold_point(np.flatnonzero(~out), C, whole)",
        "whole.point",
        "tests/models/test_penalty_search.py::test_cross_validated_losses_are_those_of_rows_left_out",
    ),
    Mutant(
        "descend squared error under the name of cross-entropy",
        "descent_race",
        "(sigmoid_cross_entropy, softmax_cross_entropy)",
        "(sigmoid_squared_error, softmax_squared_error)",
        "tests/lab/test_descent_race.py::test_the_first_step_is_that_of_the_definition[four classes]",
    ),
    Mutant(
        "take the norm of the change of the logits for that of the gradient",
        "descent_race:_Rows.step",
        "slopes * moved",
        "moved * moved",
        "tests/lab/test_descent_race.py::test_descent_with_more_features_than_rows_is_that_of_the_definition[zero-2]",
    ),
    Mutant(
        "solve every neighbour by L-BFGS",
        "neighbour:minimise_near",
        "solved.report.solver == 'newton-cg'",
        "solved.report.solver == 'none'",
        "tests/solvers/test_neighbour.py::test_a_neighbour_is_solved_by_the_same_method[newton-cg-newton-cg]",
    ),
    Mutant(
        "precondition a neighbour by nothing",
        "neighbour:minimise_near",
        "solved.inverse_hessian_times",
        "np.copy",
        "tests/solvers/test_neighbour.py::test_a_factor_of_the_neighbour_saves_most_steps",
    ),
)
