from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_expected_over_targets.py::"
DEFINITION = TESTS + "test_value_gradient_and_product_meet_the_definition[numpy-0.5]"
PRODUCT = "expected_over_targets:ExpectedOverTargets.hessian_vector_product"

MUTANTS = (
    Mutant(
        "forget the slopes of the losses in the gradient",
        "expected_over_targets:ExpectedOverTargets._gradient",
        "self._slopes(classes, targets, xp=xp)",
        "targets",
        DEFINITION,
    ),
    Mutant(
        "let a masked class without target spoil the sum",
        "expected_over_targets:ExpectedOverTargets._value",
        "xp.where((targets == 0) & xp.isinf(costs), 0.0, costs)",
        "costs",
        TESTS + "test_a_masked_class_costs_infinity_with_a_target_and_nothing_without[numpy]",
    ),
    Mutant(
        "let a masked class with a target go free",
        "expected_over_targets:ExpectedOverTargets._value",
        "(targets == 0) & xp.isinf(costs)",
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
        "take the bend at the top away from the sum",
        PRODUCT,
        "below_top + (xp.sum(bends * is_top, axis=-1)[..., None] - bends) * (1 - is_top)",
        "(below_top + xp.sum(bends * is_top, axis=-1)[..., None]) - (1 + 2.0**-40) * bends",
        DEFINITION,
    ),
)
