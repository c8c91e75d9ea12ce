from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/adjusted_logits.py"
TESTS = "tests/formulas/test_adjusted_logits.py::"
DEFINITION = TESTS + "test_the_definition_as_written_holds[numpy]"
SLOPES = TESTS + "test_slope_and_bend_agree_with_central_differences"

MUTANTS = (
    Mutant(
        "a cap without a slope",
        FILE,
        "adjusted, slope, bend = _capped",
        "adjusted, _, bend = _capped",
        SLOPES,
    ),
    Mutant(
        "a bend of the other sign",
        FILE,
        "-2 * share * slope / softcap",
        "2 * share * slope / softcap",
        SLOPES,
    ),
    Mutant("a bend that the temperature does not change", FILE, "bend / divisor", "bend", SLOPES),
    Mutant(
        "a slope that the temperature does not change",
        FILE,
        "slope, bend = slope / divisor",
        "slope, bend = slope",
        SLOPES,
    ),
    Mutant(
        "the slope from the rounded share",
        FILE,
        "slope = 4 * left / (1 + left) ** 2",
        "slope = 1 - share**2",
        TESTS + "test_the_slope_far_beyond_the_cap_keeps_its_digits[numpy-float64]",
    ),
    Mutant(
        "the derivative of tanh by its steps",
        FILE,
        "xp.where(size < 0.5, xp.tanh(x)",
        "xp.where(size < 500, xp.tanh(x)",
        TESTS + "test_the_value_differentiates_to_the_closed_gradient_through_every_adjustment[torch]",
    ),
    Mutant(
        "the offset before the temperature",
        FILE,
        "adjusted = exact_sum(adjusted, offset, xp=xp)",
        "adjusted = exact_sum(adjusted, offset / divisor, xp=xp)",
        DEFINITION,
    ),
    Mutant(
        "a cap on what is masked by -inf",
        FILE,
        "if softcap is None else logits == -xp.inf",
        "if softcap is None else logits == xp.nan",
        TESTS + "test_a_logit_of_minus_infinity_stays_that_and_a_masked_class_has_no_derivative[numpy]",
    ),
    Mutant(
        "a mask that leaves the derivative",
        FILE,
        "slope, bend = (xp.where(mask, derivative, 0.0)",
        "slope, bend = (xp.where(mask, derivative, derivative)",
        TESTS + "test_a_logit_of_minus_infinity_stays_that_and_a_masked_class_has_no_derivative[numpy]",
    ),
    Mutant(
        "infinity divided by a temperature",
        FILE,
        "inside = xp.where(is_infinite, xp.zeros_like(logits), logits)",
        "inside = logits",
        TESTS
        + "test_a_masked_class_does_not_spoil_the_derivative_in_a_temperature[softmax_cross_entropy-torch]",
    ),
    Mutant(
        "one part of two",
        FILE,
        "return AdjustedLogits(high if isinstance(low, float) else ExactLogits(high, low), slope, bend)",
        "return AdjustedLogits(high, slope, bend)",
        TESTS + "test_value_and_slope_at_the_label_are_within_4_units_on_wide_gaps[numpy-0-0.07-float64]",
    ),
    Mutant(
        "a temperature of 32 bits",
        "losses/families/abstract_adjusted_loss.py",
        "return ExactLogits(rounded, parts.rest[0])",
        "return ExactLogits(rounded, 0 * parts.rest[0])",
        TESTS + "test_value_and_slope_at_the_label_are_within_4_units_on_wide_gaps[numpy-0-0.3-float32]",
    ),
)
