from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_left, drop_right, move_bound, other_extreme

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_examples.py::"
MISTAKES = "tests/losses/test_known_mistakes.py::"
WEIGHTS = "test_a_weight_multiplies_every_quantity_of_its_row"
SHAPES = "test_shapes_follow_the_logits"

MUTANTS = (
    Mutant(
        "forget the weight",
        "problem:_result",
        "weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity",
        "quantity + 0",
        TESTS + WEIGHTS + "[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "results in the dtype of the computation",
        "problem:_result",
        "examples.xp.astype(quantity, examples.dtype, copy=False)",
        drop_call,
        TESTS + "test_results_have_the_dtype_of_the_logits[numpy-float16-sigmoid_cross_entropy]",
    ),
    Mutant(
        "compute in half precision",
        "examples:ready",
        "xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)",
        drop_call,
        TESTS + "test_half_precision_is_summed_in_32_bits[numpy]",
    ),
    Mutant(
        "read rows of weight 0",
        "examples:_blank",
        "xp.where(is_read(weight, array), array, xp.zeros_like(array))",
        always,
        TESTS + "test_a_row_of_weight_0_costs_0_and_is_not_read[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "one label too many",
        "labelled_examples:check_label_range",
        "labels >= n_classes",
        move_bound,
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "check the labels of rows that are not read",
        "labelled_examples:check_label_range",
        "((labels < 0) | (labels >= n_classes)) & read",
        drop_right,
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "the extent of labels that are not read",
        "labelled_examples:check_label_range",
        "read | wrong",
        "wrong | ~wrong",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "never say that labels are counted from 1",
        "labelled_examples:_extent",
        "(1, n_classes)",
        "(0, n_classes)",
        MISTAKES + "test_labels_that_are_counted_from_1_are_told_so",
    ),
    Mutant(
        "a tolerance of all digits",
        "targeted_examples:targeted_examples",
        "xp.finfo(given).eps ** 0.5",
        drop_right,
        TESTS + "test_the_sum_of_targets_is_checked_to_half_their_digits[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "no check of the sum of targets",
        "targeted_examples:_distributions",
        "~(xp.abs(xp.sum(targets, axis=-1) - 1) <= tolerance)",
        "xp.isinf(xp.sum(targets, axis=-1))",
        TESTS + "test_targets_that_are_no_distributions_are_refused[numpy-softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let nan pass as a target",
        "targeted_examples:_distributions",
        "~(targets >= 0)",
        "targets < 0",
        TESTS + "test_nan_among_the_targets_is_refused[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let targets exceed 1",
        "binary_examples:binary_examples",
        "targets <= 1",
        "targets < xp.inf",
        TESTS + "test_targets_beyond_0_and_1_are_refused[numpy-1.5-1.5-sigmoid_cross_entropy]",
    ),
    Mutant(
        "let a weight be infinite",
        "examples:row_factors",
        "xp.isfinite(factors) & (factors >= 0)",
        drop_left,
        TESTS + "test_weights_without_a_meaning_are_refused[numpy-sigmoid_squared_error]",
    ),
    Mutant(
        "take truth values for labels",
        "labelled_examples:_check_label_dtype",
        'check_dtype(labels, "integral", caller=caller, argument="labels", xp=xp, hint=hint)',
        'check_dtype(labels, ("integral", "bool"), caller=caller, argument="labels", xp=xp, hint=hint)',
        TESTS + "test_labels_that_are_no_integers_are_refused[softmax_cross_entropy]",
    ),
    Mutant(
        "the gradient for the value",
        "problem:Problem.value_and_gradient",
        "_result(value, self.examples)",
        "_result(self._through(gradient), self.examples)",
        TESTS + SHAPES + "[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "vectors of rows that are not read",
        "examples:Examples.vectors",
        "_blank(vectors, self.weight, xp=self.xp)",
        drop_call,
        TESTS + "test_a_row_of_weight_0_costs_0_and_is_not_read[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "let +inf pass as a logit",
        "logit_options:_check_rows",
        "xp.max(logits, axis=-1) == xp.inf",
        "xp.max(logits, axis=-1) == xp.nan",
        MISTAKES + "test_a_logit_of_plus_infinity_is_refused",
    ),
    Mutant(
        "let a row pass that is all masked",
        "logit_options:_check_rows",
        "-xp.inf",
        "xp.nan",
        MISTAKES + "test_a_row_of_which_every_class_is_masked_is_refused",
    ),
    Mutant(
        "warn of logits of which one row looks like probabilities",
        "logit_options:_check_for_likely_mistakes",
        "xp.all((xp.abs(sums - 1) <= _NEAR_1) & xp.all(logits >= 0, axis=-1))",
        other_extreme,
        MISTAKES + "test_logits_that_look_like_probabilities_draw_a_warning_where_it_is_asked_for",
    ),
    Mutant(
        "warn of a line of this library",
        "logit_options:_warn",
        "warnings.warn(message, UserWarning, stacklevel=level)",
        "warnings.warn(message, UserWarning, stacklevel=1)",
        MISTAKES + "test_logits_that_look_like_probabilities_draw_a_warning_where_it_is_asked_for",
    ),
)
