from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_softmax_squared_error.py::"
DERIVATIVES = TESTS + "test_the_derivatives_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "all of it",
        "softmax_squared_error:half_square",
        "xp.sum(residuals * residuals, axis=-1) / 2",
        drop_right,
        TESTS + "test_the_value_meets_the_oracle[numpy-float64]",
    ),
    Mutant(
        "cross-entropy's gradient",
        "softmax_squared_error:SoftmaxSquaredError.value_and_gradient",
        "of_label.model.jacobian_product(residuals, xp=xp)",
        drop_call,
        DERIVATIVES,
    ),
    Mutant(
        "drop the turn",
        "softmax_squared_error:curvature_product",
        "model.jacobian_product(steps, xp=xp) + steps * (residuals - mean) - probs * turn",
        drop_right,
        DERIVATIVES,
    ),
    Mutant(
        "drop the mean",
        "softmax_squared_error:curvature_product",
        "residuals - mean",
        drop_right,
        DERIVATIVES,
    ),
    Mutant(
        "drop the curvature that is always positive",
        "softmax_squared_error:curvature_product",
        "model.jacobian_product(steps, xp=xp) + steps * (residuals - mean)",
        drop_left,
        DERIVATIVES,
    ),
)
