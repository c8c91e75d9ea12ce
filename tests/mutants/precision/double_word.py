from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, never

__all__ = ["MUTANTS"]

PRODUCT = "tests/precision/test_exact_product.py::"
WORDS = "tests/precision/test_double_word.py::"
OPERATIONS = WORDS + "test_operations_have_twice_the_digits[numpy-float64]"
DIFFERENCE = WORDS + "test_products_that_differ_in_their_last_digits_have_a_difference[numpy-float64]"
LOGARITHM = "tests/precision/test_logarithm.py::"
EXPONENTIAL = "tests/precision/test_exponential.py::"
LOG = LOGARITHM + "test_the_logarithm_is_a_fraction_of_a_unit_from_the_truth[numpy-float64]"
EXP = EXPONENTIAL + "test_exponentials_are_a_fraction_of_a_unit_from_the_truth[numpy-float64]"
FAR = EXPONENTIAL + "test_far_below_0_nothing_is_left_and_next_to_overflow_all_is[numpy-float64]"


MUTANTS = (
    Mutant(
        "halves that are too long",
        "exact_product:_halves",
        "math.ceil(digits / 2)",
        "math.ceil(digits / 2) - 3",
        PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float64]",
    ),
    Mutant(
        "forget the product of the lesser halves",
        "exact_product:exact_product",
        "lo + a_rest * b_rest",
        drop_right,
        PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float32]",
    ),
    Mutant(
        "forget what rounding took",
        "exact_product:exact_sum_of_ordered",
        "small - (hi - large)",
        "0 * small",
        PRODUCT + "test_a_sum_in_order_is_exact",
    ),
    Mutant(
        "a split that is rounded next to powers of 2",
        "exact_product:_halves",
        "shifted - a",
        "a * 2.0 ** math.ceil(digits / 2)",
        PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float32]",
    ),
    Mutant(
        "a sum that cancels loses its digits",
        "double_word:DoubleWord.__add__",
        "DoubleWord(*exact_sum_of_ordered(hi, of_lo + lo), self.xp)",
        "DoubleWord(*exact_sum_of_ordered(hi, lo), self.xp)",
        WORDS + "test_a_difference_keeps_its_digits_where_it_cancels[numpy-float64]",
    ),
    Mutant(
        "forget half of the crossed products",
        "double_word:DoubleWord.__mul__",
        "self.hi * other.lo + self.lo * other.hi",
        drop_right,
        OPERATIONS,
    ),
    Mutant(
        "a quotient without its rest",
        "double_word:DoubleWord.__truediv__",
        "missing / other.hi",
        "0 * missing",
        OPERATIONS,
    ),
    Mutant(
        "forget the lesser words of a sum",
        "double_word:_sums_of_blocks",
        "(rest - middle) + lo",
        drop_right,
        WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float64]",
    ),
    Mutant(
        "entries that keep too many digits",
        "double_word:_sums_of_blocks",
        "top = leading_digits(hi, xp=xp)",
        "top = hi",
        WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float64]",
    ),
    Mutant(
        "rounded once only",
        "double_word:_sums_of_blocks",
        "middle = leading_digits(rest, xp=xp)",
        "middle = 0 * rest",
        WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float32]",
    ),
    Mutant(
        "a block that is cut",
        "double_word:_sums_of_blocks",
        "in_blocks(x, size, xp=xp)",
        "in_blocks(x[..., : x.shape[-1] // size * size], size, xp=xp)",
        WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-1000-float64]",
    ),
    Mutant(
        "nan for infinity",
        "double_word:DoubleWord.total",
        "xp.where(is_known, hi, plain)",
        "hi + 0 * plain",
        WORDS + "test_a_sum_that_is_not_finite_is_what_a_plain_one_is[numpy]",
    ),
    Mutant(
        "crossed products that are rounded",
        "double_word:difference_of_products",
        "_crossed(a, b) - _crossed(c, d)",
        drop_right,
        DIFFERENCE,
    ),
    Mutant(
        "numbers of one word",
        "double_word:number",
        "_to_digits(value - Fraction(hi), digits)",
        "0.0",
        WORDS + "test_numbers_are_known_to_twice_the_digits_also_to_a_compiler[numpy-float32]",
    ),
    Mutant("a series that is too short", "logarithm", "range(11)", "range(5)", LOG),
    Mutant(
        "a rounded log 2",
        "logarithm:multiple_of_log_2",
        "double_word(k * top, xp=xp) + double_word(k * rest, xp=xp)",
        "double_word(k * top + k * rest, xp=xp)",
        LOG,
    ),
    Mutant(
        "powers of 2 that overflow",
        "logarithm:_raised",
        "k / 2",
        drop_right,
        LOGARITHM + "test_quotients_that_are_no_floats_have_logarithms",
    ),
    Mutant(
        "a difference that is known better is not used",
        "logarithm:log_quotient",
        "k == 0",
        "k == 9",
        LOGARITHM + "test_a_difference_that_is_known_better_counts[numpy]",
    ),
    Mutant(
        "a smaller number that is lowered",
        "logarithm:log_quotient",
        "_raised(a, xp.clip(-k, min=0.0)), _raised(b, xp.clip(k, min=0.0))",
        "a, _raised(b, k)",
        LOGARITHM + "test_quotients_that_are_no_floats_have_logarithms",
    ),
    Mutant("a series that is too short", "exponential", "range(3, 16)", "range(3, 11)", EXP),
    Mutant(
        "a square that is rounded",
        "exponential:_in_parts",
        "(f * f).scaled(0.5)",
        "double_word(f.hi * f.hi / 2, xp=xp)",
        EXP,
    ),
    Mutant("a series far below 0", "exponential:_in_parts", "xp.where(below, 0.0, f.hi)", never, FAR),
    Mutant(
        "something for nothing",
        "exponential:exp",
        "xp.where(x.hi < lowest * math.log(2), 0.0, scale)",
        "xp.where(x.hi < lowest * math.log(2), 1.0, scale)",
        FAR,
    ),
)
