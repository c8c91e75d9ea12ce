from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

SHARED = "formulas/model_and_targets.py"
FORWARD = "formulas/losses/kl_divergence_of_targets.py"
REVERSE = "formulas/losses/reverse_kl_divergence_of_targets.py"
JS = "formulas/losses/js_divergence_of_targets.py"
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
        SHARED,
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        "xp.where(has_target, far, beyond)",
        TESTS + "test_the_log_ratio_of_rare_classes_next_to_their_targets_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the logarithm of an underflown probability",
        SHARED,
        "log_probs = xp.where(is_normal, xp.log(xp.where(is_normal, probs, 1.0)), -surprisals)",
        "log_probs = xp.where(is_normal, xp.log(xp.where(is_normal, probs, 1.0)), -xp.inf)",
        BELOW,
    ),
    Mutant(
        "a ratio that is not near by log1p",
        SHARED,
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        "xp.where(has_target, xp.log1p(xp.clip(apart / safe, min=-0.9)), beyond)",
        BELOW,
    ),
    Mutant(
        "forget that probabilities have one sum",
        SHARED,
        "return steps * (shifted - mean) - probs",
        "return steps * shifted - probs",
        ORACLE.format("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "half of the turn",
        SHARED,
        " - probs * xp.sum(steps * shifted, axis=-1)[..., None]",
        "",
        ORACLE.format("js_divergence_of_targets"),
    ),
    Mutant(
        "cross-entropy less entropy",
        FORWARD,
        "return xp.sum(i_divergence.terms(targets, model.probs - targets, logs, xp=xp), axis=-1)",
        "return -xp.sum(targets * logs, axis=-1)",
        NEAR.format("kl_divergence_of_targets"),
    ),
    Mutant(
        "the cross-entropy",
        FORWARD,
        "return xp.sum(i_divergence.terms(targets, model.probs - targets, logs, xp=xp), axis=-1)",
        "return cross_entropy.value(logits, targets, xp=xp)",
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-kl_divergence_of_targets]",
    ),
    Mutant(
        "0 * inf in a class without a target",
        FORWARD,
        "logs = xp.where(targets == 0, 0.0, log_ratio(model, logits, targets, xp=xp))",
        "logs = log_ratio(model, logits, targets, xp=xp)",
        TESTS + "test_a_certain_target_costs_the_cross_entropy_of_its_label[numpy]",
    ),
    Mutant(
        "the gradient with the other sign",
        FORWARD,
        "return cross_entropy.gradient(logits, targets, xp=xp)",
        "return -cross_entropy.gradient(logits, targets, xp=xp)",
        ORACLE.format("kl_divergence_of_targets"),
    ),
    Mutant(
        "the divergence the right way round",
        REVERSE,
        "terms(probs, targets - probs, -parts.logs, xp=xp)",
        "terms(targets, probs - targets, parts.logs, xp=xp)",
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-reverse_kl_divergence_of_targets]",
    ),
    Mutant(
        "a finite divergence of what is forbidden",
        REVERSE,
        "return xp.where(xp.max(parts.is_infinite, axis=-1) > 0, xp.inf, finite)",
        "return finite",
        LIMITS,
    ),
    Mutant(
        "a finite gradient of what is forbidden",
        REVERSE,
        "return xp.where(factor > 0, xp.inf, xp.where(factor < 0, -xp.inf, finite))",
        "return finite",
        LIMITS,
    ),
    Mutant(
        "read a class without probability",
        REVERSE,
        "logs = xp.where(probs == 0, 0.0, logs)",
        "logs = logs + 0.0",
        RULED_OUT,
    ),
    Mutant(
        "forget that a logarithm has a slope of its own",
        REVERSE,
        "finite = model.jacobian_product(vectors, xp=xp) + turn_product",
        "finite = turn_product",
        ORACLE.format("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "let blank rows be infinite",
        "losses/divergences/reverse_kl_divergence_of_targets.py",
        "return problem._replace(data=(targets,))",
        "return problem",
        TESTS + "test_a_row_of_weight_0_has_no_infinite_reverse_divergence[numpy]",
    ),
    Mutant(
        "exchange the shares",
        JS,
        "return xp.sum(self.share * below + (1 - self.share) * above, axis=-1)",
        "return xp.sum((1 - self.share) * below + self.share * above, axis=-1)",
        TESTS + "test_the_jensen_shannon_divergence_keeps_to_the_entropy_of_its_share[numpy]",
    ),
    Mutant(
        "the difference to the mixture with the other sign",
        JS,
        "above = i_divergence.terms(model.probs, -self.share * apart, -logs, xp=xp)",
        "above = i_divergence.terms(model.probs, self.share * apart, -logs, xp=xp)",
        TESTS + "test_it_is_the_measure_of_the_same_name[numpy-js_divergence_of_targets]",
    ),
    Mutant(
        "slopes with a constant that is rounded",
        JS,
        "xp.where(is_far, from_odds, logs))",
        "logs)",
        TESTS
        + "test_where_model_and_targets_share_nothing_the_slopes_of_other_classes_do_not_seem_to_differ",
    ),
    Mutant(
        "odds next to underflow",
        JS,
        "xp.where(is_tiny, logs + math.log1p(-self.share), -xp.log1p(odds))",
        "-xp.log1p(self.share * targets / ((1 - self.share) * (probs + 1e-320)))",
        TESTS + "test_a_target_of_a_class_next_to_underflow_has_a_finite_slope[numpy]",
    ),
    Mutant(
        "forget the curvature of the logarithm",
        JS,
        "return (1 - self.share) * (bend + turn_product",
        "return (1 - self.share) * (0 * bend + turn_product",
        ORACLE.format("js_divergence_of_targets"),
    ),
    Mutant(
        "forget the share in the gradient",
        JS,
        "return (1 - self.share) * parts.model.jacobian_product(parts.slopes, xp=xp)",
        "return parts.model.jacobian_product(parts.slopes, xp=xp)",
        ORACLE.format("js_divergence_of_targets"),
    ),
)
