from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

MEAN = "options/mean.py"
ROWS = "options/row_weights.py"
ARRAYS = "tests/options/test_mean.py::test_arrays_are_divided_by_the_rule_for_a_mean_over_nothing[numpy-{}]"
NUMBERS = "tests/options/test_mean.py::test_plain_numbers_are_divided_by_the_same_rule"
WEIGHTS = "tests/options/test_row_weights.py::"

MUTANTS = (
    Mutant(
        "nan for a positive sum over nothing",
        MEAN,
        "is_empty & (total == 0)",
        "is_empty",
        ARRAYS.format("3.0-0.0-nan-inf"),
    ),
    Mutant(
        "a factor for every mean",
        MEAN,
        "xp.where(is_empty, xp.full_like(divisor, xp.inf), xp.ones_like(divisor))",
        "xp.full_like(divisor, xp.inf)",
        ARRAYS.format("6.0-4.0-nan-1.5"),
    ),
    Mutant(
        "0 for a positive sum of numbers over nothing",
        MEAN,
        'return total * float("inf")',
        "return total",
        NUMBERS,
    ),
    Mutant(
        "the divisor for its inverse",
        MEAN,
        "return 1 / divisor",
        "return divisor",
        "tests/options/test_mean.py::test_the_gradient_factor_is_the_derivative_of_the_mean_in_a_summand",
    ),
    Mutant(
        "count ignored rows",
        ROWS,
        "return float(labels.size - ignored_rows)",
        "return float(labels.size)",
        WEIGHTS + "test_without_class_weights_every_row_that_is_not_ignored_counts_1",
    ),
    Mutant(
        "weigh ignored rows",
        ROWS,
        "labels if not ignored_rows else labels[labels != ignored]",
        "labels",
        WEIGHTS + "test_ignored_rows_and_labels_out_of_range_weigh_nothing",
    ),
    Mutant(
        "a negative label counts from the end",
        ROWS,
        "(read >= 0) & (read < class_weights.size)",
        "read < class_weights.size",
        WEIGHTS + "test_ignored_rows_and_labels_out_of_range_weigh_nothing",
    ),
    Mutant(
        "sum in the dtype of the weights",
        ROWS,
        "sum(dtype=np.float64)",
        "sum()",
        WEIGHTS + "test_weights_of_half_precision_are_summed_in_64_bits",
    ),
)
