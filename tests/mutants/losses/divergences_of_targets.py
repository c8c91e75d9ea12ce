from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/divergences/test_divergences_of_targets.py::"

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
        "tests/losses/divergences/test_kl_divergence_of_targets.py::"
        "test_probabilities_below_the_smallest_float_cost_what_their_logits_say[numpy]",
    ),
    Mutant(
        "a ratio that is not near by log1p",
        "model_and_targets:log_ratio",
        "xp.where(is_near, near, xp.where(has_target, far, beyond))",
        "xp.where(has_target, xp.log1p(xp.clip(apart / safe, min=-0.9)), beyond)",
        "tests/losses/divergences/test_kl_divergence_of_targets.py::"
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
