from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import move_bound, swap

__all__ = ["MUTANTS"]

TESTS = "tests/losses/ordinal/test_ordinal.py::"

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
        meets_definition("coral"),
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
        meets_definition("corn"),
    ),
    Mutant(
        "the label is above itself",
        "label_questions:answers",
        "labels > thresholds",
        move_bound,
        meets_definition("corn"),
    ),
    Mutant(
        "the last class is none",
        "label_questions:answers",
        "labels <= examples.logits.shape[-1]",
        move_bound,
        meets_definition("coral"),
    ),
    Mutant(
        "a label that is no class has a value",
        "label_questions:answers",
        "xp.where(is_class, xp.zeros_like(examples.logits), xp.nan)",
        "xp.where(is_class, xp.zeros_like(examples.logits), 0.0)",
        TESTS + "test_a_label_beyond_the_classes_is_refused_or_nan_where_it_cannot_be_seen[loss1]",
    ),
    Mutant(
        "sums from the first end alone",
        "cumulative_sums:sum_up_to_each_of_none",
        "xp.where(from_first, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))",
        "xp.where(from_first | True, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))",
        meets_definition("squared_emd"),
    ),
    Mutant(
        "the sign of a sum from the other end",
        "cumulative_sums:sum_up_to_each_of_none",
        "0 - sum_after_each(terms, xp=xp)",
        "sum_after_each(terms, xp=xp)",
        meets_definition("squared_emd_of_targets"),
    ),
    Mutant(
        "every second sum is forgotten",
        "cumulative_sums:running_sum",
        "reach *= 2",
        "reach *= 4",
        meets_definition("squared_emd"),
    ),
)
