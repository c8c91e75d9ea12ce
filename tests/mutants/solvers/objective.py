from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/solvers/test_objective.py::"

MUTANTS = (
    Mutant(
        "penalise the intercepts in the gradient",
        "penalised_sums:penalised_evaluation",
        "[of_weights + objective.decay * weights, of_intercepts]",
        "[of_weights + objective.decay * weights, of_intercepts + objective.decay * point[:, -1]]",
        TESTS + "test_gradients_of_intercepts_sum_to_zero",
    ),
    Mutant(
        "twice the penalty",
        "penalised_sums:penalised_evaluation",
        "objective.decay / 2",
        drop_right,
        TESTS + "test_the_value_is_that_of_the_definition",
    ),
    Mutant(
        "forget the rows' weights in the gradient",
        "block_sums:value_and_slopes",
        "slopes *= block.weights",
        "slopes *= block.weights.mean()",
        TESTS + "test_the_gradient_is_the_central_difference",
    ),
    Mutant(
        "leave the last block out",
        "objective_in_memory:ObjectiveInMemory._blocks",
        "range(rows.start, rows.stop, size)",
        "range(rows.start, max(rows.stop - size, rows.start + 1), size)",
        TESTS + "test_blocks_and_groups_of_rows_add_up_to_what_the_kernel_gives[3]",
    ),
    Mutant(
        "a Hessian without its mirror image",
        "penalised_sums:penalised_hessian",
        "H[j, :, k] = H[k, :, j].T",
        "H[j, :, k] = 0",
        TESTS + "test_the_hessian_is_the_difference_of_gradients",
    ),
    Mutant(
        "penalise the intercepts in the Hessian",
        "penalised_sums:penalised_hessian",
        "H[last, last] -= objective.decay",
        "pass",
        TESTS + "test_the_hessian_is_the_difference_of_gradients",
    ),
    Mutant(
        "forget the gauge in the product with the Hessian",
        "penalised_sums:penalised_product",
        "of_intercepts + intercepts.mean()",
        drop_right,
        TESTS + "test_the_hessian_product_is_the_hessian_times_the_direction",
    ),
    Mutant(
        "let intercepts that are not fitted move the product",
        "penalised_sums:free_part",
        "objective.fit_intercept",
        "True",
        TESTS + "test_the_hessian_product_is_the_hessian_times_the_direction",
    ),
    Mutant(
        "forget the rows' weights in the product with the Hessian",
        "block_sums:curvature_product",
        "classes.curvature_product(_logits(block, point), along) * block.weights",
        drop_right,
        TESTS + "test_the_hessian_product_is_the_hessian_times_the_direction",
    ),
    Mutant(
        "take the label for the likeliest class",
        "class_logits:LogitPerClass.curvature_product",
        "ways -= np.einsum('ij,ij->i', probs, ways)[:, None]",
        "pass",
        TESTS + "test_the_hessian_product_is_the_hessian_times_the_direction",
    ),
    Mutant(
        "moments without the constant",
        "feature_rows:weighted_moments",
        "ones[:, -1] = roots",
        "ones[:, -1] = 1",
        TESTS + "test_moments_are_those_of_the_features_and_one",
    ),
    Mutant(
        "leave the centre in the features",
        "objective_in_memory:ObjectiveInMemory._blocks",
        "features - self.centre",
        drop_right,
        TESTS + "test_a_centre_is_subtracted_from_the_features_in_every_pass",
    ),
    Mutant(
        "forget the factors of a subset",
        "objective_in_memory:ObjectiveInMemory.subset",
        "weights if factors is None else weights * factors",
        "weights",
        TESTS + "test_a_subset_keeps_penalty_and_intercepts_and_scales_its_weights",
    ),
    Mutant(
        "p squared for the curvature of one logit",
        "class_logits:OneLogit.curvature",
        "first * second",
        "second * second",
        TESTS + "test_the_hessian_is_the_difference_of_gradients",
    ),
    Mutant(
        "a covariance without its diagonal",
        "class_logits:LogitPerClass.covariance",
        "np.diag(mass) - probs @ probs.T",
        drop_left,
        "tests/solvers/test_class_logits.py::test_covariance_is_the_weighted_sum_of_curvature[3 classes]",
    ),
)
