from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_ordinal.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
SUM = "formulas/losses/sum_of_sigmoid_cross_entropies.py"
SUMS = "precision/cumulative_sums.py"
EMD = "formulas/losses/squared_emd.py"
TARGETS = "formulas/losses/squared_emd_of_targets.py"
ANSWERS = "losses/arguments/label_questions.py"

MUTANTS = (
    Mutant(
        "the mean for the sum of the questions",
        SUM,
        "xp.sum(sigmoid_cross_entropy.value",
        "xp.mean(sigmoid_cross_entropy.value",
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "masses the wrong way round in the gradient",
        SUM,
        "sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)",
        "sigmoid_cross_entropy.gradient(logits, mass_against, mass_for, xp=xp)",
        ORACLE.format("coral"),
    ),
    Mutant(
        "a Hessian that is not diagonal",
        SUM,
        "diagonal[..., None] * unit_vectors(rounded_and_rest(logits).rounded, xp=xp)",
        "diagonal[..., None] + 0 * unit_vectors(rounded_and_rest(logits).rounded, xp=xp)",
        "tests/losses/test_derivatives.py::test_closed_forms_agree_with_central_differences[coral]",
    ),
    Mutant(
        "no product with the vectors",
        SUM,
        "args = logits, mass_for, mass_against, vectors",
        "args = logits, mass_for, mass_against, 0 * vectors + 1",
        ORACLE.format("corn"),
    ),
    Mutant(
        "the label is above itself",
        ANSWERS,
        "labels > thresholds",
        "labels >= thresholds",
        ORACLE.format("corn"),
    ),
    Mutant(
        "the last class is none",
        ANSWERS,
        "labels <= examples.logits.shape[-1]",
        "labels < examples.logits.shape[-1]",
        ORACLE.format("coral"),
    ),
    Mutant(
        "a label that is no class has a value",
        ANSWERS,
        "xp.zeros_like(examples.logits), xp.nan)",
        "xp.zeros_like(examples.logits), 0.0)",
        TESTS + "test_a_label_beyond_the_classes_is_refused_or_nan_where_it_cannot_be_seen[loss1]",
    ),
    Mutant(
        "corn asks beyond the label",
        "losses/ordinal/corn.py",
        "return Problem(examples, formula, (above, equal))",
        "return Problem(examples, formula, (above, 1 - above))",
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "coral does not ask at the label",
        "losses/ordinal/coral.py",
        "equal + below",
        "below",
        TESTS + "test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "task weights of the yes alone",
        "losses/ordinal/coral.py",
        "factors * mass_for, factors * mass_against",
        "factors * mass_for, mass_against",
        TESTS + "test_task_weights_are_factors_of_the_thresholds",
    ),
    Mutant(
        "sums from the first end alone",
        SUMS,
        "return xp.where(from_first, ",
        "return xp.where(from_first | True, ",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "the sign of a sum from the other end",
        SUMS,
        "0 - sum_after_each(terms, xp=xp)",
        "sum_after_each(terms, xp=xp)",
        ORACLE.format("squared_emd_of_targets"),
    ),
    Mutant("every second sum is forgotten", SUMS, "reach *= 2", "reach *= 4", ORACLE.format("squared_emd")),
    Mutant(
        "the first power of a flow",
        EMD,
        "    return xp.sum(flows * flows, axis=-1)\n",
        "    return xp.sum(xp.abs(flows), axis=-1)\n",
        TESTS + "test_the_squared_distance_of_two_classes_is_the_squared_error_of_a_sigmoid[numpy]",
    ),
    Mutant(
        "half the slope",
        EMD,
        "return 2 * (up_to_top",
        "return (up_to_top",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "slopes of the right with the other sign",
        EMD,
        "up_to_top - sum_before_each",
        "up_to_top + sum_before_each",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "a curvature without its turn",
        EMD,
        " - probs * turn",
        " - 0 * turn",
        ORACLE.format("squared_emd"),
    ),
    Mutant(
        "a curvature of the model alone",
        EMD,
        "model.jacobian_product(bends, xp=xp) + steps",
        "steps",
        ORACLE.format("squared_emd_of_targets"),
    ),
    Mutant(
        "the distance from nothing",
        TARGETS,
        "return distance(residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp), xp=xp)",
        "return distance(residuals_of_targets(softmax(logits, xp=xp), 0 * targets, xp=xp), xp=xp)",
        TESTS + "test_targets_that_the_model_has_cost_nothing_but_rounding",
    ),
)
