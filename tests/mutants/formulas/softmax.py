from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_call, drop_right, negate, never

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_softmax.py::"
SUMS = "tests/arrays/test_row_sums.py::test_sums_of_equal_and_of_unequal_numbers_are_within_3_units"
CROSS_ENTROPY = "tests/formulas/losses/test_softmax_cross_entropy.py::"

MUTANTS = (
    Mutant(
        "keep the largest term in the sum",
        "softmax:_exponentials",
        "row_sum(near * (1 - is_top), xp=xp)",
        "row_sum(near, xp=xp) - 1",
        TESTS + "test_the_complement_of_a_sure_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "drop the low part of the difference",
        "softmax:_exponentials",
        "xp.exp(hi + _FAR * is_far) * (1 + lo)",
        drop_right,
        CROSS_ENTROPY + "test_value_and_gradient_meet_the_oracle[numpy-float32]",
    ),
    Mutant(
        "1 - p everywhere",
        "softmax:Softmax.complements",
        "xp.where(self.is_top == 1, (self.rest / self.total)[..., None], 1 - probs)",
        never,
        TESTS + "test_the_complement_of_a_sure_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "forget the shift of the vectors",
        "softmax:Softmax.jacobian_product",
        "(vectors - at_top) * (1 - self.is_top)",
        "vectors",
        TESTS + "test_the_jacobian_at_a_sure_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "lower no infinite logit",
        "softmax:softmax",
        "xp.maximum(logits, _floor(largest, xp=xp))",
        drop_call,
        TESTS + "test_a_masked_class_has_probability_0_and_complement_1[numpy]",
    ),
    Mutant(
        "a floor that is not low enough",
        "softmax:_floor",
        "1024 + 4 * xp.finfo(peak.dtype).eps * xp.abs(peak)",
        "24",
        CROSS_ENTROPY + "test_value_and_gradient_meet_the_oracle[numpy-float64]",
    ),
    Mutant(
        "a floor that rounding lifts to the peak",
        "softmax:_floor",
        "1024 + 4 * xp.finfo(peak.dtype).eps * xp.abs(peak)",
        drop_right,
        TESTS + "test_finite_logits_at_both_ends_of_the_range_are_no_exception[numpy]",
    ),
    Mutant(
        "let a row without a softmax pass",
        "softmax:softmax",
        "xp.where(xp.isfinite(largest), largest, xp.nan)",
        "xp.where(xp.isfinite(largest), largest, 0.0)",
        TESTS + "test_a_row_without_a_softmax_is_nan_and_spoils_no_other[numpy-row0]",
    ),
    Mutant(
        "the last of tied classes",
        "softmax:softmax",
        "logits.shape[-1] - class_indices(logits, xp=xp)",
        "class_indices(logits, xp=xp) + 1",
        TESTS + "test_of_tied_classes_the_first_is_the_top[numpy]",
    ),
    Mutant(
        "a peak without a derivative",
        "softmax:softmax",
        "peak = xp.sum(finite * is_top, axis=-1)",
        "peak = xp.sum(getattr(finite * is_top, 'detach', lambda: finite * is_top)(), axis=-1)",
        TESTS + "test_all_parts_differentiate_by_their_steps_also_at_ties_and_at_a_sure_class[torch]",
    ),
    Mutant(
        "forget the largest logit's own share",
        "softmax:log_softmax",
        "below + xp.log1p(model.rest)[..., None]",
        drop_right,
        TESTS + "test_the_log_probability_of_a_sure_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "log of the sum",
        "softmax:log_softmax",
        "xp.log1p(model.rest)",
        cancel,
        TESTS + "test_the_log_probability_of_a_sure_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "add up what is next to underflow",
        "softmax:_exponentials",
        "row_sum(far, xp=xp) * math.exp(-_FAR)",
        "row_sum(far * math.exp(-_FAR), xp=xp)",
        "tests/losses/test_exactness.py::test_so_does_the_formula_where_there_is_no_kernel[10-float32]",
    ),
    Mutant(
        "raise near ones too",
        "softmax:_exponentials",
        "hi < -_FAR",
        "hi < 0",
        "tests/losses/test_exactness.py::test_so_does_the_formula_where_there_is_no_kernel[10-float64]",
    ),
    Mutant(
        "add up as the compiler likes",
        "row_sums:row_sum",
        "_loses_digits(array)",
        negate,
        SUMS + "[jax-shape3-float32]",
    ),
    Mutant(
        "forget what rounding took from a row of any length",
        "row_sums:_sum_of_any_length",
        "xp.sum(leading, axis=-1) + xp.sum(wide - leading, axis=-1)",
        drop_right,
        "tests/arrays/test_row_sums.py::"
        "test_rows_of_any_length_keep_their_digits_in_an_exported_program[float64]",
    ),
    Mutant(
        "forget what rounding took",
        "row_sums:row_sum",
        "xp.sum(leading, axis=-1) + xp.sum(array - leading, axis=-1)",
        drop_right,
        SUMS + "[jax-shape3-float32]",
    ),
)
