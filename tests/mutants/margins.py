from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, flip_sign, negate, never, other_extreme

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_margins.py::"
ENDS = TESTS + "test_derivatives_at_the_ends_are_finite_and_those_beside_them[numpy-arcface-float64]"
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
        "angular_margin:AngularMargin._with_angle",
        "along * multiple.cosine - across * multiple.sine",
        flip_sign,
        oracle("arcface"),
    ),
    Mutant(
        "the factor that others leave out",
        "angular_margin:AngularMargin._with_angle",
        "CosineWithMargin(value, first_derivative.rounded, second_derivative)",
        "CosineWithMargin(value, 0 * second_derivative + 1, second_derivative)",
        oracle("arcface"),
    ),
    Mutant(
        "no sine in the slope",
        "angular_margin:AngularMargin._with_angle",
        "multiple.cosine / divisor",
        drop_right,
        oracle("arcface"),
    ),
    Mutant(
        "no bend",
        "angular_margin:AngularMargin._with_angle",
        "self.multiplier * across.hi * turn / divisor.hi**3",
        "self.multiplier * across.hi * 0 * turn",
        oracle("arcface"),
    ),
    Mutant(
        "half of the turn",
        "angular_margin:AngularMargin._with_angle",
        "cosines.hi * multiple.cosine.hi + self.multiplier * divisor.hi**2 * multiple.ratio.hi",
        drop_left,
        oracle("arcface"),
    ),
    Mutant(
        "a sine of 0 divides",
        "angular_margin:AngularMargin._with_angle",
        "sine.hi < smallest.hi",
        "sine.hi < 0",
        ENDS,
    ),
    Mutant(
        "past pi as before it",
        "angular_margin:AngularMargin._continued",
        "self.multiplier == 1",
        "self.multiplier == 0",
        oracle("arcface"),
    ),
    Mutant(
        "the line rises",
        "angular_margin:AngularMargin._continued_by_a_line",
        "cosines - drop",
        flip_sign,
        oracle("arcface"),
    ),
    Mutant(
        "the slope before pi for that of the line",
        "angular_margin:AngularMargin._continued_by_a_line",
        "xp.where(is_past, 1.0, found.first_derivative)",
        never,
        TESTS + "test_past_pi_arcface_follows_the_line_of_its_code",
    ),
    Mutant(
        "no drop at pi",
        "angular_margin:AngularMargin._continued",
        "found.value.scaled(sign) - drop",
        drop_right,
        oracle("sphereface"),
    ),
    Mutant(
        "the slope turns",
        "angular_margin:AngularMargin._continued",
        "xp.abs(found.first_derivative)",
        drop_call,
        oracle("sphereface"),
    ),
    Mutant(
        "the bend turns",
        "angular_margin:AngularMargin._continued",
        "sign * found.second_derivative",
        drop_left,
        oracle("sphereface"),
    ),
    Mutant(
        "one turn too many at -1",
        "angular_margin:AngularMargin._continued",
        "turns > last",
        "turns > last + 1",
        TESTS + "test_derivatives_at_the_ends_are_finite_and_those_beside_them[numpy-sphereface-float64]",
    ),
    Mutant(
        "half of the annealing",
        "angular_margin:AngularMargin._annealed",
        "self.annealing + found.first_derivative",
        drop_left,
        oracle("sphereface"),
    ),
    Mutant(
        "one Newton step less",
        "multiple_angle:sine_of",
        "missing / divisor",
        "0 * missing",
        oracle("arcface"),
    ),
    Mutant(
        "1 - c^2 in one word",
        "multiple_angle:sine_of",
        "(one - cosine) * (one + cosine)",
        "one - double_word(cosine.hi * cosine.hi, xp=xp)",
        ALL_DIGITS,
    ),
    Mutant(
        "a step of the recurrence in one word",
        "multiple_angle:multiple_angle",
        "twice * now - before",
        "double_word((twice * now - before).hi, xp=xp)",
        oracle("sphereface"),
    ),
    Mutant(
        "the second derivative of the first kind only",
        "multiple_angle:multiple_angle",
        "4 * j",
        "2 * j",
        oracle("sphereface"),
    ),
    Mutant(
        "the sum of half the second derivatives",
        "multiple_angle:multiple_angle",
        "4 * j * ratio.hi + twice.hi * second_derivative - bend_before",
        drop_right,
        oracle("sphereface"),
    ),
    Mutant(
        "near numbers are subtracted near 1",
        "multiple_angle",
        "_NEAR_1 = 0.875",
        "_NEAR_1 = 1.875",
        TESTS + "test_the_second_derivative_near_1_keeps_its_digits",
    ),
    Mutant("another series", "multiple_angle:_bend_near_1", "2.5 + k", "1.5 + k", ANY),
    Mutant(
        "the angle without its multiple",
        "multiple_angle:_by_arc_cosine",
        "angle = multiplier * xp.acos(cosine)",
        "angle = xp.acos(cosine)",
        ANY,
    ),
    Mutant(
        "cosine and sine in one word",
        "exact_number:_from_fixed",
        "word.lo + beyond",
        drop_right,
        oracle("arcface"),
    ),
    Mutant(
        "all signs alike",
        "exact_number:cosine_and_sine",
        "-term if k % 4 > 1 else term",
        never,
        oracle("arcface"),
    ),
    Mutant(
        "a scale in one word",
        "margins_at_label:CosinesWithMargin._scaled",
        "exact_number(self.scale, cosines.hi, xp=cosines.xp) * cosines",
        "cosines.scaled(self.scale)",
        oracle("cosface"),
    ),
    Mutant(
        "the margin everywhere",
        "margins_at_label:_replaced",
        "is_label == 1",
        "is_label >= 0",
        oracle("cosface"),
    ),
    Mutant(
        "the slope of the cosine alone",
        "margins_at_label:CosinesWithMargin.__call__",
        "self.scale * ((1 - is_label) + is_label * of_label.first_derivative[..., None])",
        "1.0 * ((1 - is_label) + is_label * of_label.first_derivative[..., None])",
        oracle("cosface"),
    ),
    Mutant(
        "the bend unscaled",
        "margins_at_label:CosinesWithMargin.__call__",
        "self.scale * of_label.second_derivative",
        drop_left,
        oracle("arcface"),
    ),
    Mutant(
        "the bend of cosines, not of logits",
        "margins_at_label:LogitsWithNorms.__call__",
        "of_label.second_derivative / norm.hi",
        drop_right,
        oracle("l_softmax"),
    ),
    Mutant(
        "the quotient in one word",
        "margins_at_label:LogitsWithNorms.__call__",
        "at_label / norm",
        "double_word((at_label / norm).hi, xp=xp)",
        ALL_DIGITS,
    ),
    Mutant(
        "the soft margin helps",
        "margins_at_label:LogitsLessMargin.__call__",
        "-margin",
        flip_sign,
        oracle("soft_margin_softmax"),
    ),
    Mutant(
        "the soft margin in one word",
        "margins_at_label:LogitsLessMargin.__call__",
        "rest - beyond * is_label",
        "0 * rest",
        TESTS + "test_a_soft_margin_of_large_logits_keeps_its_digits_in_32_bits",
    ),
    Mutant(
        "beyond the ends as it is",
        "margins_at_label:_up_to_the_ends",
        "where(is_beyond, double_word(end, xp=xp), cosines)",
        "where(is_beyond & (hi > 2), double_word(end, xp=xp), cosines)",
        TESTS + "test_a_cosine_that_rounding_took_beyond_an_end_counts_as_that[numpy-float64-cosface]",
    ),
    Mutant(
        "no chain rule",
        "adjusted_by_label:AdjustedByLabel.value_and_gradient",
        "adjusted.first_derivative * gradient",
        drop_left,
        oracle("cosface"),
    ),
    Mutant(
        "no second slope",
        "adjusted_by_label:AdjustedByLabel.hessian_vector_product",
        "adjusted.first_derivative * product + adjusted.second_derivative * gradient * vectors",
        "product + adjusted.second_derivative * gradient * vectors",
        oracle("cosface"),
    ),
    Mutant(
        "no first slope",
        "adjusted_by_label:AdjustedByLabel.hessian_vector_product",
        "adjusted.first_derivative * vectors",
        "vectors",
        oracle("cosface"),
    ),
    Mutant(
        "no bend of the map",
        "adjusted_by_label:AdjustedByLabel.hessian_vector_product",
        "adjusted.first_derivative * product + adjusted.second_derivative * gradient * vectors",
        drop_right,
        oracle("arcface"),
    ),
    Mutant(
        "the mean of the centres",
        "sub_centres:OfBestCentres._best",
        "xp.max(apart, axis=-1)",
        "xp.mean(apart, axis=-1)",
        BEST,
    ),
    Mutant(
        "the worst takes the gradient",
        "sub_centres:OfBestCentres._best",
        "xp.argmax(apart, axis=-1)",
        other_extreme,
        BEST,
    ),
    Mutant(
        "all centres take the gradient",
        "sub_centres:_spread",
        "of_best[..., None] * is_best",
        "of_best[..., None] + 0 * is_best",
        BEST,
    ),
    Mutant(
        "vectors of all centres",
        "sub_centres:OfBestCentres.hessian_vector_product",
        "self._apart(vectors, xp=xp) * is_best",
        drop_right,
        BEST,
    ),
    Mutant(
        "labels count centres",
        "abstract_cosine_loss:AbstractCosineLoss._classes_beyond_columns",
        "columns // self.sub_centres - columns",
        "0",
        TESTS + "test_labels_and_columns_count_classes_not_centres",
    ),
    Mutant(
        "what is no cosine is one",
        "abstract_cosine_loss:AbstractCosineLoss._cosines",
        "xp.where(xp.abs(cosines) > furthest, xp.nan, cosines)",
        "xp.where(xp.abs(cosines) > furthest, cosines, cosines)",
        NO_COSINE,
    ),
    Mutant(
        "all is a cosine",
        "abstract_cosine_loss:AbstractCosineLoss._cosines",
        "examples.validate",
        negate,
        NO_COSINE,
    ),
    Mutant(
        "what is beyond its norm is not",
        "l_softmax:LSoftmax.problem",
        "xp.where(is_beyond, xp.nan, examples.logits)",
        never,
        TESTS + "test_norms_that_are_none_do_not_fit_or_are_too_small_are_refused",
    ),
    Mutant(
        "norms of rows that are not read",
        "l_softmax:LSoftmax._norms",
        "examples.where_read(norms, 1.0)",
        "norms + 0",
        TESTS + "test_a_row_that_is_not_read_may_have_any_norm",
    ),
)
