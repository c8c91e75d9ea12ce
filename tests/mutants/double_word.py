from tests.mutants.harness import Mutant

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


def _table(file, *edits):
    return tuple(Mutant(name, file, old, new, test) for name, old, new, test in edits)


MUTANTS = (
    *_table(
        "precision/exact_product.py",
        (
            "halves that are too long",
            "** math.ceil(digits / 2)",
            "** (math.ceil(digits / 2) - 3)",
            PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float64]",
        ),
        (
            "forget the product of the lesser halves",
            "lo + a_rest * b_rest",
            "lo",
            PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float32]",
        ),
        (
            "forget what rounding took",
            "return hi, small - (hi - large)",
            "return hi, 0 * small",
            PRODUCT + "test_a_sum_in_order_is_exact",
        ),
        (
            "a split that is rounded next to powers of 2",
            "top = shifted - (shifted - a)",
            "top = shifted - a * 2.0 ** math.ceil(digits / 2)",
            PRODUCT + "test_the_two_parts_sum_to_the_product_without_error[numpy-float32]",
        ),
    ),
    *_table(
        "precision/double_word.py",
        (
            "a sum that cancels loses its digits",
            "of_lo + lo), self.xp)",
            "lo), self.xp)",
            WORDS + "test_a_difference_keeps_its_digits_where_it_cancels[numpy-float64]",
        ),
        ("forget half of the crossed products", "+ self.lo * other.hi", "", OPERATIONS),
        ("a quotient without its rest", "missing / other.hi", "0 * missing", OPERATIONS),
        (
            "forget the lesser words of a sum",
            "xp.sum((rest - middle) + lo, axis=-1)",
            "xp.sum(rest - middle, axis=-1)",
            WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float64]",
        ),
        (
            "entries that keep too many digits",
            "top = leading_digits(hi, xp=xp)",
            "top = hi",
            WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float64]",
        ),
        (
            "rounded once only",
            "middle = leading_digits(rest, xp=xp)",
            "middle = 0 * rest",
            WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-64-float32]",
        ),
        (
            "a block that is cut",
            "hi, lo = (in_blocks(x, size, xp=xp) for x in (hi, lo))",
            "hi, lo = (in_blocks(x[..., : x.shape[-1] // size * size], size, xp=xp) for x in (hi, lo))",
            WORDS + "test_a_sum_along_an_axis_has_twice_the_digits[numpy-1000-float64]",
        ),
        (
            "nan for infinity",
            "xp.where(is_known, hi, plain)",
            "hi + 0 * plain",
            WORDS + "test_a_sum_that_is_not_finite_is_what_a_plain_one_is[numpy]",
        ),
        (
            "crossed products that are rounded",
            "(_crossed(a, b) - _crossed(c, d))",
            "_crossed(a, b)",
            DIFFERENCE,
        ),
        (
            "numbers of one word",
            "_to_digits(value - Fraction(hi), digits)",
            "0.0",
            WORDS + "test_numbers_are_known_to_twice_the_digits_also_to_a_compiler[numpy-float32]",
        ),
    ),
    *_table(
        "precision/logarithm.py",
        ("a series that is too short", "for n in range(11)", "for n in range(5)", LOG),
        (
            "a rounded log 2",
            "double_word(k * top, xp=xp) + double_word(k * rest, xp=xp)",
            "double_word(k * top + k * rest, xp=xp)",
            LOG,
        ),
        (
            "powers of 2 that overflow",
            "half = a.xp.floor(k / 2)",
            "half = a.xp.floor(k)",
            LOGARITHM + "test_quotients_that_are_no_floats_have_logarithms",
        ),
        (
            "a difference that is known better is not used",
            "gap = where(k == 0, difference, gap)",
            "gap = where(k == 9, difference, gap)",
            LOGARITHM + "test_a_difference_that_is_known_better_counts[numpy]",
        ),
        (
            "a smaller number that is lowered",
            "_raised(a, xp.clip(-k, min=0.0)), _raised(b, xp.clip(k, min=0.0))",
            "a, _raised(b, k)",
            LOGARITHM + "test_quotients_that_are_no_floats_have_logarithms",
        ),
    ),
    *_table(
        "precision/exponential.py",
        ("a series that is too short", "range(3, 16)", "range(3, 11)", EXP),
        ("a square that is rounded", "(f * f).scaled(0.5)", "double_word(f.hi * f.hi / 2, xp=xp)", EXP),
        (
            "a series far below 0",
            "f = DoubleWord(xp.where(below, 0.0, f.hi)",
            "f = DoubleWord(f.hi",
            FAR,
        ),
        (
            "something for nothing",
            "x.hi < lowest * math.log(2), 0.0, scale)",
            "x.hi < lowest * math.log(2), 1.0, scale)",
            FAR,
        ),
    ),
)
