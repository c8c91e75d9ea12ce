from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "losses/arguments/examples.py"
TARGETED = "losses/arguments/targeted_examples.py"
LOSS = "losses/abstract_loss.py"
LABELS = "losses/arguments/label_range.py"
LOGITS = "losses/arguments/softmax_logits.py"
TESTS = "tests/losses/test_examples.py::"
MISTAKES = "tests/losses/test_known_mistakes.py::"
WEIGHTS = "test_a_weight_multiplies_every_quantity_of_its_row"
SHAPES = "test_shapes_follow_the_logits"

MUTANTS = (
    Mutant(
        "forget the weight",
        LOSS,
        "quantity = weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity",
        "quantity = quantity + 0",
        TESTS + WEIGHTS + "[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "results in the dtype of the computation",
        LOSS,
        "return examples.xp.astype(quantity, examples.dtype, copy=False)",
        "return quantity",
        TESTS + "test_results_have_the_dtype_of_the_logits[numpy-float16-sigmoid_cross_entropy]",
    ),
    Mutant(
        "compute in half precision",
        FILE,
        "wide = xp.astype(logits, accumulation_dtype(logits.dtype, xp=xp), copy=False)",
        "wide = logits",
        TESTS + "test_half_precision_is_summed_in_32_bits[numpy]",
    ),
    Mutant(
        "read rows of weight 0",
        FILE,
        "return xp.where(is_read(weight, array), array, xp.zeros_like(array))",
        "return array",
        TESTS + "test_a_row_of_weight_0_costs_0_and_is_not_read[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "one label too many",
        LABELS,
        "(labels >= n_classes)",
        "(labels > n_classes)",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "check the labels of rows that are not read",
        LABELS,
        "(labels >= n_classes)) & read,",
        "(labels >= n_classes)),",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "the extent of labels that are not read",
        LABELS,
        "_extent(labels, wrong, read | wrong, n_classes, xp=xp)",
        "_extent(labels, wrong, wrong | ~wrong, n_classes, xp=xp)",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "never say that labels are counted from 1",
        LABELS,
        "if (low, high) == (1, n_classes)",
        "if (low, high) == (0, n_classes)",
        MISTAKES + "test_labels_that_are_counted_from_1_are_told_so",
    ),
    Mutant(
        "a tolerance of all digits",
        TARGETED,
        ".eps ** 0.5",
        ".eps",
        TESTS + "test_the_sum_of_targets_is_checked_to_half_their_digits[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "no check of the sum of targets",
        TARGETED,
        "~(xp.abs(xp.sum(targets, axis=-1) - 1) <= tolerance)",
        "xp.isinf(xp.sum(targets, axis=-1))",
        TESTS + "test_targets_that_are_no_distributions_are_refused[numpy-softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let nan pass as a target",
        TARGETED,
        "~(targets >= 0) & is_read",
        "(targets < 0) & is_read",
        TESTS + "test_nan_among_the_targets_is_refused[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let targets exceed 1",
        "losses/arguments/binary_examples.py",
        "& (targets <= 1))",
        "& (targets < xp.inf))",
        TESTS + "test_targets_beyond_0_and_1_are_refused[numpy-1.5-1.5-sigmoid_cross_entropy]",
    ),
    Mutant(
        "let a weight be infinite",
        FILE,
        "~(xp.isfinite(factors) & (factors >= 0))",
        "~(factors >= 0)",
        TESTS + "test_weights_without_a_meaning_are_refused[numpy-sigmoid_squared_error]",
    ),
    Mutant(
        "take truth values for labels",
        "losses/arguments/labelled_examples.py",
        'check_dtype(labels, "integral", where',
        'check_dtype(labels, ("integral", "bool"), where',
        TESTS + "test_labels_that_are_no_integers_are_refused[softmax_cross_entropy]",
    ),
    Mutant(
        "the gradient for the value",
        LOSS,
        "return _result(value, self.examples), _result(",
        "return _result(self._through(gradient), self.examples), _result(",
        TESTS + SHAPES + "[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "vectors of rows that are not read",
        FILE,
        "return _blank(vectors, self.weight, xp=self.xp)",
        "return vectors",
        TESTS + "test_a_row_of_weight_0_costs_0_and_is_not_read[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "let +inf pass as a logit",
        LOGITS,
        "xp.max(logits, axis=-1) == xp.inf",
        "xp.max(logits, axis=-1) == xp.nan",
        MISTAKES + "test_a_logit_of_plus_infinity_is_refused",
    ),
    Mutant(
        "let a row pass that is all masked",
        LOGITS,
        "xp.max(logits, axis=-1) == -xp.inf",
        "xp.max(logits, axis=-1) == xp.nan",
        MISTAKES + "test_a_row_of_which_every_class_is_masked_is_refused",
    ),
    Mutant(
        "warn of logits of which one row looks like probabilities",
        LOGITS,
        "look_like_probs = xp.all(",
        "look_like_probs = xp.any(",
        MISTAKES + "test_logits_that_look_like_probabilities_draw_a_warning_where_it_is_asked_for",
    ),
    Mutant(
        "warn of a line of this library",
        LOGITS,
        "stacklevel=level)",
        "stacklevel=1)",
        MISTAKES + "test_logits_that_look_like_probabilities_draw_a_warning_where_it_is_asked_for",
    ),
)
