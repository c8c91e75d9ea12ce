from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

MARGIN = "formulas/angular_margin.py"
MULTIPLE = "precision/multiple_angle.py"
NUMBER = "precision/exact_number.py"
AT_LABEL = "formulas/margins_at_label.py"
BY_LABEL = "formulas/adjusted_by_label.py"
CENTRES = "formulas/sub_centres.py"
COSINES = "losses/families/abstract_cosine_loss.py"
NORMS = "losses/margins/l_softmax.py"
TESTS = "tests/losses/test_margins.py::"
ENDS = TESTS + "test_derivatives_at_the_ends_are_finite_and_those_beside_them[numpy-arcface-float64]"
FALLING = TESTS + "test_a_larger_cosine_never_costs_more"
SLOPES = TESTS + "test_the_multiple_angle_has_no_jump_and_the_square_of_the_margin_for_slope_at_the_ends[4]"
ANY = TESTS + "test_any_multiplier_has_the_derivatives_of_its_value[1.35]"
BEST = TESTS + "test_of_several_centres_the_nearest_counts_and_takes_the_derivatives[numpy-arcface]"
ALL_DIGITS = TESTS + "test_cosines_of_all_digits_keep_those_of_the_loss"
NO_COSINE = TESTS + "test_what_is_no_cosine_is_refused_or_nan[arcface]"


def oracle(stem):
    return (
        "tests/losses/test_oracle.py::"
        f"test_value_gradient_and_product_meet_the_definition[numpy-{stem}-float64]"
    )


MUTANTS = (
    Mutant(
        "the margin turns back",
        MARGIN,
        "- across * multiple.sine",
        "+ across * multiple.sine",
        oracle("arcface"),
    ),
    Mutant(
        "the factor that others leave out",
        MARGIN,
        "return CosineWithMargin(value, slope.rounded, bend)",
        "return CosineWithMargin(value, 0 * bend + 1, bend)",
        oracle("arcface"),
    ),
    Mutant(
        "no sine in the slope",
        MARGIN,
        "across * (multiple.cosine / divisor)",
        "across * multiple.cosine",
        oracle("arcface"),
    ),
    Mutant("no bend", MARGIN, "turn / divisor.hi**3", "0 * turn", oracle("arcface")),
    Mutant(
        "half of the turn", MARGIN, "turn = cosines.hi * multiple.cosine.hi + ", "turn = ", oracle("arcface")
    ),
    Mutant(
        "a sine of 0 divides",
        MARGIN,
        "divisor = where(sine.hi < smallest.hi, smallest, sine)",
        "divisor = where(sine.hi < 0, smallest, sine)",
        ENDS,
    ),
    Mutant(
        "past pi as before it",
        MARGIN,
        "if self.multiplier == 1:\n",
        "if self.multiplier == 0:\n",
        oracle("arcface"),
    ),
    Mutant(
        "the line rises",
        MARGIN,
        "where(is_past, cosines - drop",
        "where(is_past, cosines + drop",
        oracle("arcface"),
    ),
    Mutant(
        "the slope before pi for that of the line",
        MARGIN,
        "xp.where(is_past, 1.0, found.slope)",
        "found.slope",
        TESTS + "test_past_pi_arcface_follows_the_line_of_its_code",
    ),
    Mutant(
        "no drop at pi",
        MARGIN,
        "found.value.scaled(sign) - drop",
        "found.value.scaled(sign)",
        oracle("sphereface"),
    ),
    Mutant("the slope turns", MARGIN, "xp.abs(found.slope), sign", "found.slope, sign", oracle("sphereface")),
    Mutant("the bend turns", MARGIN, "sign * found.bend", "found.bend", oracle("sphereface")),
    Mutant(
        "one turn too many at -1",
        MARGIN,
        "turns = xp.where(turns > last, float(last), turns)",
        "turns = xp.where(turns > last + 1, float(last), turns)",
        TESTS + "test_derivatives_at_the_ends_are_finite_and_those_beside_them[numpy-sphereface-float64]",
    ),
    Mutant(
        "half of the annealing",
        MARGIN,
        "(self.annealing + found.slope) / total.hi",
        "found.slope / total.hi",
        oracle("sphereface"),
    ),
    Mutant("one Newton step less", MULTIPLE, "missing / divisor", "0 * missing", oracle("arcface")),
    Mutant(
        "1 - c^2 in one word",
        MULTIPLE,
        "square = (one - cosine) * (one + cosine)",
        "square = one - double_word(cosine.hi * cosine.hi, xp=xp)",
        ALL_DIGITS,
    ),
    Mutant(
        "a step of the recurrence in one word",
        MULTIPLE,
        "now, before = twice * now - before, now",
        "now, before = double_word((twice * now - before).hi, xp=xp), now",
        oracle("sphereface"),
    ),
    Mutant(
        "the second derivative of the first kind only",
        MULTIPLE,
        "bend, bend_before = 4 * j",
        "bend, bend_before = 2 * j",
        oracle("sphereface"),
    ),
    Mutant(
        "the sum of half the second derivatives",
        MULTIPLE,
        "twice.hi * bend - bend_before",
        "twice.hi * bend",
        oracle("sphereface"),
    ),
    Mutant(
        "near numbers are subtracted near 1",
        MULTIPLE,
        "_NEAR_1 = 0.875",
        "_NEAR_1 = 1.875",
        TESTS + "test_the_second_derivative_near_1_keeps_its_digits",
    ),
    Mutant("another series", MULTIPLE, "(2.5 + k) * (k + 1)", "(1.5 + k) * (k + 1)", ANY),
    Mutant(
        "the angle without its multiple",
        MULTIPLE,
        "angle = multiplier * xp.acos(cosine)",
        "angle = xp.acos(cosine)",
        ANY,
    ),
    Mutant("cosine and sine in one word", NUMBER, "word.lo + beyond", "word.lo", oracle("arcface")),
    Mutant("all signs alike", NUMBER, "-term if k % 4 > 1 else term", "term", oracle("arcface")),
    Mutant(
        "a scale in one word",
        AT_LABEL,
        "return exact_number(self.scale, cosines.hi, xp=cosines.xp) * cosines",
        "return cosines.scaled(self.scale)",
        oracle("cosface"),
    ),
    Mutant(
        "the margin everywhere",
        AT_LABEL,
        "where(is_label == 1, DoubleWord",
        "where(is_label >= 0, DoubleWord",
        oracle("cosface"),
    ),
    Mutant(
        "the slope of the cosine alone",
        AT_LABEL,
        "slope = self.scale * ((1",
        "slope = 1.0 * ((1",
        oracle("cosface"),
    ),
    Mutant("the bend unscaled", AT_LABEL, "(self.scale * of_label.bend)", "of_label.bend", oracle("arcface")),
    Mutant(
        "the bend of cosines, not of logits",
        AT_LABEL,
        "of_label.bend / norm.hi",
        "of_label.bend",
        oracle("l_softmax"),
    ),
    Mutant(
        "the quotient in one word",
        AT_LABEL,
        "_up_to_the_ends(at_label / norm)",
        "_up_to_the_ends(double_word((at_label / norm).hi, xp=xp))",
        ALL_DIGITS,
    ),
    Mutant(
        "the soft margin helps",
        AT_LABEL,
        "exact_sum(logits, -margin",
        "exact_sum(logits, margin",
        oracle("soft_margin_softmax"),
    ),
    Mutant(
        "the soft margin in one word",
        AT_LABEL,
        "rest - beyond * is_label",
        "0 * rest",
        TESTS + "test_a_soft_margin_of_large_logits_keeps_its_digits_in_32_bits",
    ),
    Mutant(
        "beyond the ends as it is",
        AT_LABEL,
        "return where(is_beyond, double_word(end, xp=xp), cosines)",
        "return where(is_beyond & (hi > 2), double_word(end, xp=xp), cosines)",
        TESTS + "test_a_cosine_that_rounding_took_beyond_an_end_counts_as_that[numpy-float64-cosface]",
    ),
    Mutant(
        "no chain rule",
        BY_LABEL,
        "return value, adjusted.slope * gradient",
        "return value, gradient",
        oracle("cosface"),
    ),
    Mutant(
        "no second slope", BY_LABEL, "return adjusted.slope * product", "return product", oracle("cosface")
    ),
    Mutant(
        "no first slope", BY_LABEL, "labels, adjusted.slope * vectors", "labels, vectors", oracle("cosface")
    ),
    Mutant("no bend of the map", BY_LABEL, " + adjusted.bend * gradient * vectors", "", oracle("arcface")),
    Mutant(
        "the mean of the centres",
        CENTRES,
        "return xp.max(apart, axis=-1)",
        "return xp.mean(apart, axis=-1)",
        BEST,
    ),
    Mutant("the worst takes the gradient", CENTRES, "xp.argmax(apart", "xp.argmin(apart", BEST),
    Mutant(
        "all centres take the gradient",
        CENTRES,
        "of_best[..., None] * is_best",
        "of_best[..., None] + 0 * is_best",
        BEST,
    ),
    Mutant(
        "vectors of all centres",
        CENTRES,
        "self._apart(vectors, xp=xp) * is_best",
        "self._apart(vectors, xp=xp)",
        BEST,
    ),
    Mutant(
        "labels count centres",
        COSINES,
        "return columns // self.sub_centres - columns",
        "return 0",
        TESTS + "test_labels_and_columns_count_classes_not_centres",
    ),
    Mutant("what is no cosine is one", COSINES, "xp.nan, cosines))", "cosines, cosines))", NO_COSINE),
    Mutant("all is a cosine", COSINES, "if examples.validate:", "if not examples.validate:", NO_COSINE),
    Mutant(
        "what is beyond its norm is not",
        NORMS,
        "xp.where(is_beyond, xp.nan, examples.logits)",
        "examples.logits",
        TESTS + "test_norms_that_are_none_do_not_fit_or_are_too_small_are_refused",
    ),
    Mutant(
        "norms of rows that are not read",
        NORMS,
        "norms = examples.where_read(norms, 1.0)",
        "norms = norms + 0",
        TESTS + "test_a_row_that_is_not_read_may_have_any_norm",
    ),
)
