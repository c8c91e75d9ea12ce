from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/softmax_cross_entropy.py"
TESTS = "tests/formulas/test_softmax_cross_entropy.py::"
LABELS = TESTS + "test_value_and_gradient_of_labels_meet_the_oracle[numpy-float64]"
TARGETS = TESTS + "test_value_and_gradient_of_targets_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant("drop the gap", FILE, "return gap + xp.log1p", "return xp.log1p", LABELS),
    Mutant(
        "log(1 + x) for log1p(x)",
        FILE,
        "return gap + xp.log1p(rest)",
        "return gap + xp.log(1 + rest)",
        TESTS + "test_loss_of_a_dominant_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "p - 1 at the label",
        FILE,
        "xp.where(label.is_top, label.rest / total, 1 - xp.exp(-label.gap) / total)",
        "1 - xp.exp(-label.gap) / total",
        TESTS + "test_loss_of_a_dominant_class_keeps_its_digits[numpy]",
    ),
    Mutant(
        "zero the gradient off the label",
        FILE,
        "return probs * (1 - label.one_hot) - others",
        "return -others",
        TESTS + "test_values_are_never_negative_and_gradients_sum_to_zero[numpy]",
    ),
    Mutant(
        "flip the gradient at the label",
        FILE,
        "- others[..., None] * label.one_hot",
        "+ others[..., None] * label.one_hot",
        TESTS + "test_derivatives_agree_with_central_differences[numpy]",
    ),
    Mutant(
        "a finite value for a label that is no class",
        FILE,
        "gap = constant(model.peak) - entry_of_class(logits, labels, xp=xp)",
        "gap = constant(model.peak) - xp.sum(logits * one_hot(labels, logits, xp=xp), axis=-1)",
        TESTS + "test_a_label_that_is_no_class_gives_nan_in_its_row_alone[numpy-3]",
    ),
    Mutant(
        "a finite derivative for a label that is no class",
        FILE,
        "rest = model.rest * xp.where(xp.isnan(gap), gap, xp.ones_like(gap))",
        "rest = model.rest",
        TESTS + "test_the_derivative_at_a_label_that_is_no_class_is_nan",
    ),
    Mutant(
        "differentiate 1 - 1 + small at the top",
        FILE,
        "gap = xp.where(label.is_top, 0.0, label.gap)",
        "gap = label.gap",
        TESTS + "test_torch_differentiates_the_value_to_the_closed_gradient[float32]",
    ),
    Mutant(
        "lose the derivative of the top",
        FILE,
        "label.rest + (model.unit - 1))",
        "label.rest)",
        TESTS + "test_torch_differentiates_the_value_to_the_closed_gradient[float32]",
    ),
    Mutant(
        "p - t for s p - t", FILE, "return rest * is_top + (total", "return (1 - rest) * is_top + (1", TARGETS
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
        "gaps = xp.where((targets == 0) & xp.isinf(gaps), 0.0, gaps)",
        "gaps = gaps + 0.0",
        TESTS + "test_a_masked_class_without_target_adds_nothing[numpy]",
    ),
    Mutant(
        "let a masked class with a target go free",
        FILE,
        "(targets == 0) & xp.isinf(gaps)",
        "xp.isinf(gaps)",
        TESTS + "test_a_masked_class_with_a_target_costs_infinity[numpy]",
    ),
    Mutant(
        "the gradient of targets by p - t alone",
        FILE,
        "_others(targets, xp=xp) * probs - targets * model.complements(probs, xp=xp)",
        "xp.sum(targets, axis=-1)[..., None] * probs - targets",
        TESTS + "test_a_one_hot_target_is_its_label_bit_for_bit[numpy]",
    ),
    Mutant(
        "a Hessian without its diagonal",
        FILE,
        "classes[..., None, :], diagonal, -products)",
        "classes[..., None, :], -products, -products)",
        TESTS + "test_the_hessian_is_symmetric_positive_semidefinite_and_blind_to_constants[numpy]",
    ),
    Mutant(
        "forget the sum of the targets in the product",
        FILE,
        "xp.sum(targets, axis=-1)[..., None] * hessian_vector_product",
        "hessian_vector_product",
        TESTS + "test_derivatives_agree_with_central_differences[numpy]",
    ),
    Mutant(
        "forget the sum of the targets in the Hessian",
        FILE,
        "xp.sum(targets, axis=-1)[..., None, None] * hessian",
        "hessian",
        TESTS + "test_the_hessian_of_targets_scales_with_their_sum[numpy]",
    ),
)
