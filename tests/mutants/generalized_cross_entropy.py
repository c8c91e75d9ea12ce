from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/generalized_cross_entropy.py"
TRUNCATED = "formulas/losses/truncated_cross_entropy.py"
TESTS = "tests/losses/test_generalized_cross_entropy.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
DIGITS = TESTS + "test_the_slope_keeps_its_digits_where_the_probability_underflows[numpy-{1}-{0}]"

MUTANTS = (
    Mutant(
        "1 - u ** q",
        FILE,
        "return -xp.expm1(-self.q * of_label.surprisal) / self.q",
        "return (1 - xp.exp(-self.q * of_label.surprisal)) / self.q",
        TESTS + "test_a_small_exponent_is_next_to_cross_entropy_and_keeps_its_digits[numpy]",
    ),
    Mutant(
        "forget to divide",
        FILE,
        "return -xp.expm1(-self.q * of_label.surprisal) / self.q",
        "return -xp.expm1(-self.q * of_label.surprisal)",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "the slope of u",
        FILE,
        "        return power_of_prob(of_label, self.q, xp=xp)",
        "        return power_of_prob(of_label, self.q, xp=xp) / of_label.prob",
        ORACLE.format("generalized_cross_entropy"),
    ),
    Mutant(
        "the bend of the other sign",
        FILE,
        "return -self.q * power_of_prob",
        "return self.q * power_of_prob",
        ORACLE.format("generalized_cross_entropy"),
    ),
    Mutant(
        "round the product",
        FILE,
        "(1 - (missing + rest * near + q * of_label.surprisal_rest))",
        "(1 - (rest * near + q * of_label.surprisal_rest))",
        DIGITS.format("float64", "0.7"),
    ),
    Mutant(
        "round the exponent to 32 bits",
        FILE,
        "(1 - (missing + rest * near + q * of_label.surprisal_rest))",
        "(1 - (missing + q * of_label.surprisal_rest))",
        DIGITS.format("float32", "0.7"),
    ),
    Mutant(
        "forget what rounding took from the surprisal",
        FILE,
        "(1 - (missing + rest * near + q * of_label.surprisal_rest))",
        "(1 - (missing + rest * near))",
        DIGITS.format("float64", "1.0"),
    ),
    Mutant(
        "a power of a probability that underflows",
        FILE,
        "return xp.exp(-product) * (1 -",
        "return of_label.prob**q + 0 * (1 -",
        DIGITS.format("float64", "0.3"),
    ),
    Mutant("a limit too near", FILE, "_FAR = 2000.0", "_FAR = 300.0", DIGITS.format("float64", "0.7")),
    Mutant(
        "a power of 0 that is not 1",
        FILE,
        "return 0 * of_label.complement + 1",
        "return of_label.complement",
        TESTS + "test_an_exponent_of_0_gives_cross_entropy_and_one_of_1_half_the_absolute_error[numpy]",
    ),
    Mutant(
        "truncate the likely ones",
        TRUNCATED,
        "return xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))",
        "return xp.where(of_label.prob > self.k, at_k, self._whole.value(of_label, xp=xp))",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "a threshold that is not flat",
        TRUNCATED,
        "return xp.where(of_label.prob <= self.k, 0.0, self._whole.slope(of_label, xp=xp))",
        "return xp.where(of_label.prob < self.k, 0.0, self._whole.slope(of_label, xp=xp))",
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a slope below the threshold",
        TRUNCATED,
        "return xp.where(of_label.prob <= self.k, 0.0, self._whole.slope(of_label, xp=xp))",
        "return self._whole.slope(of_label, xp=xp)",
        ORACLE.format("truncated_cross_entropy"),
    ),
    Mutant(
        "a bend below the threshold",
        TRUNCATED,
        "return xp.where(of_label.prob <= self.k, 0.0, self._whole.bend(of_label, xp=xp))",
        "return self._whole.bend(of_label, xp=xp)",
        ORACLE.format("truncated_cross_entropy"),
    ),
    Mutant(
        "a jump at the threshold",
        TRUNCATED,
        "-math.expm1(self.q * math.log(self.k)) / self.q",
        "-math.expm1(self.q * math.log(self.k))",
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a finite loss of what is undefined",
        TRUNCATED,
        "return xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))",
        "return xp.where(of_label.prob > self.k, self._whole.value(of_label, xp=xp), at_k)",
        TESTS + "test_one_class_costs_nothing_and_nan_stays_nan[numpy]",
    ),
)
