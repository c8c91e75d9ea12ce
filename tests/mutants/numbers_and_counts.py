from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_numbers_and_counts.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
NEAR = TESTS + "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]"
FACTORIALS = TESTS + "test_the_full_value_meets_the_factorials_at_all_sizes[numpy]"

MUTANTS = (
    Mutant(
        "the whole square",
        "squared_error:SquaredError.value",
        "self.gradient(means, values, xp=xp) ** 2 / 2",
        drop_right,
        ORACLE.format("squared_error"),
    ),
    Mutant(
        "the other sign",
        "squared_error:SquaredError.gradient",
        "means - values",
        swap,
        ORACLE.format("squared_error"),
    ),
    Mutant(
        "a variance for a deviation",
        "gaussian_nll:_standardised",
        "-log_variance / 2",
        drop_right,
        ORACLE.format("gaussian_nll"),
    ),
    Mutant(
        "0 times infinity",
        "gaussian_nll:_standardised",
        "xp.where(residual == 0, 1.0, inverse_deviation)",
        never,
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "0 times infinity in the gradient",
        "gaussian_nll:GaussianNLL.gradient",
        "xp.where(at.residual == 0, 1.0, at.inverse_deviation)",
        never,
        TESTS + "test_a_small_variance_is_not_clamped_and_has_a_gradient[torch]",
    ),
    Mutant(
        "half the constant",
        "gaussian_nll:GaussianNLL.value",
        "0.5 * math.log(2 * math.pi)",
        "0.25 * math.log(2 * math.pi)",
        ORACLE.format("gaussian_nll"),
    ),
    Mutant(
        "infinity less infinity",
        "gaussian_nll:GaussianNLL.value",
        "xp.where(square == xp.inf, 0.0, at.log_variance)",
        never,
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "a Hessian without its cross term",
        "gaussian_nll:GaussianNLL.hessian_vector_product",
        "along_mean - along_log_variance",
        drop_right,
        ORACLE.format("gaussian_nll"),
    ),
    Mutant("a rate less a count", "poisson_nll", "_NEAR = 0.7", "_NEAR = 0.0", NEAR),
    Mutant(
        "a logarithm of one float",
        "poisson_nll:_gap",
        "double_word(finite, xp=xp) - exact_logarithm(positive, xp=xp)",
        "double_word(finite - xp.log(positive), xp=xp)",
        NEAR,
    ),
    Mutant("a series too short", "exact_logarithm", "range(16)", "range(8)", NEAR),
    Mutant(
        "a constant of one float",
        "exact_logarithm",
        "Fraction(0.6931471805599453) + Fraction(2.3190468138462996e-17)",
        drop_right,
        NEAR,
    ),
    Mutant("fewer double words", "exact_logarithm", "_DOUBLE = 3", "_DOUBLE = 0", NEAR),
    Mutant(
        "infinity less infinity in a deviance",
        "poisson_nll:PoissonNLL._value",
        "(gap.counts == 0) | (gap.rate == xp.inf)",
        drop_right,
        TESTS + "test_rates_of_0_and_beyond_all_floats[torch]",
    ),
    Mutant(
        "a second derivative of the excess",
        "poisson_nll:PoissonNLL.hessian",
        "xp.exp(log_rates) + 0 * counts",
        "xp.exp(log_rates) - counts",
        ORACLE.format("poisson_nll"),
    ),
    Mutant(
        "full is not full",
        "poisson_nll:PoissonNLL._value",
        "deviance + least_surprisal(gap.counts, xp=xp) if self.full else deviance",
        "deviance + least_surprisal(gap.counts, xp=xp) if not self.full else deviance",
        FACTORIALS,
    ),
    Mutant(
        "Stirling's formula alone",
        "poisson_nll:_by_series",
        "0.5 * xp.log(2 * math.pi * counts) + stirling_series(counts)",
        drop_right,
        FACTORIALS,
    ),
    Mutant(
        "one step of the recurrence too few",
        "poisson_nll:least_surprisal",
        "range(LEAST - 1)",
        "range(LEAST - 2)",
        FACTORIALS,
    ),
    Mutant(
        "a polynomial without its logarithm",
        "poisson_nll:least_surprisal",
        "1 - xp.log(xp.where(small == 0, 1.0, small))",
        drop_right,
        TESTS + "test_counts_between_0_and_1_have_a_surprisal_too[numpy]",
    ),
    Mutant(
        "a Bernoulli number",
        "stirling_series",
        "5 / 66",
        "5 / 65",
        TESTS + "test_the_full_poisson_meets_the_gamma_function_between_the_factorials",
    ),
    Mutant(
        "counts may be negative",
        "poisson_nll:PoissonNLL.problem",
        'valued_examples(asked, "counts", at_least=0)',
        'valued_examples(asked, "counts", at_least=-5)',
        TESTS + "test_counts_are_never_negative[numpy]",
    ),
    Mutant(
        "values may be infinite",
        "valued_examples:valued_examples",
        "xp.isfinite(numbers) & (numbers >= lowest)",
        drop_left,
        TESTS + "test_values_are_finite_where_they_count[numpy-inf]",
    ),
)
