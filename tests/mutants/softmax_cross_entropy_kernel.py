from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TERMS = "kernels/softmax_cross_entropy/label_terms.py"
ROW = "kernels/softmax_cross_entropy/row_softmax.py"
SHORT = "kernels/softmax_cross_entropy/short_rows_kernel.py"
TARGETS = "kernels/softmax_cross_entropy/targets_kernel.py"
PROGRAM = "kernels/softmax_cross_entropy/program.py"
BLOCKS = "kernels/blocks.py"
TESTS = "tests/kernels/test_softmax_cross_entropy.py::"
ORACLE = TESTS + "test_labels_meet_the_oracle[float64]"
HARD = TESTS + "test_hard_rows_are_within_four_units"

MUTANTS = (
    Mutant("drop the gap", TERMS, "(self.peak - self.label_logit) + log_total", "log_total", ORACLE),
    Mutant(
        "p - 1 at the label",
        TERMS,
        "select(self.is_top, self.rest / total, 1.0 - prob)",
        "1.0 - prob",
        ORACLE,
    ),
    Mutant(
        "flip the gradient at the label",
        TERMS,
        "pull * prob - self.weight * others",
        "pull * prob + self.weight * others",
        ORACLE,
    ),
    Mutant(
        "keep the largest term in the sum of a long row",
        BLOCKS,
        "counts = lanes & (self._lane_numbers != convert(left_out.index - index, self._integer))",
        "counts = lanes",
        ORACLE,
    ),
    Mutant(
        "keep the largest term in the sum of a short row",
        SHORT,
        "select(top == tile.narrow(k), 0.0, magnified)",
        "magnified",
        ORACLE,
    ),
    Mutant(
        "round the difference in a long row",
        ROW,
        "magnified_exponential(*exact_difference(logit, peak))",
        "magnified_exponential(logit - peak, peak * 0.0)",
        HARD + "[1000-float32]",
    ),
    Mutant(
        "round the difference in a short row",
        SHORT,
        "magnified_exponential(*exact_difference(logit, peak))",
        "magnified_exponential(logit - peak, peak * 0.0)",
        HARD + "[10-float64]",
    ),
    Mutant(
        "forget what rounding takes from a long sum",
        BLOCKS,
        "hi, hi + lo)",
        "hi, hi)",
        TESTS + "test_rows_of_a_quarter_million_classes_are_within_eight_units[float32]",
    ),
    Mutant(
        "let an infinite peak pass",
        ROW,
        "rest + (peak - peak)",
        "rest",
        TESTS + "test_rows_without_a_softmax_are_nan[200-float64]",
    ),
    Mutant(
        "read an ignored row",
        PROGRAM,
        '(labels == self["ignored"])',
        "(labels != labels)",
        TESTS + "test_ignored_rows_cost_nothing_and_are_not_read[0.0-10]",
    ),
    Mutant(
        "1 - p at the top of targets",
        TARGETS,
        "entry(inverse, softmax.rest * inverse,",
        "entry(inverse, 1.0 - inverse,",
        TESTS + "test_targets_meet_the_truth_in_long_arithmetic[10-float64]",
    ),
    Mutant(
        "take a dominating target from the sum",
        TARGETS,
        "fma(weights.load(safe), share, kept), others.load(safe) * share)",
        "fma(weights.load(safe), share, kept), read(safe, 0, None)[1] - kept)",
        TESTS + "test_one_dominating_class_weight_leaves_the_gradient_its_digits",
    ),
    Mutant(
        "cut the exponential short",
        "kernels/exponential.py",
        "zero_below=-120.0",
        "zero_below=-87.0",
        HARD + "[16-float32]",
    ),
    Mutant(
        "drop the tail of the exponent",
        "kernels/exponential.py",
        "fma(n, -numbers.log2_lo, lo)",
        "n * -numbers.log2_lo",
        "tests/kernels/test_exponential.py::test_tail_of_the_exponent_counts[float64]",
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "kernels/logarithm.py",
        "fma(lost, shrink, scaled - 1.0)",
        "scaled - 1.0",
        "tests/kernels/test_logarithm.py::test_log1p_is_within_two_units_from_subnormals_to_billions[float64]",
    ),
    Mutant(
        "cut bfloat16 instead of rounding it",
        "kernels/vector_code/memory.py",
        "(pattern + odd + 0x7FFF) >> 16",
        "pattern >> 16",
        TESTS + "test_half_precision_is_single_precision_rounded_once[True-10]",
    ),
)
