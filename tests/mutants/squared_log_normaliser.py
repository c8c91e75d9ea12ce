from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/squared_log_normaliser.py"
TESTS = "tests/formulas/losses/test_squared_log_normaliser.py::"
ORACLE = TESTS + "test_value_and_derivatives_meet_the_definition[numpy-float64]"
COLUMNS = "tests/formulas/test_hessian_by_columns.py::"

MUTANTS = (
    Mutant(
        "forget the peak",
        FILE,
        "return model.peak + xp.log1p(model.rest)",
        "return xp.log1p(model.rest)",
        ORACLE,
    ),
    Mutant(
        "half of the gradient", FILE, "(2 * log_normaliser)[..., None]", "log_normaliser[..., None]", ORACLE
    ),
    Mutant("the logarithm itself", FILE, "return log_normaliser**2,", "return log_normaliser,", ORACLE),
    Mutant(
        "drop the mean of the vectors",
        FILE,
        "2 * (probs * mean + log_normaliser",
        "2 * (log_normaliser",
        ORACLE,
    ),
    Mutant(
        "drop the Jacobian",
        FILE,
        "(probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp))",
        "(probs * mean)",
        ORACLE,
    ),
    Mutant(
        "labels along the classes",
        "formulas/hessian_by_columns.py",
        "array[..., None, :] if array.ndim == high.ndim else array[..., None]",
        "array[..., None, :] if array.ndim == high.ndim else 0 * array[..., None]",
        "tests/formulas/losses/test_softmax_squared_error.py::"
        "test_the_hessian_is_symmetric_blind_to_constants_and_agrees_with_its_products[numpy]",
    ),
    Mutant(
        "columns of the rounded logits",
        "formulas/hessian_by_columns.py",
        "if isinstance(low, float) else ExactLogits(high[..., None, :], low[..., None, :])",
        "if isinstance(low, float) else high[..., None, :]",
        COLUMNS + "test_what_rounding_took_from_the_logits_counts[numpy]",
    ),
)
