from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "a series too short",
        "exact_logarithm",
        "range(16)",
        "range(8)",
        "tests/losses/regression/test_poisson_nll.py::"
        "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]",
    ),
    Mutant(
        "a constant of one float",
        "exact_logarithm",
        "Fraction(0.6931471805599453) + Fraction(2.3190468138462996e-17)",
        drop_right,
        "tests/losses/regression/test_poisson_nll.py::"
        "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]",
    ),
    Mutant(
        "fewer double words",
        "exact_logarithm",
        "_DOUBLE = 3",
        "_DOUBLE = 0",
        "tests/losses/regression/test_poisson_nll.py::"
        "test_next_to_the_best_rate_value_and_gradient_keep_their_digits[numpy]",
    ),
    Mutant(
        "a Bernoulli number",
        "stirling_series",
        "5 / 66",
        "5 / 65",
        "tests/losses/regression/test_poisson_nll.py::"
        "test_the_full_poisson_meets_the_gamma_function_between_the_factorials",
    ),
    Mutant(
        "values may be infinite",
        "valued_examples:valued_examples",
        "xp.isfinite(numbers) & (numbers >= lowest)",
        drop_left,
        "tests/losses/regression/test_squared_error.py::test_values_are_finite_where_they_count[numpy-inf]",
    ),
)
