from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, flip_sign, never, zero

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_adjusted_logits.py::"
DEFINITION = TESTS + "test_the_definition_as_written_holds[numpy]"
SLOPES = TESTS + "test_slope_and_bend_agree_with_central_differences"

MUTANTS = (
    Mutant(
        "a cap without a slope",
        "adjusted_logits:adjusted_logits",
        "adjusted, first_derivative, second_derivative",
        "adjusted, _, second_derivative",
        SLOPES,
    ),
    Mutant("a bend of the other sign", "adjusted_logits:_capped", "-2", flip_sign, SLOPES),
    Mutant(
        "a bend that the temperature does not change",
        "adjusted_logits:adjusted_logits",
        "first_derivative / divisor, second_derivative / divisor",
        "first_derivative / divisor, second_derivative",
        SLOPES,
    ),
    Mutant(
        "a slope that the temperature does not change",
        "adjusted_logits:adjusted_logits",
        "first_derivative / divisor, second_derivative / divisor",
        "first_derivative, second_derivative / divisor",
        SLOPES,
    ),
    Mutant(
        "the slope from the rounded share",
        "adjusted_logits:_capped",
        "4 * left / (1 + left) ** 2",
        "1 - share**2",
        TESTS + "test_the_slope_far_beyond_the_cap_keeps_its_digits[numpy-float64]",
    ),
    Mutant(
        "the derivative of tanh by its steps",
        "adjusted_logits:_tanh",
        "size < 0.5",
        "size < 500",
        TESTS + "test_the_value_differentiates_to_the_closed_gradient_through_every_adjustment[torch]",
    ),
    Mutant(
        "the offset before the temperature",
        "adjusted_logits:adjusted_logits",
        "exact_sum(adjusted, offset, xp=xp)",
        "exact_sum(adjusted, offset / divisor, xp=xp)",
        DEFINITION,
    ),
    Mutant(
        "a cap on what is masked by -inf",
        "adjusted_logits:adjusted_logits",
        "logits == -xp.inf",
        "logits == xp.nan",
        TESTS + "test_a_logit_of_minus_infinity_stays_that_and_a_masked_class_has_no_derivative[numpy]",
    ),
    Mutant(
        "a mask that leaves the derivative",
        "adjusted_logits:adjusted_logits",
        "xp.where(mask, derivative, 0.0)",
        "xp.where(mask, derivative, derivative)",
        TESTS + "test_a_logit_of_minus_infinity_stays_that_and_a_masked_class_has_no_derivative[numpy]",
    ),
    Mutant(
        "infinity divided by a temperature",
        "adjusted_logits:adjusted_logits",
        "xp.where(is_infinite, xp.zeros_like(logits), logits)",
        never,
        TESTS
        + "test_a_masked_class_does_not_spoil_the_derivative_in_a_temperature[softmax_cross_entropy-torch]",
    ),
    Mutant(
        "one part of two",
        "adjusted_logits:adjusted_logits",
        "high if isinstance(low, float) else ExactLogits(high, low)",
        always,
        TESTS + "test_value_and_slope_at_the_label_are_within_4_units_on_wide_gaps[numpy-0-0.07-float64]",
    ),
    Mutant(
        "a temperature of 32 bits",
        "logit_options:LogitOptions._exact_temperature",
        "parts.rest[0]",
        zero,
        TESTS + "test_value_and_slope_at_the_label_are_within_4_units_on_wide_gaps[numpy-0-0.3-float32]",
    ),
)
