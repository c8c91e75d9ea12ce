from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign, move_bound, negate, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_generalized_cross_entropy.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
DIGITS = TESTS + "test_the_slope_keeps_its_digits_where_the_probability_underflows[numpy-{1}-{0}]"

MUTANTS = (
    Mutant(
        "1 - u ** q",
        "generalized_cross_entropy:GeneralizedCrossEntropy.value",
        "-xp.expm1(-self.q * of_label.surprisal)",
        "1 - xp.exp(-self.q * of_label.surprisal)",
        TESTS + "test_a_small_exponent_is_next_to_cross_entropy_and_keeps_its_digits[numpy]",
    ),
    Mutant(
        "forget to divide",
        "generalized_cross_entropy:GeneralizedCrossEntropy.value",
        "-xp.expm1(-self.q * of_label.surprisal) / self.q",
        drop_right,
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "the slope of u",
        "generalized_cross_entropy:GeneralizedCrossEntropy.first_derivative",
        "power_of_prob(of_label, self.q, xp=xp)",
        "power_of_prob(of_label, self.q, xp=xp) / of_label.prob",
        ORACLE.format("generalized_cross_entropy"),
    ),
    Mutant(
        "the bend of the other sign",
        "generalized_cross_entropy:GeneralizedCrossEntropy.second_derivative",
        "-self.q",
        flip_sign,
        ORACLE.format("generalized_cross_entropy"),
    ),
    Mutant(
        "round the product",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near",
        drop_left,
        DIGITS.format("float64", "0.7"),
    ),
    Mutant(
        "round the exponent to 32 bits",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near",
        drop_right,
        DIGITS.format("float32", "0.7"),
    ),
    Mutant(
        "forget what rounding took from the surprisal",
        "generalized_cross_entropy:power_of_prob",
        "missing + rest * near + q * of_label.surprisal_rest",
        drop_right,
        DIGITS.format("float64", "1.0"),
    ),
    Mutant(
        "a power of a probability that underflows",
        "generalized_cross_entropy:power_of_prob",
        "xp.exp(-product) * (1 - (missing + rest * near + q * of_label.surprisal_rest))",
        "of_label.prob**q + 0 * (1 - (missing + rest * near + q * of_label.surprisal_rest))",
        DIGITS.format("float64", "0.3"),
    ),
    Mutant(
        "a limit too near",
        "generalized_cross_entropy",
        "_FAR = 2000.0",
        "_FAR = 300.0",
        DIGITS.format("float64", "0.7"),
    ),
    Mutant(
        "a power of 0 that is not 1",
        "generalized_cross_entropy:power_of_prob",
        "0 * of_label.complement + 1",
        "of_label.complement",
        TESTS + "test_an_exponent_of_0_gives_cross_entropy_and_one_of_1_half_the_absolute_error[numpy]",
    ),
    Mutant(
        "truncate the likely ones",
        "truncated_cross_entropy:TruncatedCrossEntropy.value",
        "of_label.prob <= self.k",
        negate,
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "a threshold that is not flat",
        "truncated_cross_entropy:TruncatedCrossEntropy.first_derivative",
        "of_label.prob <= self.k",
        move_bound,
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a slope below the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy.first_derivative",
        "xp.where(of_label.prob <= self.k, 0.0, self._whole.first_derivative(of_label, xp=xp))",
        never,
        ORACLE.format("truncated_cross_entropy"),
    ),
    Mutant(
        "a bend below the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy.second_derivative",
        "xp.where(of_label.prob <= self.k, 0.0, self._whole.second_derivative(of_label, xp=xp))",
        never,
        ORACLE.format("truncated_cross_entropy"),
    ),
    Mutant(
        "a jump at the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy.value",
        "-math.expm1(self.q * math.log(self.k)) / self.q",
        drop_right,
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a finite loss of what is undefined",
        "truncated_cross_entropy:TruncatedCrossEntropy.value",
        "xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))",
        "xp.where(of_label.prob > self.k, self._whole.value(of_label, xp=xp), at_k)",
        TESTS + "test_one_class_costs_nothing_and_nan_stays_nan[numpy]",
    ),
)
