from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_softmax_cross_entropy_of_targets.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "p - t for s p - t",
        "softmax_cross_entropy_of_targets:_others",
        "rest * is_top + (total - targets) * (1 - is_top)",
        "(1 - rest) * is_top + (1 - targets) * (1 - is_top)",
        ORACLE,
    ),
    Mutant(
        "take the largest target away from the sum",
        "softmax_cross_entropy_of_targets:_others",
        "rest * is_top + (total - targets) * (1 - is_top)",
        "total - targets",
        TESTS + "test_a_target_that_is_almost_one_hot_keeps_what_is_left_to_the_others[numpy]",
    ),
    Mutant(
        "let a masked class without target spoil the sum",
        "softmax_cross_entropy_of_targets:_value",
        "xp.where((targets == 0) & xp.isinf(surprisals), 0.0, surprisals)",
        "surprisals + 0.0",
        TESTS + "test_a_masked_class_without_target_adds_nothing[numpy]",
    ),
    Mutant(
        "let a masked class with a target go free",
        "softmax_cross_entropy_of_targets:_value",
        "(targets == 0) & xp.isinf(surprisals)",
        drop_left,
        TESTS + "test_a_masked_class_with_a_target_costs_infinity[numpy]",
    ),
    Mutant(
        "the gradient by s p - t",
        "softmax_cross_entropy_of_targets:gradient_of_model",
        "_others(targets, xp=xp) * probs - targets * model.complements(probs, xp=xp)",
        "xp.sum(targets, axis=-1)[..., None] * probs - targets",
        TESTS + "test_a_one_hot_target_has_the_value_of_its_label_within_a_unit_and_its_gradient[numpy]",
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "softmax_cross_entropy_of_targets:_value",
        "xp.log1p(model.rest)",
        cancel,
        ORACLE,
    ),
    Mutant(
        "forget the sum of the targets in the product",
        "softmax_cross_entropy_of_targets:SoftmaxCrossEntropyOfTargets.hessian_vector_product",
        "xp.sum(targets, axis=-1)[..., None] * softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)",
        drop_left,
        TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]",
    ),
    Mutant(
        "forget the sum of the targets in the Hessian",
        "softmax_cross_entropy_of_targets:SoftmaxCrossEntropyOfTargets.hessian",
        "xp.sum(targets, axis=-1)[..., None, None] * softmax_cross_entropy.hessian(logits, labels, xp=xp)",
        drop_left,
        TESTS + "test_the_hessian_scales_with_the_sum_of_the_targets[numpy]",
    ),
)
