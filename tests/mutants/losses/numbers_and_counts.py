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
    Mutant(
        "counts of digits",
        "class_counts:_as_numbers",
        "(str, bytes, AbstractSet, Mapping)",
        "(AbstractSet, Mapping)",
        "tests/losses/imbalance/test_logit_adjusted.py::test_counts_without_a_meaning_are_refused",
    ),
    Mutant(
        "an integer beyond floats as infinity",
        "real_numbers:is_beyond_floats",
        "value != float_of(value)",
        "False",
        "tests/models/test_real_numbers.py::"
        "test_numbers_beyond_the_range_of_floats_are_told_without_their_digits",
    ),
)
