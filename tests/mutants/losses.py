from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "losses/examples.py"
TESTS = "tests/losses/test_examples.py::"
WEIGHTS = "test_a_weight_multiplies_every_quantity_of_its_row"
SHAPES = "test_shapes_follow_the_logits"


MUTANTS = (
    Mutant(
        "forget the weight",
        FILE,
        "quantity = _aligned(self.weight, quantity) * quantity",
        "quantity = quantity + 0",
        TESTS + WEIGHTS + "[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "results in the dtype of the computation",
        FILE,
        "return self.xp.astype(quantity, self.dtype, copy=False)",
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
        "return xp.where(_is_read(weight, array), array, xp.zeros_like(array))",
        "return array",
        TESTS + "test_a_row_of_weight_0_costs_0_and_is_not_read[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "one label too many",
        FILE,
        "(labels >= n_classes)",
        "(labels > n_classes)",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "check the labels of rows that are not read",
        FILE,
        "(labels >= n_classes)) & _is_read(weight, labels)",
        "(labels >= n_classes))",
        TESTS + "test_labels_that_are_no_classes_are_refused[numpy-softmax_cross_entropy]",
    ),
    Mutant(
        "a tolerance of all digits",
        FILE,
        ".eps ** 0.5",
        ".eps",
        TESTS + "test_the_sum_of_targets_is_checked_to_half_their_digits[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "no check of the sum of targets",
        FILE,
        "~(xp.abs(xp.sum(targets, axis=-1) - 1) <= tolerance)",
        "xp.isinf(xp.sum(targets, axis=-1))",
        TESTS + "test_targets_that_are_no_distributions_are_refused[numpy-softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let nan pass as a target",
        FILE,
        "~(targets >= 0) & _is_read",
        "(targets < 0) & _is_read",
        TESTS + "test_nan_among_the_targets_is_refused[softmax_cross_entropy_of_targets]",
    ),
    Mutant(
        "let targets exceed 1",
        FILE,
        "& (targets <= 1))",
        "& (targets < xp.inf))",
        TESTS + "test_targets_beyond_0_and_1_are_refused[numpy-1.5-1.5-sigmoid_cross_entropy]",
    ),
    Mutant(
        "let a weight be infinite",
        FILE,
        "~(xp.isfinite(weight) & (weight >= 0))",
        "~(weight >= 0)",
        TESTS + "test_weights_without_a_meaning_are_refused[numpy-sigmoid_squared_error]",
    ),
    Mutant(
        "take truth values for labels",
        FILE,
        'check_dtype(labels, "integral", where',
        'check_dtype(labels, ("integral", "bool"), where',
        TESTS + "test_labels_that_are_no_integers_are_refused[softmax_cross_entropy]",
    ),
    *(
        Mutant(
            "the gradient for the value",
            f"losses/{name}.py",
            "return rows.result(value), rows.result(gradient)",
            "return rows.result(gradient), rows.result(gradient)",
            f"{TESTS}{SHAPES}[numpy-{name}]",
        )
        for name in (
            "softmax_cross_entropy",
            "softmax_cross_entropy_of_targets",
            "softmax_squared_error",
            "softmax_squared_error_of_targets",
            "sigmoid_squared_error",
        )
    ),
    Mutant(
        "swap logits and targets",
        "losses/sigmoid_cross_entropy.py",
        "formula.value(rows.logits, rows.truth, xp=rows.xp)",
        "formula.value(rows.truth, rows.logits, xp=rows.xp)",
        "tests/losses/test_sigmoid_cross_entropy.py::test_the_definitions_as_written_hold[numpy]",
    ),
)
