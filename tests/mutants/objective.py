from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/solvers/test_objective.py::"

MUTANTS = (
    Mutant(
        "penalise the intercepts in the gradient",
        "objective:Objective.evaluate",
        "[of_weights + self.decay * weights, of_intercepts]",
        "[of_weights + self.decay * weights, of_intercepts + self.decay * point[:, -1]]",
        TESTS + "test_gradients_of_intercepts_sum_to_zero",
    ),
    Mutant(
        "twice the penalty",
        "objective:Objective.evaluate",
        "self.decay / 2",
        drop_right,
        TESTS + "test_the_value_is_that_of_the_definition[2]",
    ),
    Mutant(
        "forget the rows' weights in the gradient",
        "objective:Objective.evaluate.term",
        "slopes * weights",
        "slopes / len(self.X)",
        TESTS + "test_the_gradient_is_the_central_difference[weighted]",
    ),
    Mutant(
        "leave the last block out",
        "objective:Objective.sum_over_rows.group",
        "range(rows.start, rows.stop, size)",
        "range(rows.start, max(rows.stop - size, rows.start + 1), size)",
        TESTS + "test_blocks_and_groups_of_rows_add_up_to_the_whole",
    ),
    Mutant(
        "a Hessian without its mirror image",
        "objective:Objective.hessian",
        "H[j, :, k] = H[k, :, j].T",
        "H[j, :, k] = 0",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[three classes]",
    ),
    Mutant(
        "penalise the intercepts in the Hessian",
        "objective:Objective._add_penalty_and_gauge",
        "H[last, last] -= self.decay",
        "pass",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[two classes]",
    ),
    Mutant(
        "p squared for the curvature of one logit",
        "class_logits:OneLogit.curvature",
        "first * second",
        "second * second",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[two classes]",
    ),
    Mutant(
        "a covariance without its diagonal",
        "class_logits:LogitPerClass.covariance",
        "np.diag(weighted.sum(axis=1)) - weighted @ probs.T",
        drop_left,
        "tests/solvers/test_class_logits.py::test_covariance_is_the_weighted_sum_of_curvature[3 classes]",
    ),
)
