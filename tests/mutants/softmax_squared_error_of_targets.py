from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/softmax_squared_error_of_targets.py"
TESTS = "tests/formulas/losses/test_softmax_squared_error_of_targets.py::"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]"

MUTANTS = (
    Mutant(
        "p - t for the residual",
        FILE,
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        "probs - targets",
        TESTS + "test_a_one_hot_target_is_its_label[numpy]",
    ),
    Mutant(
        "cross-entropy's gradient",
        FILE,
        "model.jacobian_product(residuals, xp=xp)",
        "residuals",
        DIFFERENCES,
    ),
    Mutant(
        "the curvature of a model that is right",
        FILE,
        "curvature_product(model, residuals_of_targets(model, targets, xp=xp), vectors",
        "curvature_product(model, 0 * residuals_of_targets(model, targets, xp=xp), vectors",
        DIFFERENCES,
    ),
    Mutant(
        "the Hessian of other targets",
        FILE,
        "hessian_by_columns(self, logits, targets, xp=xp)",
        "hessian_by_columns(self, logits, targets[::-1], xp=xp)",
        DIFFERENCES,
    ),
)
