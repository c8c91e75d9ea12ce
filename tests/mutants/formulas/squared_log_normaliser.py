from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, zero

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_squared_log_normaliser.py::"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences[numpy]"
COLUMNS = "tests/formulas/test_hessian_by_columns.py::"

MUTANTS = (
    Mutant(
        "forget the peak",
        "squared_log_normaliser:_log_normaliser",
        "model.peak + xp.log1p(model.rest)",
        drop_left,
        TESTS + "test_a_normalised_row_costs_nothing_and_a_shift_costs_its_square[numpy]",
    ),
    Mutant(
        "half of the gradient",
        "squared_log_normaliser:SquaredLogNormaliser.value_and_gradient",
        "2 * log_normaliser",
        drop_left,
        TESTS + "test_labels_do_not_enter_and_a_masked_class_adds_nothing[numpy]",
    ),
    Mutant(
        "the logarithm itself",
        "squared_log_normaliser:SquaredLogNormaliser.value_and_gradient",
        "log_normaliser**2",
        drop_right,
        TESTS + "test_a_normalised_row_costs_nothing_and_a_shift_costs_its_square[numpy]",
    ),
    Mutant(
        "drop the mean of the vectors",
        "squared_log_normaliser:SquaredLogNormaliser.hessian_vector_product",
        "probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp)",
        drop_left,
        DIFFERENCES,
    ),
    Mutant(
        "drop the Jacobian",
        "squared_log_normaliser:SquaredLogNormaliser.hessian_vector_product",
        "probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp)",
        drop_right,
        DIFFERENCES,
    ),
    Mutant(
        "labels along the classes",
        "hessian_by_columns:hessian_by_columns",
        "array[..., None]",
        zero,
        "tests/formulas/losses/test_softmax_squared_error.py::test_it_is_not_convex[numpy]",
    ),
    Mutant(
        "columns of the rounded logits",
        "hessian_by_columns:hessian_by_columns",
        "ExactLogits(high[..., None, :], low[..., None, :])",
        drop_call,
        COLUMNS + "test_what_rounding_took_from_the_logits_counts[numpy]",
    ),
)
