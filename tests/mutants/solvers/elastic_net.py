from tests.mutants.harness import Mutant
from tests.mutants.mutators import flip_sign

__all__ = ["MUTANTS"]

NET = "tests/solvers/test_elastic_net.py::"
DUAL = NET + "test_the_gap_is_the_objective_less_its_dual[0.4-2]"
LASSO = NET + "test_the_gap_is_the_objective_less_its_dual[1.0-3]"
MINIMUM = NET + "test_the_minimum_is_that_of_another_method_and_certified"
DERIVATIVES = NET + "test_derivatives_are_those_of_the_loss"
USERS = "tests/models/test_what_users_expect.py::"
PATH = "tests/models/test_logistic_regression_cv.py::"

MUTANTS = (
    Mutant(
        "half the squares of the gap",
        "elastic_net:ElasticNet.fenchel_gap",
        "(2 * self.squared)",
        "(4 * self.squared)",
        DUAL,
    ),
    Mutant(
        "forget that absolute values count",
        "elastic_net:ElasticNet.fenchel_gap",
        "np.maximum(near, 0) + square",
        "square",
        DUAL,
    ),
    Mutant(
        "leave the dual point infeasible",
        "elastic_net:elastic_net_gap",
        "slopes = slopes * share",
        "pass",
        LASSO,
    ),
    Mutant(
        "call the labels free",
        "elastic_net:elastic_net_gap",
        "_divergence_towards_labels(probs, tilt, rows.codes, share)",
        "np.zeros(len(rows.codes))",
        LASSO,
    ),
    Mutant(
        "shift the intercepts the wrong way",
        "elastic_net:_balancing_shift",
        "-CholeskyFactor(covariance).solve(residual if len(residual) == 1 else residual[1:])",
        flip_sign,
        LASSO,
    ),
    Mutant(
        "leave offsets out of the logits",
        "linear_rows:LinearRows.logits",
        "logits + self.offsets",
        "logits",
        USERS + "test_offsets_enter_the_logits[two classes]",
    ),
    Mutant(
        "add offsets to a direction",
        "linear_rows:LinearRows.curvature_product",
        "self.logits(direction, with_offsets=False)",
        "self.logits(direction)",
        DERIVATIVES + "[offsets]",
    ),
    Mutant(
        "forget that classes compete",
        "linear_rows:LinearRows.curvature",
        "total[k, :, j] -= chosen.T @ (chosen * both[:, None])",
        "total[k, :, j] -= 0.0",
        DERIVATIVES + "[three classes]",
    ),
    Mutant(
        "multiply without the mean over the classes",
        "linear_rows:LinearRows.curvature_product",
        "moves - mean",
        "moves",
        DERIVATIVES + "[three classes]",
    ),
    Mutant(
        "square no feature in the diagonal",
        "linear_rows:LinearRows.curvature_diagonal",
        "block**2",
        "block",
        DERIVATIVES + "[two classes]",
    ),
    Mutant(
        "penalise away from 0",
        "quadratic_model:QuadraticModel._solved",
        "-constant[support] - self.absolute[support] * sign[support]",
        "-constant[support] + self.absolute[support] * sign[support]",
        MINIMUM + "[1.0-two classes]",
    ),
    Mutant(
        "give dependent columns no curvature of their own",
        "quadratic_model",
        "1e-7",
        "0.0",
        NET + "test_the_model_of_doubled_columns_has_one_minimum",
    ),
    Mutant(
        "count every class of a distribution alike",
        "fit_rows:_soft_rows",
        "weights[rows] * expanded.shares",
        "weights[rows]",
        USERS + "test_one_hot_targets_are_labels_and_soft_targets_their_mixture[two classes]",
    ),
    Mutant(
        "judge all folds by the optimum of the first",
        "cross_validated_path:cross_validated_path",
        "problem.losses(number, point)",
        "problem.losses(number, problem.optima(C)[0])",
        PATH + "test_losses_are_those_of_separate_fits",
    ),
    Mutant(
        "stop fits of folds early",
        "cross_validated_path",
        "1e-8",
        "1e-2",
        PATH + "test_losses_are_those_of_separate_fits",
    ),
    Mutant(
        "select the weakest penalty within one standard error",
        "logistic_regression_cv:_selected",
        "min(near)",
        "max(near)",
        PATH + "test_one_standard_error_selects_a_stronger_penalty",
    ),
    Mutant(
        "move the intercept away from the features as given",
        "standard_fit:standard_solution",
        "_moved(point, -centre)",
        "_moved(point, centre)",
        "tests/models/test_logistic_regression.py::test_a_feature_far_from_the_origin_is_certified",
    ),
    Mutant(
        "a search that splits the rows of a distribution",
        "general_fit:search_rows",
        "rows.groups",
        "None",
        PATH + "test_rows_of_one_distribution_are_in_one_fold_of_a_search",
    ),
    Mutant(
        "folds of the expanded rows of distributions",
        "logistic_regression_cv:_places",
        "own = np.unique(origins)[chosen]",
        "return chosen",
        PATH + "test_rows_of_one_distribution_are_in_one_fold",
    ),
    Mutant(
        "leave what the weights of all classes sum to",
        "newton_cg:_Directions._balanced",
        "point[:, :-1].mean(axis=0)",
        "0",
        "tests/solvers/test_newton_cg.py::test_weights_sum_to_0_over_the_classes_from_any_start",
    ),
)
