from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_divergences_of_targets.py::"
NEAR = TESTS + "test_next_to_the_targets_the_error_is_what_rounding_of_a_logit_makes[numpy-{}]"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
LIMITS = (
    TESTS + "test_a_forbidden_class_makes_the_reverse_divergence_infinite_and_its_derivatives_limits[numpy]"
)
BELOW = TESTS + "test_probabilities_below_the_smallest_float_cost_what_their_logits_say[numpy]"
RULED_OUT = TESTS + "test_a_target_that_the_model_rules_out_costs_what_each_divergence_says[numpy]"

MUTANTS = (
    Mutant(
        "the log-ratio as the difference of two logarithms",
        "model_and_targets:log_ratio",
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        never,
        TESTS + "test_the_log_ratio_of_rare_classes_next_to_their_targets_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the logarithm of an underflown probability",
        "model_and_targets:log_ratio",
        "-surprisals",
        "-xp.inf",
        BELOW,
    ),
    Mutant(
        "a ratio that is not near by log1p",
        "model_and_targets:log_ratio",
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        "xp.where(has_target, xp.log1p(xp.clip(apart / safe, min=-0.9)), beyond)",
        BELOW,
    ),
    Mutant(
        "forget that probabilities have one sum",
        "model_and_targets:turn_product",
        "shifted - mean",
        drop_right,
        ORACLE.format("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "half of the turn",
        "model_and_targets:turn_product",
        "steps * (shifted - mean) - probs * xp.sum(steps * shifted, axis=-1)[..., None]",
        drop_right,
        ORACLE.format("js_divergence_of_targets"),
    ),
    Mutant(
        "cross-entropy less entropy",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "xp.sum(i_divergence.terms(targets, model.probs - targets, logs, xp=xp), axis=-1)",
        "-xp.sum(targets * logs, axis=-1)",
        NEAR.format("kl_divergence_of_targets"),
    ),
    Mutant(
        "the cross-entropy",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "xp.sum(i_divergence.terms(targets, model.probs - targets, logs, xp=xp), axis=-1)",
        "cross_entropy.value(logits, targets, xp=xp)",
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-kl_divergence_of_targets]",
    ),
    Mutant(
        "0 * inf in a class without a target",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "xp.where(targets == 0, 0.0, log_ratio(model, logits, targets, xp=xp))",
        never,
        TESTS + "test_a_certain_target_costs_the_cross_entropy_of_its_label[numpy]",
    ),
    Mutant(
        "the gradient with the other sign",
        "kl_divergence_of_targets:KLDivergenceOfTargets.gradient",
        "cross_entropy.gradient(logits, targets, xp=xp)",
        flip_sign,
        ORACLE.format("kl_divergence_of_targets"),
    ),
    Mutant(
        "the divergence the right way round",
        "reverse_kl_divergence_of_targets:_value",
        "i_divergence.terms(probs, targets - probs, -parts.logs, xp=xp)",
        "i_divergence.terms(targets, probs - targets, parts.logs, xp=xp)",
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-reverse_kl_divergence_of_targets]",
    ),
    Mutant(
        "a finite divergence of what is forbidden",
        "reverse_kl_divergence_of_targets:_value",
        "xp.where(xp.max(parts.is_infinite, axis=-1) > 0, xp.inf, finite)",
        never,
        LIMITS,
    ),
    Mutant(
        "a finite gradient of what is forbidden",
        "reverse_kl_divergence_of_targets:_with_infinity",
        "xp.where(factor > 0, xp.inf, xp.where(factor < 0, -xp.inf, finite))",
        "finite",
        LIMITS,
    ),
    Mutant(
        "read a class without probability",
        "reverse_kl_divergence_of_targets:_parts",
        "xp.where(probs == 0, 0.0, logs)",
        "logs + 0.0",
        RULED_OUT,
    ),
    Mutant(
        "forget that a logarithm has a slope of its own",
        "reverse_kl_divergence_of_targets:ReverseKLDivergenceOfTargets.hessian_vector_product",
        "model.jacobian_product(vectors, xp=xp) + turn_product(model, logs, vectors, xp=xp)",
        drop_left,
        ORACLE.format("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "let blank rows be infinite",
        "reverse_kl_divergence_of_targets:ReverseKLDivergenceOfTargets.problem",
        "problem._replace(data=(targets,))",
        "problem",
        TESTS + "test_a_row_of_weight_0_has_no_infinite_reverse_divergence[numpy]",
    ),
    Mutant(
        "exchange the shares",
        "js_divergence_of_targets:JSDivergenceOfTargets._value",
        "self.share * below + (1 - self.share) * above",
        "(1 - self.share) * below + self.share * above",
        TESTS + "test_the_jensen_shannon_divergence_keeps_to_the_entropy_of_its_share[numpy]",
    ),
    Mutant(
        "the difference to the mixture with the other sign",
        "js_divergence_of_targets:JSDivergenceOfTargets._value",
        "-self.share",
        flip_sign,
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-js_divergence_of_targets]",
    ),
    Mutant(
        "slopes with a constant that is rounded",
        "js_divergence_of_targets:JSDivergenceOfTargets._parts",
        "xp.where(is_far, from_odds, logs)",
        never,
        TESTS
        + "test_where_model_and_targets_share_nothing_the_slopes_of_other_classes_do_not_seem_to_differ",
    ),
    Mutant(
        "odds next to underflow",
        "js_divergence_of_targets:JSDivergenceOfTargets._parts",
        "xp.where(is_tiny, logs + math.log1p(-self.share), -xp.log1p(odds))",
        "-xp.log1p(self.share * targets / ((1 - self.share) * (probs + 1e-320)))",
        TESTS + "test_a_target_of_a_class_next_to_underflow_has_a_finite_slope[numpy]",
    ),
    Mutant(
        "forget the curvature of the logarithm",
        "js_divergence_of_targets:JSDivergenceOfTargets.hessian_vector_product",
        "second_derivative + turn_product(model, slopes, vectors, xp=xp)",
        "0 * second_derivative + turn_product(model, slopes, vectors, xp=xp)",
        ORACLE.format("js_divergence_of_targets"),
    ),
    Mutant(
        "forget the share in the gradient",
        "js_divergence_of_targets:JSDivergenceOfTargets._gradient",
        "(1 - self.share) * parts.model.jacobian_product(parts.slopes, xp=xp)",
        drop_left,
        ORACLE.format("js_divergence_of_targets"),
    ),
)
