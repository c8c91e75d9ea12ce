from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/softmax_statistics/test_softmax_statistics.py::"
NUMBERS = TESTS + "test_numbers_keep_their_digits[float64-65]"
GRADIENT = TESTS + "test_gradients_are_those_of_the_definition[float64-65]"
WITHOUT = TESTS + "test_a_row_without_a_softmax_is_nan_unless_its_gradients_are_0[row0]"

MUTANTS = (
    Mutant(
        "do not divide the moment by the total",
        "statistics_kernels:_write_numbers",
        "reduced(moments) / (rest + 1.0)",
        drop_right,
        NUMBERS,
    ),
    Mutant(
        "0 times infinity in the moment of a class of probability 0",
        "statistics_kernels:_write_numbers",
        "select(power == 0.0, 0.0, power * -high)",
        "power * -high",
        NUMBERS,
    ),
    Mutant(
        "add the moments of lanes beyond the row",
        "statistics_kernels:_write_numbers",
        "moment if where is None else select(where, moment, 0.0)",
        "moment",
        NUMBERS,
    ),
    Mutant(
        "finite numbers in a row without a softmax",
        "statistics_kernels:_write_numbers",
        "reduced(blocks.sum_without(place, term)) + (peak - peak)",
        drop_right,
        WITHOUT.replace("row0", "row2"),
    ),
    Mutant(
        "do not subtract the mean distance",
        "statistics_kernels:_write_gradient",
        "-high - mean",
        drop_right,
        GRADIENT,
    ),
    Mutant(
        "forget the gradient of the log-normaliser",
        "statistics_kernels:_write_gradient",
        "spread * (-high - mean) + pull",
        drop_right,
        GRADIENT,
    ),
    Mutant(
        "nan in a row without gradients",
        "statistics_kernels:gradient_kernel",
        "(pull == 0.0) & (spread == 0.0)",
        "(pull == 0.0) & (pull == 1.0)",
        WITHOUT,
    ),
)
