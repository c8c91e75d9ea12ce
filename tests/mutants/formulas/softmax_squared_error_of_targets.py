from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, zero

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_softmax_squared_error_of_targets.py::"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]"

MUTANTS = (
    Mutant(
        "p - t for the residual",
        "softmax_squared_error_of_targets:residuals_of_targets",
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        "probs - targets",
        TESTS + "test_value_and_derivatives_meet_the_oracle[numpy-float64]",
    ),
    Mutant(
        "cross-entropy's gradient",
        "softmax_squared_error_of_targets:SoftmaxSquaredErrorOfTargets.value_and_gradient",
        "model.jacobian_product(residuals, xp=xp)",
        drop_call,
        DIFFERENCES,
    ),
    Mutant(
        "the curvature of a model that is right",
        "softmax_squared_error_of_targets:SoftmaxSquaredErrorOfTargets.hessian_vector_product",
        "residuals_of_targets(model, targets, xp=xp)",
        zero,
        DIFFERENCES,
    ),
    Mutant(
        "the Hessian of other targets",
        "softmax_squared_error_of_targets:SoftmaxSquaredErrorOfTargets.hessian",
        "hessian_by_columns(self, logits, targets, xp=xp)",
        "hessian_by_columns(self, logits, targets[::-1], xp=xp)",
        DIFFERENCES,
    ),
)
