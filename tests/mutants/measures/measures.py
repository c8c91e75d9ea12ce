from tests.mutants.harness import Mutant
from tests.mutants.mutators import (
    always,
    cancel,
    drop_call,
    drop_left,
    drop_right,
    flip_sign,
    negate,
    never,
    swap,
)

__all__ = ["MUTANTS"]

ACCURACY = "tests/measures/test_accuracy.py::"
EDGES = "tests/measures/test_edge_cases.py::"
ALIKE = "tests/measures/test_distributions.py::"
VALUES = "tests/measures/test_reference_values.py::"
BLOCKS = "tests/measures/test_blocks.py::"
LAWS = "tests/measures/test_laws.py::"
SMALL = "tests/measures/test_underflow.py::"
RARE = SMALL + "test_rare_outcomes_have_their_entropy_of_an_order_next_to_1[0.9999999999-float32]"
QUOTIENT = (
    "tests/precision/test_log_of_quotient.py::"
    "test_it_is_within_2_units_far_from_1_whatever_the_size_of_the_numbers[float32]"
)
KL = ACCURACY + "test_a_divergence_keeps_its_digits_however_near_the_pair[kl_divergence]"
SELF = EDGES + "test_a_distribution_does_not_diverge_from_itself"
RULED_OUT = EDGES + "test_what_the_model_rules_out_costs_infinity[numpy]"
LOGS = ACCURACY + "test_logarithms_keep_what_probabilities_lose"
JS = ACCURACY + "test_the_js_divergence_of_two_is_within_4_units[weights1]"
BINARY = EDGES + "test_the_binary_measures_are_within_4_units"
CERTAIN = EDGES + "test_certain_events[numpy]"
CONDITIONAL = ACCURACY + "test_what_a_variable_leaves_of_the_other_keeps_its_digits"
ALPHA = "tests/formulas/measures/test_alpha_divergence.py::"
EACH_ORDER = ALPHA + "test_every_order_is_within_a_unit[numpy-float64]"
RENYI = ALPHA + "test_renyis_divergence_is_within_a_unit[numpy-float64]"
ORDERS = ACCURACY + "test_entropies_of_an_order_are_within_2_units"
MUTUAL = "tests/formulas/measures/test_mutual_information.py::"
NEXT_TO_NOTHING = (
    "tests/measures/test_underflow.py::"
    "test_a_divergence_of_an_order_near_1_that_is_next_to_nothing_has_all_digits[{}_divergence-0.9999999999-float64]"
)
WEAK = MUTUAL + "test_a_dependence_keeps_its_digits_however_weak[numpy-float64]"


I_DIVERGENCE = (
    Mutant("the far form everywhere", "i_divergence", "1 / 3", "-1.0", KL),
    Mutant("the series too far", "i_divergence", "1 / 3", "1 / 2", KL),
    Mutant(
        "drop the last coefficient",
        "i_divergence",
        """
            (
                0.6666666666666666,
                0.40000000000014585,
                0.2857142856710876,
                0.22222222717427864,
                0.18181789436132859,
                0.15385570064958623,
                0.13314144209654935,
                0.12001072809590713,
                0.08800738486144674,
                0.1616404561194353,
            )
        """,
        """
            (
                0.6666666666666666,
                0.40000000000014585,
                0.2857142856710876,
                0.22222222717427864,
                0.18181789436132859,
                0.15385570064958623,
                0.13314144209654935,
                0.12001072809590713,
                0.08800738486144674,
            )
        """,
        KL,
    ),
    Mutant("flip the sign of the series", "i_divergence:terms", "difference - p * x * series", flip_sign, KL),
    Mutant(
        "flip the sign of the logarithm", "i_divergence:terms", "difference - p * log_ratio", flip_sign, KL
    ),
    Mutant(
        "0 / 0 where both are 0",
        "i_divergence:terms",
        "float(xp.finfo(p.dtype).smallest_normal)",
        "0.0",
        SELF,
    ),
    Mutant(
        "p = 0 is nan",
        "i_divergence:log_ratio",
        "log_of_quotient(q + empty, p + empty, xp=xp)",
        "log_of_quotient(q, p, xp=xp)",
        SELF,
    ),
    Mutant(
        "the plain logarithm of a quotient",
        "i_divergence:log_ratio",
        "log_of_quotient(q + empty, p + empty, xp=xp)",
        "xp.log((q + empty) / (p + empty))",
        SMALL + "test_a_model_of_subnormal_probabilities_has_all_digits_of_the_divergence[float32]",
    ),
    Mutant(
        "the short form for subnormal models",
        "kl_divergence:_value_of_block",
        "is_good & (xp.min(q, axis=-1) >= xp.finfo(q.dtype).smallest_normal)",
        drop_right,
        SMALL + "test_a_model_of_subnormal_probabilities_has_all_digits_of_the_divergence[float32]",
    ),
    Mutant(
        "a quotient that is not raised",
        "log_of_quotient:log_of_quotient",
        "xp.where(is_low, a * 2.0**_RAISE, a)",
        "a",
        QUOTIENT,
    ),
    Mutant(
        "a divisor that is not raised",
        "log_of_quotient:log_of_quotient",
        "xp.where(is_high, b * 2.0**_RAISE, b)",
        "b",
        QUOTIENT,
    ),
    Mutant(
        "raised the other way",
        "log_of_quotient:log_of_quotient",
        "xp.astype(is_high, a.dtype) - xp.astype(is_low, a.dtype)",
        swap,
        QUOTIENT,
    ),
    Mutant(
        "differences of exponentials",
        "i_divergence:value_of_logs",
        "xp.abs(ratio) < 1",
        "xp.abs(ratio) < 0",
        LOGS,
    ),
    Mutant(
        "a finite price in log space",
        "i_divergence:value_of_logs",
        "xp.where(impossible, xp.inf, found)",
        never,
        RULED_OUT,
    ),
    Mutant(
        "the short form with twice the logarithm",
        "i_divergence:value_of_far",
        "p * xp.log(q / p)",
        "2 * p * xp.log(q / p)",
        BLOCKS + "test_a_long_row_keeps_its_digits",
    ),
)
CROSS_ENTROPY = (
    Mutant(
        "flip the sign",
        "cross_entropy:value",
        "0 - xp.sum(p * xp.log(q + empty), axis=-1)",
        flip_sign,
        VALUES + "test_the_coins_of_the_documentation_of_scipy",
    ),
    Mutant("0 log 0 is nan", "cross_entropy:value", "q + empty", drop_right, SELF),
    Mutant("clip the model", "cross_entropy:value", "q + empty", "q + 1e-16", RULED_OUT),
    Mutant(
        "0 times infinity is nan",
        "cross_entropy:value_of_logs",
        "xp.where(p == 0, 0.0, log_q)",
        never,
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    Mutant(
        "swap truth and model",
        "cross_entropy:value",
        "p * xp.log(q + empty)",
        "q * xp.log(p + empty)",
        VALUES + "test_the_coins_of_the_documentation_of_scipy",
    ),
)
JS_DIVERGENCE = (
    Mutant(
        "forget the shares in the mixture",
        "js_divergence:value",
        "share * (other - p)",
        "(other - p) / 2",
        JS,
    ),
    Mutant(
        "forget the shares in the mean",
        "js_divergence:value",
        "weight * i_divergence.terms(p, difference, logs, xp=xp)",
        "0.5 * i_divergence.terms(p, difference, logs, xp=xp)",
        JS,
    ),
    Mutant("towards the other side", "js_divergence:value", "other - p", swap, JS),
    Mutant(
        "a mixture that is rounded",
        "js_divergence:value",
        "logs = i_divergence.log_ratio(p, p + difference, xp=xp)",
        """
            difference = (p + difference) - p
            logs = i_divergence.log_ratio(p, p + difference, xp=xp)
        """,
        JS,
    ),
    Mutant(
        "0 times infinity is nan",
        "js_divergence:value",
        "weight == 0",
        "weight < 0",
        EDGES + "test_distributions_that_share_nothing_are_as_far_apart_as_can_be",
    ),
)
JOINT_TABLES = (
    Mutant(
        "the largest entry stays in its row",
        "joint_tables:conditional_entropy",
        "joint * (1 - largest)",
        drop_right,
        CONDITIONAL,
    ),
    Mutant(
        "log for log1p",
        "joint_tables:conditional_entropy",
        "xp.log1p(rest / (top + xp.astype(top == 0, top.dtype)))",
        cancel,
        EDGES + "test_a_variable_that_almost_determines_the_other_leaves_a_little",
    ),
    Mutant(
        "forget the largest entry",
        "joint_tables:conditional_entropy",
        "of_top + xp.sum(surprise, axis=-1)",
        "0 * of_top + xp.sum(surprise, axis=-1)",
        CONDITIONAL,
    ),
    Mutant("the wrong sum", "joint_tables:conditional_entropy", "top + rest", flip_sign, CONDITIONAL),
    Mutant(
        "the plain logarithm of a quotient",
        "joint_tables:conditional_entropy",
        "log_of_quotient(some_whole, some_others, xp=xp)",
        "xp.log(some_whole / some_others)",
        SMALL + "test_subnormal_entries_of_a_table_have_their_entropy[float32]",
    ),
)
MUTUAL_INFORMATION = (
    Mutant(
        "sum over the wrong axes",
        "mutual_information:_marginals",
        "axis != kept",
        negate,
        LAWS + "test_the_chain_rule_of_mutual_information",
    ),
    Mutant(
        "the product of marginals is not divided by the sum",
        "mutual_information:_dependence",
        "product * (other / whole)",
        "product * other",
        VALUES + "test_a_product_of_coins_is_known_only_with_the_third",
    ),
    Mutant(
        "a difference of rounded products",
        "mutual_information:_dependence",
        "difference_of_products(scaled_entry, whole, scaled_product, others[-1])",
        "scaled_entry * whole - scaled_product * others[-1]",
        WEAK,
    ),
    Mutant(
        "marginals that are rounded",
        "mutual_information:_sum_over",
        "table.total(axis=axis, keepdims=True)",
        "double_word(table.total(axis=axis, keepdims=True).rounded, xp=table.xp)",
        WEAK,
    ),
    Mutant(
        "the difference is not divided by the sum",
        "mutual_information:_dependence",
        "difference = difference / whole",
        "difference = difference",
        MUTUAL + "test_so_does_that_on_what_is_known[numpy-float64]",
    ),
    Mutant(
        "a product that underflows",
        "mutual_information:_dependence",
        "float(limits.smallest_normal) / float(limits.eps) ** 2",
        "-1.0",
        MUTUAL + "test_products_of_marginals_that_are_no_floats_have_logarithms",
    ),
    Mutant(
        "an entry of 0 lacks nothing",
        "mutual_information:_divergence",
        "where(joint != 0, terms, found.product)",
        "where(joint != 0, terms, found.product.scaled(0.0))",
        EDGES + "test_variables_that_determine_each_other[numpy]",
    ),
    Mutant(
        "a pair of impossible outcomes",
        "mutual_information:pointwise",
        "xp.where((row.hi == 0) | (column.hi == 0), xp.nan, found)",
        never,
        EDGES + "test_pairs_that_do_not_happen[numpy]",
    ),
)
ALPHA_DIVERGENCE = (
    Mutant("a series that is too short", "alpha_divergence", "_TERMS = 16", "_TERMS = 12", EACH_ORDER),
    Mutant("no series", "alpha_divergence", "_NEAR = 0.3", "_NEAR = 0.0", WEAK),
    Mutant("the series too far", "alpha_divergence", "_NEAR = 0.3", "_NEAR = 1.0", EACH_ORDER),
    Mutant(
        "do not swap",
        "alpha_divergence:terms",
        "q, p, -difference, -log_ratio, -Fraction(order)",
        "p, q, difference, log_ratio, -Fraction(order)",
        EACH_ORDER,
    ),
    Mutant(
        "a power without its last digits",
        "alpha_divergence:_far_terms",
        "rate / 2",
        "Fraction(float(rate) / 2 * (1 + 2e-16))",
        EACH_ORDER,
    ),
    Mutant(
        "finite where the model rules out",
        "alpha_divergence:sum_of_terms",
        "p / (1 - order) if order < 1 else xp.where(p > 0, xp.inf, p)",
        "p / (1 - order) if order < 1 else p",
        RULED_OUT,
    ),
    Mutant(
        "an overflow of the factors",
        "alpha_divergence:_far_terms",
        "p.hi * root.hi / float(rate * (1 + rate)) * (root.hi + 2)",
        "p.hi * (root.hi * (root.hi + 2)) / float(rate * (1 + rate))",
        ALPHA + "test_next_to_overflow_the_sum_is_a_float_still",
    ),
    Mutant(
        "an underflow of the root",
        "alpha_divergence:_far_terms",
        "abs(rate) < 1 / 2",
        "abs(rate) < 0",
        NEXT_TO_NOTHING.format("alpha"),
    ),
)
RENYI_DIVERGENCE = (
    Mutant(
        "exponentials that cancel",
        "renyi_divergence:value_of_logs",
        "log_ratio.hi > -1",
        "log_ratio.hi > 1e9",
        ALPHA + "test_a_high_order_of_near_logarithms_keeps_its_digits[numpy]",
    ),
    Mutant(
        "what underflows is not looked at",
        "renyi_divergence",
        "-50.0",
        "1e9",
        ALPHA + "test_logarithms_below_those_of_all_floats_count[numpy]",
    ),
    Mutant(
        "finite where the model rules out",
        "renyi_divergence:_exponents",
        "xp.inf if order > 1 else -xp.inf",
        "-xp.inf if order > 1 else -xp.inf",
        ALPHA + "test_logarithms_below_those_of_all_floats_count[numpy]",
    ),
    Mutant(
        "forget the order", "renyi_divergence:_of_both_forms", "rate * Fraction(order)", drop_right, RENYI
    ),
    Mutant(
        "an underflow of the scaled sum",
        "renyi_divergence:_of_both_forms",
        "float(xp.finfo(like.dtype).eps) ** 2",
        "0.0",
        NEXT_TO_NOTHING.format("renyi"),
    ),
    Mutant(
        "mass that underflows",
        "renyi_divergence:value_of_logs_at_0",
        "within - unit[..., None]",
        drop_right,
        "tests/measures/test_underflow.py::"
        "test_the_renyi_divergence_of_order_0_reads_logarithms_below_those_of_all_floats[float64]",
    ),
)
SUM_OF_POWERS = (
    Mutant(
        "no logarithm of a small sum",
        "sum_of_powers:log_of_sum",
        "-1 / 2",
        "-2",
        ALPHA + "test_distributions_that_share_little_have_a_renyi_divergence",
    ),
    Mutant(
        "forget the unit",
        "sum_of_powers:log_of_sum",
        "unit + log_of_total",
        drop_left,
        ALPHA + "test_distributions_that_share_little_have_a_renyi_divergence",
    ),
    Mutant(
        "the logarithm of a rounded sum",
        "sum_of_powers:log_of_sum",
        "log_quotient(where(is_known, one + excess, total), one, excess)",
        "log_quotient(where(is_known, one + excess, total), one)",
        ALPHA + "test_renyis_divergence_is_within_a_unit[numpy-float32]",
    ),
)
ENTROPY_OF_ORDER = (
    Mutant(
        "minus zero",
        "entropy_of_order:_lowered",
        "0 + x.rounded * _unit(x.hi, xp=x.xp)",
        drop_left,
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    Mutant(
        "the sum of powers less 1",
        "entropy_of_order:renyi",
        "_gains(some_p, logs, absent, order).total() / whole",
        drop_right,
        EDGES + "test_the_entropy_of_an_order_is_over_the_sum",
    ),
    Mutant(
        "differences of powers near order 1",
        "entropy_of_order:_gains",
        "p.xp.abs(exponent.hi) < 1",
        "exponent.hi > 1e9",
        ORDERS + "[1.0000000001-float64]",
    ),
    Mutant(
        "what is not there counts",
        "entropy_of_order:_gains",
        "where(absent, zero, where(near, close, power - p))",
        "where(absent, p, where(near, close, power - p))",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    Mutant(
        "flip the sign", "entropy_of_order:tsallis", "1 - Fraction(order)", swap, ORDERS + "[3.0-float64]"
    ),
    Mutant(
        "the logarithm of a sum that underflows",
        "entropy_of_order:renyi",
        "xp.where(is_tiny, _lowered(gain / number(1 - Fraction(order), p, xp=xp)), found)",
        never,
        RARE,
    ),
    Mutant(
        "terms that underflow",
        "entropy_of_order:_unit",
        "float(xp.finfo(like.dtype).eps) ** 4",
        "1.0",
        RARE,
    ),
    Mutant(
        "powers raised by another unit",
        "entropy_of_order:_raise",
        "math.log2(_unit(like, xp=xp))",
        "math.log2(_unit(like, xp=xp)) / 2",
        RARE,
    ),
)
F_DIVERGENCE = (
    Mutant(
        "the distance and not half",
        "f_divergence:total_variation",
        "xp.sum(xp.abs(p - q), axis=-1) / 2",
        drop_right,
        EDGES + "test_distributions_that_share_nothing_are_as_far_apart_as_can_be",
    ),
    Mutant(
        "a difference of roots",
        "f_divergence:squared_hellinger",
        "(p - q) / (roots + xp.astype(roots == 0, roots.dtype))",
        "xp.sqrt(p) - xp.sqrt(q)",
        ACCURACY + "test_a_divergence_keeps_its_digits_however_near_the_pair[squared_hellinger]",
    ),
    Mutant(
        "0 / 0 is nan",
        "f_divergence:squared_hellinger",
        "roots + xp.astype(roots == 0, roots.dtype)",
        drop_right,
        SELF,
    ),
    Mutant(
        "Neyman's for Pearson's",
        "f_divergence:chi_squared",
        "q + empty",
        "p + empty",
        ACCURACY + "test_a_divergence_keeps_its_digits_however_near_the_pair[chi_squared_divergence]",
    ),
    Mutant(
        "a finite price",
        "f_divergence:chi_squared",
        "xp.where((q == 0) & (p > 0), xp.inf, found)",
        never,
        RULED_OUT,
    ),
    Mutant(
        "forget the slope",
        "f_divergence:value",
        "xp.where(empty, beyond, found)",
        "xp.where(empty, 0.0, found)",
        EDGES + "test_a_function_counts_at_0_and_by_its_slope_at_infinity[numpy]",
    ),
    Mutant(
        "a quotient that overflows",
        "f_divergence:chi_squared",
        "xp.where(is_high, difference / _SCALE, difference)",
        "difference",
        SMALL + "test_a_quotient_that_overflows_does_not_make_chi_squared_infinite[float32]",
    ),
    Mutant(
        "a term that stays scaled down",
        "f_divergence:chi_squared",
        "xp.where(is_high, found * _SCALE, found)",
        "found",
        SMALL + "test_a_quotient_that_overflows_does_not_make_chi_squared_infinite[float64]",
    ),
    Mutant(
        "a square that underflows",
        "distributions:Distributions.root_of_sum",
        "eps**-4",
        "1.0",
        SMALL + "test_a_distance_is_not_0_where_its_square_underflows[float32]",
    ),
    Mutant(
        "a root that stays raised",
        "distributions:Distributions.root_of_sum",
        "eps**2",
        "eps**4",
        SMALL + "test_a_distance_is_not_0_where_its_square_underflows[float64]",
    ),
)
BINARY_CROSS_ENTROPY = (
    Mutant(
        "log for log1p",
        "binary_cross_entropy:value",
        "xp.log1p(-xp.where(p == 1, 0.0, q))",
        "xp.log(1 - xp.where(p == 1, 0.0, q))",
        BINARY,
    ),
    Mutant("forget the other side", "binary_cross_entropy:value", "1 - p", "0", BINARY),
    Mutant("0 log 0 is nan", "binary_cross_entropy:value", "xp.where(p == 0, 1.0, q)", never, CERTAIN),
    Mutant(
        "a difference of quotients",
        "binary_cross_entropy:derivative",
        "(q - p) / q / (1 - q)",
        "(1 - p) / (1 - q) - p / q",
        BINARY,
    ),
    Mutant(
        "no slope of a certain event",
        "binary_cross_entropy:derivative",
        "(p == 0) | (p == 1)",
        "(p == 2) | (p == 2)",
        CERTAIN,
    ),
    Mutant(
        "over the square that underflows",
        "binary_cross_entropy:second_derivative",
        "p / some_q / some_q",
        "p / (some_q * some_q)",
        BINARY,
    ),
    Mutant(
        "flip the sign of the bend",
        "binary_cross_entropy:second_derivative",
        "p / some_q / some_q + (1 - p) / rest / rest",
        flip_sign,
        BINARY,
    ),
)
BINARY_ENTROPY = (
    Mutant(
        "a difference of logarithms near 1/2",
        "binary_entropy:derivative",
        "rare > 0.25",
        "rare > 0.75",
        BINARY,
    ),
    Mutant("a quotient that overflows", "binary_entropy:derivative", "rare > 0.25", "rare >= 0", BINARY),
    Mutant(
        "the other odds",
        "binary_entropy:derivative",
        "xp.where(p < 0.5, log_odds, 0 - log_odds)",
        swap,
        CERTAIN,
    ),
    Mutant("flip the sign of the bend", "binary_entropy:second_derivative", "-1", flip_sign, BINARY),
)
ROOM = (
    Mutant(
        "forget the base",
        "units:in_base",
        "nats / math.log(base)",
        drop_right,
        ALIKE + "test_the_base_divides_by_its_logarithm[2]",
    ),
    Mutant(
        "a tolerance of all digits",
        "precisions:_precisions",
        "float(xp.finfo(dtype).eps) ** 0.5",
        drop_right,
        ALIKE + "test_the_sum_is_checked_to_half_the_digits_of_the_dtype",
    ),
    Mutant(
        "outcomes on the last axis, always",
        "distributions:_outcomes_last",
        "array if axis in (-1, array.ndim - 1) else xp.moveaxis(array, axis, -1)",
        always,
        EDGES + "test_the_surprisal_of_the_certain_and_the_impossible[numpy]",
    ),
    Mutant(
        "never normalise",
        "distributions:distributions",
        "found / xp.sum(found, axis=-1, keepdims=True)",
        "found + 0",
        ALIKE + "test_normalize_divides_by_the_sum_in_every_space",
    ),
    Mutant(
        "quotients rounded to 32 bits",
        "precisions:has_64_bits",
        '"float64" in xp.__array_namespace_info__().dtypes(kind="real floating")',
        "False",
        ALIKE + "test_close_counts_in_32_bits_keep_their_digits_when_they_are_normalised",
    ),
    Mutant(
        "results in the dtype of the computation",
        "distributions:Distributions.result",
        "quantity.dtype == self.dtype",
        drop_right,
        ALIKE + "test_results_have_the_dtype_of_the_arguments[entropy]",
    ),
    Mutant(
        "logarithms of the rounded softmax",
        "distributions:_softmax",
        "distance - xp.log1p(parts.rest)[..., None]",
        "xp.log(parts.probs)",
        ACCURACY + "test_logits_are_as_good_as_probabilities",
    ),
    Mutant(
        "let negative numbers pass",
        "simplex:_at_a_glance",
        "np.minimum.reduce(probs, axis=None) >= 0",
        "np.minimum.reduce(probs, axis=None) >= -1",
        ALIKE + "test_entries_that_are_no_probabilities_are_refused[numpy--0.25--0.25]",
    ),
    Mutant(
        "no check of the sum at a glance",
        "simplex:_at_a_glance",
        "is_1.all() and np.minimum.reduce(probs, axis=None) >= 0",
        drop_left,
        ALIKE + "test_a_sum_that_is_not_1_is_refused_with_its_index_and_the_cure[numpy]",
    ),
    Mutant(
        "blocks that overlap",
        "blocks:_blocks",
        "range(0, n_columns, width)",
        "range(0, n_columns, width - 1 or 1)",
        BLOCKS + "test_blocks_cover_every_entry_once[shape0]",
    ),
    Mutant(
        "the last part of a row for the row",
        "blocks:summed_by_blocks",
        "total[block[0]] += (quick or value)(*cut, xp=xp)",
        "total[block[0]] = (quick or value)(*cut, xp=xp)",
        BLOCKS + "test_blocks_cover_every_entry_once[shape0]",
    ),
    Mutant(
        "sums term by term",
        "blocks:_in_row_order",
        "np.ascontiguousarray(array)",
        drop_call,
        BLOCKS + "test_arrays_in_any_memory_order_are_summed",
    ),
    Mutant(
        "the short formula, also where it cancels",
        "kl_divergence:_value_of_block",
        "xp.sum(p, axis=-1) / 4",
        "-1 + 0 * xp.sum(p, axis=-1)",
        BLOCKS + "test_large_divergences_are_those_of_the_formula",
    ),
)

NORMALIZED = (
    Mutant(
        "JAX normalises in 32 bits",
        "normalized_in_64_bits:normalized_in_64_bits",
        "jax.enable_x64(True)",
        "jax.enable_x64(False)",
        "tests/jax/test_normalized_measures.py::"
        "test_close_weights_keep_their_digits_also_under_jit[total_variation]",
    ),
)

MUTANTS = (
    *I_DIVERGENCE,
    *CROSS_ENTROPY,
    *JS_DIVERGENCE,
    *JOINT_TABLES,
    *MUTUAL_INFORMATION,
    *ALPHA_DIVERGENCE,
    *RENYI_DIVERGENCE,
    *SUM_OF_POWERS,
    *ENTROPY_OF_ORDER,
    *F_DIVERGENCE,
    *BINARY_CROSS_ENTROPY,
    *BINARY_ENTROPY,
    *ROOM,
    *NORMALIZED,
)
