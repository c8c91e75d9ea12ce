from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_numbers_and_counts.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
GAUSSIAN = "formulas/losses/gaussian_nll.py"
POISSON = "formulas/losses/poisson_nll.py"
STIRLING = "formulas/stirling_series.py"
LOGARITHM = "precision/exact_logarithm.py"
NEAR = TESTS + "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]"
RATES = TESTS + "test_rates_of_0_and_beyond_all_floats[numpy]"
FACTORIALS = TESTS + "test_the_full_value_meets_the_factorials_at_all_sizes[numpy]"
SMALL = TESTS + "test_a_small_variance_is_not_clamped_and_has_a_gradient[numpy]"

MUTANTS = (
    Mutant(
        "the whole square",
        "formulas/losses/squared_error.py",
        "** 2 / 2",
        "** 2",
        ORACLE.format("squared_error"),
    ),
    Mutant(
        "the other sign",
        "formulas/losses/squared_error.py",
        "return means - values",
        "return values - means",
        ORACLE.format("squared_error"),
    ),
    Mutant(
        "a variance for a deviation",
        GAUSSIAN,
        "xp.exp(-log_variance / 2)",
        "xp.exp(-log_variance)",
        ORACLE.format("gaussian_nll"),
    ),
    Mutant(
        "0 times infinity",
        GAUSSIAN,
        "residual = residual * xp.where(residual == 0, 1.0, inverse_deviation)",
        "residual = residual * inverse_deviation",
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "0 times infinity in the gradient",
        GAUSSIAN,
        "at.residual * xp.where(at.residual == 0, 1.0, at.inverse_deviation)",
        "at.residual * at.inverse_deviation",
        TESTS + "test_a_small_variance_is_not_clamped_and_has_a_gradient[torch]",
    ),
    Mutant(
        "half the constant",
        GAUSSIAN,
        "0.5 * math.log(2 * math.pi)",
        "0.25 * math.log(2 * math.pi)",
        ORACLE.format("gaussian_nll"),
    ),
    Mutant(
        "infinity less infinity",
        GAUSSIAN,
        "xp.where(square == xp.inf, 0.0, at.log_variance)",
        "at.log_variance",
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "a Hessian without its cross term",
        GAUSSIAN,
        "(along_mean - along_log_variance)",
        "along_mean",
        ORACLE.format("gaussian_nll"),
    ),
    Mutant("a rate less a count", POISSON, "_NEAR = 0.7", "_NEAR = 0.0", NEAR),
    Mutant(
        "a logarithm of one float",
        POISSON,
        "double_word(finite, xp=xp) - exact_logarithm(positive, xp=xp)",
        "double_word(finite - xp.log(positive), xp=xp)",
        NEAR,
    ),
    Mutant(
        "a series too short",
        LOGARITHM,
        "for n in range(16))",
        "for n in range(8))",
        NEAR,
    ),
    Mutant("a constant of one float", LOGARITHM, "+ Fraction(2.3190468138462996e-17)", "", NEAR),
    Mutant("fewer double words", LOGARITHM, "_DOUBLE = 3", "_DOUBLE = 0", NEAR),
    Mutant(
        "infinity less infinity in a deviance",
        POISSON,
        "xp.where((gap.counts == 0) | (gap.rate == xp.inf), 0.0, gap.log_ratio)",
        "xp.where(gap.counts == 0, 0.0, gap.log_ratio)",
        TESTS + "test_rates_of_0_and_beyond_all_floats[torch]",
    ),
    Mutant(
        "a second derivative of the excess",
        POISSON,
        "return xp.exp(log_rates) + 0 * counts",
        "return xp.exp(log_rates) - counts",
        ORACLE.format("poisson_nll"),
    ),
    Mutant(
        "full is not full",
        POISSON,
        "if self.full else deviance",
        "if not self.full else deviance",
        FACTORIALS,
    ),
    Mutant("Stirling's formula alone", POISSON, " + stirling_series(counts)", "", FACTORIALS),
    Mutant(
        "one step of the recurrence too few",
        POISSON,
        "for k in range(LEAST - 1))",
        "for k in range(LEAST - 2))",
        FACTORIALS,
    ),
    Mutant(
        "a polynomial without its logarithm",
        POISSON,
        "1 - xp.log(xp.where(small == 0, 1.0, small)) + polynomial",
        "1 + polynomial",
        TESTS + "test_counts_between_0_and_1_have_a_surprisal_too[numpy]",
    ),
    Mutant(
        "a Bernoulli number",
        STIRLING,
        "5 / 66",
        "5 / 65",
        TESTS + "test_the_full_poisson_meets_the_gamma_function_between_the_factorials",
    ),
    Mutant(
        "counts may be negative",
        "losses/regression/poisson_nll.py",
        "at_least=0",
        "at_least=-5",
        TESTS + "test_counts_are_never_negative[numpy]",
    ),
    Mutant(
        "values may be infinite",
        "losses/arguments/valued_examples.py",
        "~(xp.isfinite(numbers) & (numbers >= lowest))",
        "~(numbers >= lowest)",
        TESTS + "test_values_are_finite_where_they_count[numpy-inf]",
    ),
)
