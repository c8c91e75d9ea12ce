from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_divergences_of_targets.py::"

SLOPES = "tests/formulas/test_slopes_of_kl.py::"

MUTANTS = (
    Mutant(
        "passes for derivatives where there are none",
        "slopes_of_kl:slope_in_p",
        "constant(p) is p",
        "False",
        SLOPES + "test_numpy_which_has_no_derivatives_spends_no_pass_on_zeros_with_derivatives",
    ),
    Mutant(
        "no limit at 0",
        "slopes_of_kl:slope_in_p",
        "moving * xp.log1p((moving - at) / at) + line + beyond + root",
        drop_right,
        SLOPES + "test_the_zeros_have_the_derivatives_of_the_definition_with_the_limit_at_0",
    ),
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
        "tests/losses/test_kl_divergence_of_targets.py::"
        "test_probabilities_below_the_smallest_float_cost_what_their_logits_say[numpy]",
    ),
    Mutant(
        "a ratio that is not near by log1p",
        "model_and_targets:log_ratio",
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        "xp.where(has_target, xp.log1p(xp.clip(apart / safe, min=-0.9)), beyond)",
        "tests/losses/test_kl_divergence_of_targets.py::"
        "test_probabilities_below_the_smallest_float_cost_what_their_logits_say[numpy]",
    ),
    Mutant(
        "forget that probabilities have one sum",
        "model_and_targets:turn_product",
        "shifted - mean",
        drop_right,
        meets_definition("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "half of the turn",
        "model_and_targets:turn_product",
        "steps * (shifted - mean) - probs * xp.sum(steps * shifted, axis=-1)[..., None]",
        drop_right,
        meets_definition("js_divergence_of_targets"),
    ),
)
