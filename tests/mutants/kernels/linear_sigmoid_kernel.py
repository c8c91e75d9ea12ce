from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/linear_sigmoid/test_linear_sigmoid.py::"
SUMS = TESTS + "test_sums_are_those_of_the_definition[incomplete tile and vector]"

MUTANTS = (
    Mutant(
        "swap the sides of the sigmoid",
        "sigmoid_terms:sigmoid_terms",
        "select(is_above, likely, unlikely)",
        swap,
        SUMS,
    ),
    Mutant(
        "count the repeated last row",
        "linear_sigmoid_kernel:_Chunk._of_tile",
        "select(is_row, weight * number, 0.0)",
        "weight * number",
        TESTS + "test_sums_are_those_of_the_definition[one number for all weights]",
    ),
    Mutant(
        "1 - sigmoid",
        "sigmoid_terms:sigmoid_terms",
        "unlikely = small * likely",
        "unlikely = 1.0 - likely",
        TESTS + "test_confident_rows_keep_their_digits",
    ),
    Mutant(
        "0 * inf",
        "sigmoid_terms:sigmoid_terms",
        "select(share == 0.0, 0.0, -(share * below))",
        never,
        TESTS + "test_no_rows_and_infinite_logits_are_summed_as_documented",
    ),
    Mutant(
        "forget the intercept",
        "linear_sigmoid_kernel:_Chunk._logits",
        "_sum_of(transposed([one.value for one in of_rows])) + self.kernel.arguments[intercept]",
        drop_right,
        SUMS,
    ),
    Mutant(
        "forget the first of the second chain's rows",
        "linear_sigmoid_kernel:_Chunk._add_features",
        "chains[0] + chains[1]",
        drop_right,
        SUMS,
    ),
    Mutant(
        "forget the last features",
        "row_chunks:each_vector",
        "whole < p",
        "p < whole",
        SUMS,
    ),
    Mutant(
        "do not subtract the centre",
        "linear_sigmoid_kernel:_Chunk._features",
        "features - centre",
        drop_right,
        TESTS + "test_sums_are_those_of_the_definition[centred]",
    ),
    Mutant(
        "read tiles without weight",
        "row_chunks:counts",
        "is_row & (tile_weights(kernel, weights, row, is_row) != 0.0)",
        "is_row",
        TESTS + "test_tiles_without_weight_are_not_read",
    ),
)
