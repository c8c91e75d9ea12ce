from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/softmax_curvature/test_softmax_curvature.py::"
PRODUCTS = TESTS + "test_products_are_those_of_the_definition[True-17]"

MUTANTS = (
    Mutant(
        "forget the largest probability in the mean",
        "softmax_curvature_kernel:_multiply",
        "fma(largest, at_largest, sum_of_products)",
        "sum_of_products",
        PRODUCTS,
    ),
    Mutant(
        "do not subtract the mean",
        "softmax_curvature_kernel:_multiply",
        "v - mean",
        drop_right,
        PRODUCTS,
    ),
    Mutant(
        "leave the largest probability at 0",
        "softmax_curvature_kernel:_multiply",
        "select(_is_largest(p), repeated, p)",
        "p",
        PRODUCTS,
    ),
    Mutant(
        "forget the last classes",
        "softmax_curvature_kernel:_each_vector",
        "whole < K",
        "K < whole",
        PRODUCTS,
    ),
    Mutant(
        "use the first row's weight",
        "softmax_curvature_kernel:softmax_curvature_kernel",
        'row * given["weight_step"]',
        'given["weight_step"]',
        PRODUCTS,
    ),
    Mutant(
        "subtract the others twice from the largest",
        "packed_probs:unpacked",
        "1 - rest[:, None]",
        "1 - 2 * rest[:, None]",
        TESTS + "test_packed_probabilities_are_distributions_of_8_significant_bits",
    ),
)
