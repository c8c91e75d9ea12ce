from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right

__all__ = ["MUTANTS"]

ARRAYS = "tests/options/test_mean.py::test_arrays_are_divided_by_the_rule_for_a_mean_over_nothing[numpy-{}]"
NUMBERS = "tests/options/test_mean.py::test_plain_numbers_are_divided_by_the_same_rule"
WEIGHTS = "tests/options/test_total_weight.py::"

MUTANTS = (
    Mutant(
        "nan for a positive sum over nothing",
        "mean:mean",
        "is_empty & (total == 0)",
        drop_right,
        ARRAYS.format("3.0-0.0-nan-inf"),
    ),
    Mutant(
        "a factor for every mean",
        "mean:mean",
        "xp.where(is_empty, xp.full_like(divisor, xp.inf), xp.ones_like(divisor))",
        always,
        ARRAYS.format("6.0-4.0-nan-1.5"),
    ),
    Mutant(
        "0 for a positive sum of numbers over nothing",
        "mean:mean_of_numbers",
        'total * float("inf")',
        drop_right,
        NUMBERS,
    ),
    Mutant(
        "the divisor for its inverse",
        "mean:gradient_factor",
        "1 / divisor",
        drop_left,
        "tests/options/test_mean.py::test_the_gradient_factor_is_the_derivative_of_the_mean_in_a_summand",
    ),
    Mutant(
        "count ignored rows",
        "options/mean:total_weight",
        "labels.size - ignored_rows",
        drop_right,
        WEIGHTS + "test_without_class_weights_every_row_that_is_not_ignored_counts_1",
    ),
    Mutant(
        "weigh ignored rows",
        "options/mean:total_weight",
        "labels if not ignored_rows else labels[labels != ignored]",
        always,
        WEIGHTS + "test_ignored_rows_and_labels_out_of_range_weigh_nothing",
    ),
    Mutant(
        "a negative label counts from the end",
        "options/mean:total_weight",
        "(read >= 0) & (read < class_weights.size)",
        drop_left,
        WEIGHTS + "test_ignored_rows_and_labels_out_of_range_weigh_nothing",
    ),
    Mutant(
        "sum in the dtype of the weights",
        "options/mean:total_weight",
        "class_weights[read[(read >= 0) & (read < class_weights.size)]].sum(dtype=np.float64)",
        "class_weights[read[(read >= 0) & (read < class_weights.size)]].sum()",
        WEIGHTS + "test_weights_of_half_precision_are_summed_in_64_bits",
    ),
)
