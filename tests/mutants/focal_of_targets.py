from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_focal_of_targets.py::"
DEFINITION = TESTS + "test_value_gradient_and_product_meet_the_definition[numpy-0.5]"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences[2.0]"
PRODUCT = "focal_of_targets:FocalOfTargets.hessian_vector_product"

MUTANTS = (
    Mutant(
        "forget the targets in the gradient",
        "focal_of_targets:FocalOfTargets._gradient",
        "targets * Focal(self.gamma).first_derivative(classes, xp=xp)",
        drop_left,
        DEFINITION,
    ),
    Mutant(
        "let a masked class without target spoil the sum",
        "focal_of_targets:FocalOfTargets._value",
        "xp.where((targets == 0) & xp.isinf(losses), 0.0, losses)",
        "losses",
        TESTS + "test_a_masked_class_costs_infinity_with_a_target_and_nothing_without[numpy]",
    ),
    Mutant(
        "let a masked class with a target go free",
        "focal_of_targets:FocalOfTargets._value",
        "(targets == 0) & xp.isinf(losses)",
        drop_left,
        TESTS + "test_a_masked_class_costs_infinity_with_a_target_and_nothing_without[numpy]",
    ),
    Mutant(
        "a mean of the vector that cancels",
        PRODUCT,
        "(vectors - xp.sum(vectors * is_top, axis=-1)[..., None]) * (1 - is_top)",
        "vectors + 0 * is_top",
        DEFINITION,
    ),
    Mutant(
        "take the bent entry at the top away from the sum",
        PRODUCT,
        "below_top + (xp.sum(bent * is_top, axis=-1)[..., None] - bent) * (1 - is_top)",
        "(below_top + xp.sum(bent * is_top, axis=-1)[..., None]) - (1 + 2.0**-40) * bent",
        DEFINITION,
    ),
    Mutant(
        "forget the curvature of the loss",
        PRODUCT,
        "total * classes.model.jacobian_product(vectors, xp=xp) + turned",
        drop_right,
        DIFFERENCES,
    ),
    Mutant(
        "forget the curvature of the softmax",
        PRODUCT,
        "total * classes.model.jacobian_product(vectors, xp=xp) + turned",
        drop_left,
        DIFFERENCES,
    ),
)
