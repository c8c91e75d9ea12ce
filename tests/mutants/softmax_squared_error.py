from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/softmax_squared_error.py"
TESTS = "tests/formulas/test_softmax_squared_error.py::"
PRODUCTS = TESTS + "test_derivatives_of_labels_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "all of it",
        FILE,
        "xp.sum(residuals * residuals, axis=-1) / 2",
        "xp.sum(residuals * residuals, axis=-1)",
        TESTS + "test_value_of_labels_meets_the_oracle[numpy-float64]",
    ),
    Mutant(
        "cross-entropy's gradient",
        FILE,
        "softmax(logits, xp=xp).jacobian_product(residuals, xp=xp)",
        "residuals",
        PRODUCTS,
    ),
    Mutant(
        "p - t for the residual",
        FILE,
        "(1 - targets) * probs - targets * model.complements(probs, xp=xp)",
        "probs - targets",
        TESTS + "test_a_one_hot_target_is_its_label[numpy]",
    ),
    Mutant("drop the turn", FILE, " - probs * turn", "", PRODUCTS),
    Mutant("drop the mean", FILE, "steps * (residuals - mean)", "steps * residuals", PRODUCTS),
    Mutant(
        "drop the curvature that is always positive",
        FILE,
        "model.jacobian_product(steps, xp=xp) + steps",
        "steps",
        PRODUCTS,
    ),
    Mutant(
        "the Hessian of other labels",
        FILE,
        "labels[..., None], units",
        "0 * labels[..., None], units",
        TESTS + "test_the_hessian_is_symmetric_blind_to_constants_and_agrees_with_its_products[numpy]",
    ),
)
