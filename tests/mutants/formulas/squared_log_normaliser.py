from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, zero

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_squared_log_normaliser.py::"
ORACLE = TESTS + "test_value_and_derivatives_meet_the_definition[numpy-float64]"
COLUMNS = "tests/formulas/test_hessian_by_columns.py::"

MUTANTS = (
    Mutant(
        "forget the peak",
        "squared_log_normaliser:_log_normaliser",
        "model.peak + xp.log1p(model.rest)",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "half of the gradient",
        "squared_log_normaliser:SquaredLogNormaliser.value_and_gradient",
        "2 * log_normaliser",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "the logarithm itself",
        "squared_log_normaliser:SquaredLogNormaliser.value_and_gradient",
        "log_normaliser**2",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "drop the mean of the vectors",
        "squared_log_normaliser:SquaredLogNormaliser.hessian_vector_product",
        "probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp)",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "drop the Jacobian",
        "squared_log_normaliser:SquaredLogNormaliser.hessian_vector_product",
        "probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp)",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "labels along the classes",
        "hessian_by_columns:hessian_by_columns",
        "array[..., None]",
        zero,
        "tests/formulas/losses/test_softmax_squared_error.py::"
        "test_the_hessian_is_symmetric_blind_to_constants_and_agrees_with_its_products[numpy]",
    ),
    Mutant(
        "columns of the rounded logits",
        "hessian_by_columns:hessian_by_columns",
        "ExactLogits(high[..., None, :], low[..., None, :])",
        drop_call,
        COLUMNS + "test_what_rounding_took_from_the_logits_counts[numpy]",
    ),
)
