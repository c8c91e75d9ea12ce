from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

ACCURACY = "tests/measures/test_accuracy.py::"
EDGES = "tests/measures/test_edge_cases.py::"
ALIKE = "tests/measures/test_distributions.py::"
VALUES = "tests/measures/test_reference_values.py::"
BLOCKS = "tests/measures/test_blocks.py::"
LAWS = "tests/measures/test_laws.py::"
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
WEAK = MUTUAL + "test_a_dependence_keeps_its_digits_however_weak[numpy-float64]"


def _table(file, *edits):
    return tuple(Mutant(name, file, old, new, test) for name, old, new, test in edits)


I_DIVERGENCE = _table(
    "formulas/i_divergence.py",
    ("the far form everywhere", "_NEAR = 1 / 9", "_NEAR = -1.0", KL),
    ("the series too far", "_NEAR = 1 / 9", "_NEAR = 1 / 4", KL),
    ("drop the last coefficient", "    0.1616404561194353,\n", "", KL),
    ("flip the sign of the series", "(difference - p * x * series)", "(difference + p * x * series)", KL),
    ("flip the sign of the logarithm", "(difference - p * log_ratio)", "(difference + p * log_ratio)", KL),
    ("0 / 0 where both are 0", "min=float(xp.finfo(p.dtype).smallest_normal)", "min=0.0", SELF),
    ("p = 0 is nan", "(q + empty) / (p + empty)", "q / p", SELF),
    (
        "a quotient that overflows",
        "float(xp.finfo(p.dtype).max)",
        "float('inf')",
        EDGES + "test_subnormal_probabilities_are_probabilities",
    ),
    ("differences of exponentials", "near = xp.abs(ratio) < 1\n", "near = xp.abs(ratio) < 0\n", LOGS),
    (
        "a finite price in log space",
        "xp.where(impossible, xp.inf, found)",
        "found",
        RULED_OUT,
    ),
    (
        "the short form with twice the logarithm",
        "(q - p) - p * xp.log",
        "(q - p) - 2 * p * xp.log",
        BLOCKS + "test_a_long_row_keeps_its_digits",
    ),
)
CROSS_ENTROPY = _table(
    "formulas/measures/cross_entropy.py",
    (
        "flip the sign",
        "return 0 - xp.sum(p * xp.log",
        "return 0 + xp.sum(p * xp.log",
        VALUES + "test_the_coins_of_the_documentation_of_scipy",
    ),
    ("0 log 0 is nan", "xp.log(q + empty)", "xp.log(q)", SELF),
    ("clip the model", "xp.log(q + empty)", "xp.log(q + 1e-16)", RULED_OUT),
    (
        "0 times infinity is nan",
        "xp.where(p == 0, 0.0, log_q)",
        "log_q",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    (
        "swap truth and model",
        "p * xp.log(q + empty)",
        "q * xp.log(p + empty)",
        VALUES + "test_the_coins_of_the_documentation_of_scipy",
    ),
)
JS_DIVERGENCE = _table(
    "formulas/measures/js_divergence.py",
    ("forget the shares in the mixture", "share * (other - p)", "(other - p) / 2", JS),
    ("forget the shares in the mean", "found + weight * ", "found + 0.5 * ", JS),
    ("towards the other side", "share * (other - p)", "share * (p - other)", JS),
    (
        "a mixture that is rounded",
        "        logs = ",
        "        difference = (p + difference) - p\n        logs = ",
        JS,
    ),
    (
        "0 times infinity is nan",
        "if weight == 0:",
        "if weight < 0:",
        EDGES + "test_distributions_that_share_nothing_are_as_far_apart_as_can_be",
    ),
)
JOINT_TABLES = _table(
    "formulas/measures/joint_tables.py",
    ("the largest entry stays in its row", "others = joint * (1 - largest)", "others = joint", CONDITIONAL),
    (
        "log for log1p",
        "top * xp.log1p(rest / ",
        "top * xp.log(1 + rest / ",
        EDGES + "test_a_variable_that_almost_determines_the_other_leaves_a_little",
    ),
    ("forget the largest entry", "xp.sum(of_top + ", "xp.sum(0 * of_top + ", CONDITIONAL),
    ("the wrong sum", "(top + rest)[..., None]", "(top - rest)[..., None]", CONDITIONAL),
)
MUTUAL_INFORMATION = _table(
    "formulas/measures/mutual_information.py",
    (
        "sum over the wrong axes",
        "for axis in axes if axis != kept",
        "for axis in axes if axis == kept",
        LAWS + "test_the_chain_rule_of_mutual_information",
    ),
    (
        "the product of marginals is not divided by the sum",
        "product = product * (other / whole)",
        "product = product * other",
        VALUES + "test_a_product_of_coins_is_known_only_with_the_third",
    ),
    (
        "a difference of rounded products",
        "difference_of_products(scaled_entry, whole, scaled_product, others[-1])",
        "scaled_entry * whole - scaled_product * others[-1]",
        WEAK,
    ),
    (
        "marginals that are rounded",
        "table = table.total(axis=axis, keepdims=True)",
        "table = double_word(table.total(axis=axis, keepdims=True).rounded, xp=table.xp)",
        WEAK,
    ),
    (
        "the difference is not divided by the sum",
        "difference = difference / whole",
        "difference = difference",
        MUTUAL + "test_so_does_that_on_what_is_known[numpy-float64]",
    ),
    (
        "a product that underflows",
        "float(limits.smallest_normal) / float(limits.eps) ** 2",
        "-1.0",
        MUTUAL + "test_products_of_marginals_that_are_no_floats_have_logarithms",
    ),
    (
        "an entry of 0 lacks nothing",
        "where(joint != 0, terms, found.product)",
        "where(joint != 0, terms, found.product.scaled(0.0))",
        EDGES + "test_variables_that_determine_each_other[numpy]",
    ),
    (
        "a pair of impossible outcomes",
        "xp.where((row.hi == 0) | (column.hi == 0), xp.nan, found)",
        "found",
        EDGES + "test_pairs_that_do_not_happen[numpy]",
    ),
)
ALPHA_DIVERGENCE = _table(
    "formulas/measures/alpha_divergence.py",
    ("a series that is too short", "_TERMS = 16", "_TERMS = 12", EACH_ORDER),
    ("no series", "_NEAR = 0.3", "_NEAR = 0.0", WEAK),
    ("the series too far", "_NEAR = 0.3", "_NEAR = 1.0", EACH_ORDER),
    (
        "do not swap",
        "q, p, -difference, -log_ratio, -Fraction(order)",
        "p, q, difference, log_ratio, -Fraction(order)",
        EACH_ORDER,
    ),
    (
        "a power without its last digits",
        "log_ratio * number(rate / 2,",
        "log_ratio * number(Fraction(float(rate) / 2 * (1 + 2e-16)),",
        EACH_ORDER,
    ),
    (
        "finite where the model rules out",
        "xp.where(p > 0, xp.inf, p)",
        "p",
        RULED_OUT,
    ),
    (
        "an overflow of the factors",
        "p.hi * root.hi / float(rate * (1 + rate)) * (root.hi + 2)",
        "p.hi * (root.hi * (root.hi + 2)) / float(rate * (1 + rate))",
        ALPHA + "test_next_to_overflow_the_sum_is_a_float_still",
    ),
)
RENYI_DIVERGENCE = _table(
    "formulas/measures/renyi_divergence.py",
    (
        "exponentials that cancel",
        "near = log_ratio.hi > -1",
        "near = log_ratio.hi > 1e9",
        ALPHA + "test_a_high_order_of_near_logarithms_keeps_its_digits[numpy]",
    ),
    (
        "what underflows is not looked at",
        "_UNSEEN = -50.0",
        "_UNSEEN = 1e9",
        ALPHA + "test_logarithms_below_those_of_all_floats_count[numpy]",
    ),
    (
        "finite where the model rules out",
        "of_p = xp.inf if order > 1",
        "of_p = -xp.inf if order > 1",
        ALPHA + "test_logarithms_below_those_of_all_floats_count[numpy]",
    ),
    ("forget the order", "number(rate * Fraction(order), like, xp=xp)", "number(rate, like, xp=xp)", RENYI),
)
SUM_OF_POWERS = _table(
    "formulas/measures/sum_of_powers.py",
    (
        "no logarithm of a small sum",
        "like > -1 / 2",
        "like > -2",
        ALPHA + "test_distributions_that_share_little_have_a_renyi_divergence",
    ),
    (
        "forget the unit",
        "found = (unit + log_of_total)",
        "found = log_of_total",
        ALPHA + "test_distributions_that_share_little_have_a_renyi_divergence",
    ),
    (
        "the logarithm of a rounded sum",
        "one, excess)",
        "one)",
        ALPHA + "test_renyis_divergence_is_within_a_unit[numpy-float32]",
    ),
    (
        "minus zero",
        "0 + found.rounded",
        "found.rounded",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
)
ENTROPY_OF_ORDER = _table(
    "formulas/measures/entropy_of_order.py",
    (
        "minus zero",
        "return 0 + (gain",
        "return (gain",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    (
        "the sum of powers less 1",
        "_gains(some_p, logs, absent, order).total() / whole",
        "_gains(some_p, logs, absent, order).total()",
        EDGES + "test_the_entropy_of_an_order_is_over_the_sum",
    ),
    (
        "differences of powers near order 1",
        "near = p.xp.abs(exponent.hi) < 1",
        "near = exponent.hi > 1e9",
        ORDERS + "[1.0000000001-float64]",
    ),
    (
        "what is not there counts",
        "where(absent, zero, where(near",
        "where(absent, power, where(near",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    (
        "flip the sign",
        "number(1 - Fraction(order), gain",
        "number(Fraction(order) - 1, gain",
        ORDERS + "[3.0-float64]",
    ),
)
F_DIVERGENCE = _table(
    "formulas/measures/f_divergence.py",
    (
        "the distance and not half",
        "xp.abs(p - q), axis=-1) / 2",
        "xp.abs(p - q), axis=-1)",
        EDGES + "test_distributions_that_share_nothing_are_as_far_apart_as_can_be",
    ),
    (
        "a difference of roots",
        "distance = (p - q) / (roots + xp.astype(roots == 0, roots.dtype))",
        "distance = xp.sqrt(p) - xp.sqrt(q)",
        ACCURACY + "test_a_divergence_keeps_its_digits_however_near_the_pair[squared_hellinger]",
    ),
    ("0 / 0 is nan", "(roots + xp.astype(roots == 0, roots.dtype))", "roots", SELF),
    (
        "Neyman's for Pearson's",
        "(p - q) / (q + empty)",
        "(p - q) / (p + empty)",
        ACCURACY + "test_a_divergence_keeps_its_digits_however_near_the_pair[chi_squared_divergence]",
    ),
    ("a finite price", "xp.where((q == 0) & (p > 0), xp.inf, found)", "found", RULED_OUT),
    (
        "forget the slope",
        "xp.where(empty, beyond, found)",
        "xp.where(empty, 0.0, found)",
        EDGES + "test_a_function_counts_at_0_and_by_its_slope_at_infinity[numpy]",
    ),
)
BINARY_CROSS_ENTROPY = _table(
    "formulas/measures/binary_cross_entropy.py",
    ("log for log1p", "xp.log1p(-xp.where(p == 1, 0.0, q))", "xp.log(1 - xp.where(p == 1, 0.0, q))", BINARY),
    ("forget the other side", "of_event + (1 - p) *", "of_event + 0 * ", BINARY),
    ("0 log 0 is nan", "xp.log(xp.where(p == 0, 1.0, q))", "xp.log(q)", CERTAIN),
    ("a difference of quotients", "(q - p) / q / (1 - q))", "(1 - p) / (1 - q) - p / q)", BINARY),
    (
        "no slope of a certain event",
        "xp.where((p == 0) | (p == 1), certain,",
        "xp.where((p == 2) | (p == 2), certain,",
        CERTAIN,
    ),
    (
        "over the square that underflows",
        "p / some_q / some_q",
        "p / (some_q * some_q)",
        BINARY,
    ),
    ("flip the sign of the bend", "some_q + (1 - p) / rest / rest", "some_q - (1 - p) / rest / rest", BINARY),
)
BINARY_ENTROPY = _table(
    "formulas/measures/binary_entropy.py",
    ("a difference of logarithms near 1/2", "near = rare > 0.25", "near = rare > 0.75", BINARY),
    ("a quotient that overflows", "near = rare > 0.25", "near = rare >= 0", BINARY),
    (
        "the other odds",
        "xp.where(p < 0.5, log_odds, 0 - log_odds)",
        "xp.where(p < 0.5, 0 - log_odds, log_odds)",
        CERTAIN,
    ),
    ("flip the sign of the bend", "return -1 / p / (1 - p)", "return 1 / p / (1 - p)", BINARY),
)
ROOM = (
    *_table(
        "measures/distributions.py",
        (
            "forget the base",
            "return nats / math.log(base)",
            "return nats",
            ALIKE + "test_the_base_divides_by_its_logarithm[2]",
        ),
        (
            "a tolerance of all digits",
            ".eps) ** 0.5",
            ".eps)",
            ALIKE + "test_the_sum_is_checked_to_half_the_digits_of_the_dtype",
        ),
        (
            "outcomes on the last axis, always",
            "array if axis in (-1, array.ndim - 1) else xp.moveaxis(array, axis, -1)",
            "array",
            EDGES + "test_the_surprisal_of_the_certain_and_the_impossible[numpy]",
        ),
        (
            "never normalise",
            "found = found / xp.sum(found, axis=-1, keepdims=True)",
            "found = found + 0",
            ALIKE + "test_normalize_divides_by_the_sum_in_every_space",
        ),
        (
            "results in the dtype of the computation",
            "return quantity if quantity.dtype == self.dtype else",
            "return quantity if quantity.dtype else",
            ALIKE + "test_results_have_the_dtype_of_the_arguments[entropy]",
        ),
        (
            "logarithms of the rounded softmax",
            "distance - xp.log1p(parts.rest)[..., None]",
            "xp.log(parts.probs)",
            ACCURACY + "test_logits_are_as_good_as_probabilities",
        ),
    ),
    *_table(
        "measures/simplex.py",
        (
            "let negative numbers pass",
            "np.minimum.reduce(probs, axis=None) >= 0",
            "np.minimum.reduce(probs, axis=None) >= -1",
            ALIKE + "test_entries_that_are_no_probabilities_are_refused[numpy--0.25--0.25]",
        ),
        (
            "no check of the sum at a glance",
            "return bool(is_1.all() and",
            "return bool(",
            ALIKE + "test_a_sum_that_is_not_1_is_refused_with_its_index_and_the_cure[numpy]",
        ),
    ),
    *_table(
        "measures/blocks.py",
        (
            "blocks that overlap",
            "range(0, n_columns, width)",
            "range(0, n_columns, width - 1 or 1)",
            BLOCKS + "test_blocks_cover_every_entry_once[shape0]",
        ),
        (
            "the last part of a row for the row",
            "total[block[0]] += (quick or value)",
            "total[block[0]] = (quick or value)",
            BLOCKS + "test_blocks_cover_every_entry_once[shape0]",
        ),
        (
            "sums term by term",
            "return np.ascontiguousarray(array) if",
            "return array if",
            BLOCKS + "test_arrays_in_any_memory_order_are_summed",
        ),
    ),
    *_table(
        "measures/kl_divergence.py",
        (
            "the short formula, also where it cancels",
            "found > xp.sum(p, axis=-1) / 4",
            "found > -1 + 0 * xp.sum(p, axis=-1)",
            BLOCKS + "test_large_divergences_are_those_of_the_formula",
        ),
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
)
