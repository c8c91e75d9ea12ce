from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "solvers/objective.py"
LOGITS = "solvers/class_logits.py"
TESTS = "tests/solvers/test_objective.py::"

MUTANTS = (
    Mutant(
        "penalise the intercepts in the gradient",
        FILE,
        "np.column_stack([of_weights + self.decay * weights, of_intercepts])",
        "np.column_stack([of_weights + self.decay * weights, of_intercepts + self.decay * point[:, -1]])",
        TESTS + "test_gradients_of_intercepts_sum_to_zero",
    ),
    Mutant(
        "twice the penalty",
        FILE,
        "penalty = self.decay / 2 * float",
        "penalty = self.decay * float",
        TESTS + "test_the_value_is_that_of_the_definition[2]",
    ),
    Mutant(
        "forget the rows' weights in the gradient",
        FILE,
        "slopes = slopes * weights",
        "slopes = slopes / len(self.X)",
        TESTS + "test_the_gradient_is_the_central_difference[weighted]",
    ),
    Mutant(
        "leave the last block out",
        FILE,
        "starts = range(rows.start, rows.stop, size)",
        "starts = range(rows.start, max(rows.stop - size, rows.start + 1), size)",
        TESTS + "test_blocks_and_groups_of_rows_add_up_to_the_whole",
    ),
    Mutant(
        "a Hessian without its mirror image",
        FILE,
        "H[j, :, k] = H[k, :, j].T",
        "H[j, :, k] = 0",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[three classes]",
    ),
    Mutant(
        "penalise the intercepts in the Hessian",
        FILE,
        "H[last, last] -= self.decay",
        "pass",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[two classes]",
    ),
    Mutant(
        "p squared for the curvature of one logit",
        LOGITS,
        "np.asarray(first * second)[None, None]",
        "np.asarray(second * second)[None, None]",
        TESTS + "test_the_hessian_is_the_difference_of_gradients[two classes]",
    ),
    Mutant(
        "a covariance without its diagonal",
        LOGITS,
        "np.diag(weighted.sum(axis=1)) - weighted @ probs.T",
        "-(weighted @ probs.T)",
        "tests/solvers/test_class_logits.py::test_covariance_is_the_weighted_sum_of_curvature[3 classes]",
    ),
)
