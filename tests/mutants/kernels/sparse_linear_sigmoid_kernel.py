from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/sparse_linear_sigmoid/test_sparse_linear_sigmoid.py::"
SUMS = TESTS + "test_sums_are_those_of_the_definition[incomplete tile]"
KERNEL = "sparse_linear_sigmoid_kernel:"

MUTANTS = (
    Mutant(
        "count rows beyond the end",
        KERNEL + "_Chunk._of_tile",
        "select(is_row, weight * term, 0.0)",
        "weight * term",
        TESTS + "test_sums_are_those_of_the_definition[one number for all weights]",
    ),
    Mutant(
        "a product without the curvature",
        KERNEL + "_Chunk._of_tile",
        "curvature * logit",
        "logit",
        SUMS,
    ),
    Mutant(
        "curvatures without their weights",
        KERNEL + "_Chunk._of_tile",
        'self.arrays["curvatures"].store(row, weighted[0], where=is_row)',
        'self.arrays["curvatures"].store(row, curvature, where=is_row)',
        SUMS,
    ),
    Mutant(
        "forget the intercept",
        KERNEL + "_Chunk._logit",
        '(values[0] + values[1]) + (values[2] + values[3]) + self.kernel.arguments["intercept"]',
        drop_right,
        SUMS,
    ),
    Mutant(
        "forget two chains",
        KERNEL + "_Chunk._logit",
        "(values[0] + values[1]) + (values[2] + values[3])",
        drop_right,
        SUMS,
    ),
    Mutant(
        "numbers for their squares",
        KERNEL + "_Chunk._scatter",
        "fma(number * number, factor, squares.load(column))",
        "fma(number, factor, squares.load(column))",
        SUMS,
    ),
    Mutant(
        "forget the last numbers of a row",
        KERNEL + "_Chunk._each_number",
        "with self.kernel.loop(whole, last) as place:\n    act(place, 0)",
        "",
        SUMS,
    ),
    Mutant(
        "sums of all chunks in the first",
        KERNEL + "sparse_linear_sigmoid_kernel",
        'arrays["sums"].after(chunk * given["width"])',
        'arrays["sums"]',
        TESTS + "test_chunks_add_up_and_threads_change_no_bit",
    ),
    Mutant(
        "a column beyond the last",
        "csr_rows:CsrRows.__post_init__",
        "self.columns.max() >= self.p",
        "self.columns.max() > self.p",
        TESTS + "test_arrays_that_the_kernel_cannot_read_are_refused",
    ),
)
