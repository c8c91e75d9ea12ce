from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/softmax_cross_entropy/test_softmax_cross_entropy.py::"
ORACLE = TESTS + "test_labels_meet_the_oracle[float64]"
HARD = TESTS + "test_hard_rows_are_within_four_units"

MUTANTS = (
    Mutant(
        "drop the gap",
        "label_terms:LabelTerms.value",
        "(self.peak - self.label_logit) + log_total",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "p - 1 at the label",
        "label_terms:LabelTerms.gradient",
        "select(self.is_top, self.rest / total, 1.0 - prob)",
        never,
        ORACLE,
    ),
    Mutant(
        "flip the gradient at the label",
        "label_terms:LabelTerms.gradient",
        "pull * prob - self.weight * others",
        flip_sign,
        ORACLE,
    ),
    Mutant(
        "keep the largest term in the sum of a long row",
        "blocks:Blocks.sum_without",
        "lanes & (self._lane_numbers != convert(excluded.index - index, self._integer))",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "keep the largest term in the sum of a short row",
        "short_rows_kernel:_exponentials",
        "select(top == tile.narrow(k), 0.0, magnified)",
        never,
        ORACLE,
    ),
    Mutant(
        "round the difference in a long row",
        "row_softmax:row_softmax.term",
        "magnified_exponential(*exact_difference(logit, peak))",
        "magnified_exponential(logit - peak, peak * 0.0)",
        HARD + "[1000-float32]",
    ),
    Mutant(
        "round the difference in a short row",
        "short_rows_kernel:_exponentials",
        "magnified_exponential(*exact_difference(logit, peak))",
        "magnified_exponential(logit - peak, peak * 0.0)",
        HARD + "[10-float64]",
    ),
    Mutant(
        "forget what rounding takes from a long sum",
        "blocks:Blocks.sum_without",
        "hi + lo",
        drop_right,
        TESTS + "test_rows_of_a_quarter_million_classes_are_within_eight_units[float32]",
    ),
    Mutant(
        "let an infinite peak pass",
        "row_softmax:row_softmax",
        "rest + (peak - peak)",
        drop_right,
        TESTS + "test_rows_without_a_softmax_are_nan[200-float64]",
    ),
    Mutant(
        "read an ignored row",
        "program:Program.is_ignored",
        'labels == self["ignored"]',
        "labels != labels",
        TESTS + "test_ignored_rows_cost_nothing_and_are_not_read[0.0-10]",
    ),
    Mutant(
        "1 - p at the top of targets",
        "targets_kernel:_write_gradient",
        "softmax.rest * inverse",
        "1.0 - inverse",
        TESTS + "test_targets_meet_the_truth_in_long_arithmetic[10-float64]",
    ),
    Mutant(
        "take a dominating target from the sum",
        "targets_kernel:_smoothed",
        "others.load(safe) * share",
        "read(safe, 0, None)[1] - kept",
        TESTS + "test_one_dominating_class_weight_leaves_the_gradient_its_digits",
    ),
    Mutant("cut the exponential short", "cpu/exponential", "-120.0", "-87.0", HARD + "[16-float32]"),
    Mutant(
        "drop the tail of the exponent",
        "exponential:magnified_exponential",
        "fma(n, -numbers.log2_lo, lo)",
        "n * -numbers.log2_lo",
        "tests/kernels/cpu/test_exponential.py::test_tail_of_the_exponent_counts[float64]",
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "logarithm:log1p",
        "fma(lost, shrink, scaled - 1.0)",
        never,
        "tests/kernels/cpu/test_logarithm.py::test_log1p_is_within_two_units_from_subnormals_to_billions[float64]",
    ),
    Mutant(
        "cut bfloat16 instead of rounding it",
        "memory:Array._narrowed",
        "pattern + odd + 0x7FFF",
        "pattern",
        TESTS + "test_half_precision_is_single_precision_rounded_once[True-10]",
    ),
)
