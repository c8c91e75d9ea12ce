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
JS = ACCURACY + "test_the_js_divergence_of_two_is_within_8_units[weights1]"
TABLES = ACCURACY + "test_tables_keep_their_digits"
BINARY = EDGES + "test_the_binary_measures_are_within_4_units"
CERTAIN = EDGES + "test_certain_events[numpy]"
ALPHA = ACCURACY + "test_divergences_of_an_order_are_within_16_units"
ORDERS = ACCURACY + "test_entropies_of_an_order_are_within_4_units"


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
        "(q - p) - p * log_ratio",
        "(q - p) - 2 * p * log_ratio",
        BLOCKS + "test_a_long_row_keeps_its_digits",
    ),
)
CROSS_ENTROPY = _table(
    "formulas/cross_entropy.py",
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
    "formulas/js_divergence.py",
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
    "formulas/joint_tables.py",
    ("the largest entry stays in its row", "others = joint * (1 - largest)", "others = joint", TABLES),
    (
        "log for log1p",
        "top * xp.log1p(rest / ",
        "top * xp.log(1 + rest / ",
        EDGES + "test_a_variable_that_almost_determines_the_other_leaves_a_little",
    ),
    ("forget the largest entry", "xp.sum(of_top + ", "xp.sum(0 * of_top + ", TABLES),
    (
        "sum over the wrong axes",
        "if axis != first + variable",
        "if axis == first + variable",
        LAWS + "test_the_chain_rule_of_mutual_information",
    ),
    (
        "forget what is known",
        "second / (given + xp.astype(given == 0, given.dtype))",
        "second",
        VALUES + "test_a_product_of_coins_is_known_only_with_the_third",
    ),
    (
        "the axes of a known variable",
        "for axis in (-1, -2))\n    product",
        "for axis in (-1, -3))\n    product",
        LAWS + "test_the_chain_rule_of_mutual_information",
    ),
    (
        "the excess over the table",
        "(joint - product) / product",
        "(joint - product) / joint",
        EDGES + "test_pairs_that_do_not_happen[numpy]",
    ),
)
ALPHA_DIVERGENCE = _table(
    "formulas/alpha_divergence.py",
    ("a series that is too short", "_TERMS = 18", "_TERMS = 9", ALPHA + "[2.0]"),
    (
        "no series",
        "near = xp.abs(difference) * max(1.0, order) < 0.5 * some_q",
        "near = xp.abs(difference) < 0",
        ALPHA + "[2.0]",
    ),
    (
        "a logarithm of a quotient near 1",
        "moderate = xp.abs(difference) < 0.5 * some_q",
        "moderate = xp.abs(difference) < 0",
        ALPHA + "[10.0]",
    ),
    ("do not swap", "p, q, order = q, p, 1 - order", "order = 1 - order", ALPHA + "[-0.5]"),
    ("an exponential for a power", "xp.pow(ratio, rate) - 1)", "xp.exp(exponent) - 1)", ALPHA + "[10.0]"),
    (
        "exp - 1 for expm1",
        "xp.expm1(xp.where(near, exponent, 0.0))",
        "(xp.exp(exponent) - 1)",
        ALPHA + "[1.0000000001]",
    ),
    ("finite where the model rules out", "else xp.where(p > 0, xp.inf, p)", "else p", RULED_OUT),
    (
        "log for log1p",
        "close = xp.log1p(xp.where(moderate, sum_less_1, 0.0))",
        "close = xp.log(1 + xp.where(moderate, sum_less_1, 0.0))",
        ALPHA + "[2.0]",
    ),
    (
        "no logarithm of a large sum",
        "(sum_less_1 > -0.5) & (sum_less_1 < 1)",
        "sum_less_1 > -2",
        EDGES + "test_probabilities_below_all_floats_have_logarithms",
    ),
)
ENTROPY_OF_ORDER = _table(
    "formulas/entropy_of_order.py",
    (
        "minus zero",
        "return 0 + xp.where(moderate",
        "return xp.where(moderate",
        EDGES + "test_certainty_has_no_entropy_of_any_order",
    ),
    (
        "the sum of powers less 1",
        "axis=-1) / xp.sum(p, axis=-1)",
        "axis=-1) + (xp.sum(p, axis=-1) - 1)",
        ORDERS + "[1.0000000001]",
    ),
    (
        "powers of what underflows",
        "xp.where(is_normal, xp.pow(xp.where(is_normal, p, 1.0), order), xp.exp(order * logs))",
        "xp.pow(p, order)",
        EDGES + "test_powers_do_not_underflow_at_a_large_order",
    ),
    ("an exponential for a power", "is_normal = p >=", "is_normal = p <", ORDERS + "[0.9]"),
    (
        "forget the scale of the largest",
        "return order * peak[..., 0] +",
        "return peak[..., 0] +",
        ORDERS + "[3.0]",
    ),
    (
        "do not scale by the largest",
        "order * (log_p - peak), -xp.inf)\n    return order * peak[..., 0] +",
        "order * log_p, -xp.inf)\n    return",
        EDGES + "test_powers_do_not_underflow_at_a_large_order",
    ),
    ("flip the sign", "axis=-1) / (1 - order)", "axis=-1) / (order - 1)", ORDERS + "[3.0]"),
)
F_DIVERGENCE = _table(
    "formulas/f_divergence.py",
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
    "formulas/binary_cross_entropy.py",
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
    "formulas/binary_entropy.py",
    (
        "the likely side",
        "lower = -xp.abs(logits)",
        "lower = xp.abs(logits)",
        EDGES + "test_the_entropy_of_log_odds_is_within_4_units",
    ),
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
            "found < xp.sum(p, axis=-1) / 4",
            "found < -1 + 0 * xp.sum(p, axis=-1)",
            BLOCKS + "test_large_divergences_are_those_of_the_formula",
        ),
    ),
)
MUTANTS = (
    *I_DIVERGENCE,
    *CROSS_ENTROPY,
    *JS_DIVERGENCE,
    *JOINT_TABLES,
    *ALPHA_DIVERGENCE,
    *ENTROPY_OF_ORDER,
    *F_DIVERGENCE,
    *BINARY_CROSS_ENTROPY,
    *BINARY_ENTROPY,
    *ROOM,
)
