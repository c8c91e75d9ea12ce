from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, flip_sign, move_bound, swap

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_ordinal.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"

MUTANTS = (
    Mutant(
        "the mean for the sum of the questions",
        "sum_of_sigmoid_cross_entropies:SumOfSigmoidCrossEntropies.value",
        "xp.sum(sigmoid_cross_entropy.value(logits, mass_for, mass_against, xp=xp), axis=-1)",
        "xp.mean(sigmoid_cross_entropy.value(logits, mass_for, mass_against, xp=xp), axis=-1)",
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "masses the wrong way round in the gradient",
        "sum_of_sigmoid_cross_entropies:SumOfSigmoidCrossEntropies.gradient",
        "sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)",
        swap,
        ORACLE.format("coral"),
    ),
    Mutant(
        "a Hessian that is not diagonal",
        "sum_of_sigmoid_cross_entropies:SumOfSigmoidCrossEntropies.hessian",
        "diagonal[..., None] * unit_vectors(high_and_low(logits).rounded, xp=xp)",
        "diagonal[..., None] + 0 * unit_vectors(high_and_low(logits).rounded, xp=xp)",
        "tests/losses/test_derivatives.py::test_closed_forms_agree_with_central_differences[coral]",
    ),
    Mutant(
        "no product with the vectors",
        "sum_of_sigmoid_cross_entropies:SumOfSigmoidCrossEntropies.hessian_vector_product",
        "logits, mass_for, mass_against, vectors",
        "logits, mass_for, mass_against, 0 * vectors + 1",
        ORACLE.format("corn"),
    ),
    Mutant(
        "the label is above itself",
        "label_questions:answers",
        "labels > thresholds",
        move_bound,
        ORACLE.format("corn"),
    ),
    Mutant(
        "the last class is none",
        "label_questions:answers",
        "labels <= examples.logits.shape[-1]",
        move_bound,
        ORACLE.format("coral"),
    ),
    Mutant(
        "a label that is no class has a value",
        "label_questions:answers",
        "xp.where(is_class, xp.zeros_like(examples.logits), xp.nan)",
        "xp.where(is_class, xp.zeros_like(examples.logits), 0.0)",
        TESTS + "test_a_label_beyond_the_classes_is_refused_or_nan_where_it_cannot_be_seen[loss1]",
    ),
    Mutant(
        "corn asks beyond the label",
        "corn:Corn.problem",
        "(above, equal)",
        "(above, 1 - above)",
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "coral does not ask at the label",
        "coral:Coral.problem",
        "equal + below",
        drop_left,
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "task weights of the yes alone",
        "coral:Coral.problem",
        "factors * mass_for, factors * mass_against",
        "factors * mass_for, mass_against",
        TESTS + "test_task_weights_are_factors_of_the_thresholds",
    ),
    Mutant(
        "sums from the first end alone",
        "cumulative_sums:sum_up_to_each_of_none",
        "xp.where(from_first, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))",
        "xp.where(from_first | True, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "the sign of a sum from the other end",
        "cumulative_sums:sum_up_to_each_of_none",
        "0 - sum_after_each(terms, xp=xp)",
        "sum_after_each(terms, xp=xp)",
        ORACLE.format("squared_emd_of_targets"),
    ),
    Mutant(
        "every second sum is forgotten",
        "cumulative_sums:running_sum",
        "reach *= 2",
        "reach *= 4",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "the first power of a flow",
        "squared_emd:distance",
        "flows * flows",
        "xp.abs(flows)",
        TESTS + "test_the_squared_distance_of_two_classes_is_the_squared_error_of_a_sigmoid[numpy]",
    ),
    Mutant(
        "half the slope",
        "squared_emd:_slopes",
        "2 * (up_to_top - sum_before_each(right, xp=xp))",
        drop_left,
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "slopes of the right with the other sign",
        "squared_emd:_slopes",
        "up_to_top - sum_before_each(right, xp=xp)",
        flip_sign,
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "a curvature without its turn",
        "squared_emd:distance_curvature_product",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean) - probs * turn",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean) - 0 * turn",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "a curvature of the model alone",
        "squared_emd:distance_curvature_product",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean)",
        drop_left,
        ORACLE.format("squared_emd_of_targets"),
    ),
    Mutant(
        "the distance from nothing",
        "squared_emd_of_targets:SquaredEMDOfTargets.value",
        "residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp)",
        "residuals_of_targets(softmax(logits, xp=xp), 0 * targets, xp=xp)",
        TESTS + "test_targets_that_the_model_has_cost_nothing_but_rounding",
    ),
)
