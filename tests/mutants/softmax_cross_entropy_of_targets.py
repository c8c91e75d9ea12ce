from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/softmax_cross_entropy_of_targets.py"
TESTS = "tests/formulas/losses/test_softmax_cross_entropy_of_targets.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "p - t for s p - t",
        FILE,
        "return rest * is_top + (total",
        "return (1 - rest) * is_top + (1",
        ORACLE,
    ),
    Mutant(
        "take the largest target away from the sum",
        FILE,
        "return rest * is_top + (total - targets) * (1 - is_top)",
        "return total - targets",
        TESTS + "test_a_target_that_is_almost_one_hot_keeps_what_is_left_to_the_others[numpy]",
    ),
    Mutant(
        "let a masked class without target spoil the sum",
        FILE,
        "surprisals = xp.where((targets == 0) & xp.isinf(surprisals), 0.0, surprisals)",
        "surprisals = surprisals + 0.0",
        TESTS + "test_a_masked_class_without_target_adds_nothing[numpy]",
    ),
    Mutant(
        "let a masked class with a target go free",
        FILE,
        "(targets == 0) & xp.isinf(surprisals)",
        "xp.isinf(surprisals)",
        TESTS + "test_a_masked_class_with_a_target_costs_infinity[numpy]",
    ),
    Mutant(
        "the gradient by s p - t",
        FILE,
        "_others(targets, xp=xp) * probs - targets * model.complements(probs, xp=xp)",
        "xp.sum(targets, axis=-1)[..., None] * probs - targets",
        TESTS + "test_a_one_hot_target_is_its_label_bit_for_bit[numpy]",
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        FILE,
        "model.distances(logits) + xp.log1p(model.rest)[..., None]",
        "model.distances(logits) + xp.log(1 + model.rest)[..., None]",
        ORACLE,
    ),
    Mutant(
        "forget the sum of the targets in the product",
        FILE,
        "xp.sum(targets, axis=-1)[..., None] * softmax(",
        "softmax(",
        TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]",
    ),
    Mutant(
        "forget the sum of the targets in the Hessian",
        FILE,
        "xp.sum(targets, axis=-1)[..., None, None] * softmax_cross_entropy",
        "softmax_cross_entropy",
        TESTS + "test_the_hessian_scales_with_the_sum_of_the_targets[numpy]",
    ),
)
