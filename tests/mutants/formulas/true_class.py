from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_true_class.py::"
TINY = TESTS + "test_a_tiny_probability_keeps_its_digits_however_wide_the_gap[numpy-float64]"
TWICE = TESTS + "test_the_surprisal_has_twice_the_digits_with_its_rest[numpy]"
ROUNDED = TESTS + "test_what_logits_lost_in_rounding_counts[numpy]"

MUTANTS = (
    Mutant("round the gap", "true_class:true_class", "xp.exp(-gap) * (1 - gap_rest)", drop_right, TINY),
    Mutant(
        "the rest of the gap with the other sign",
        "true_class:true_class",
        "xp.exp(-gap) * (1 - gap_rest)",
        "xp.exp(-gap) * (1 + gap_rest)",
        TINY,
    ),
    Mutant(
        "1 - p also at the top",
        "true_class:true_class",
        "xp.where(labels == model.top, model.rest / total, 1 - prob)",
        never,
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[numpy]",
    ),
    Mutant(
        "forget the gap's rest in the surprisal of the label",
        "true_class:true_class",
        "gap_rest + xp.log1p(model.rest)",
        drop_left,
        ROUNDED,
    ),
    Mutant(
        "forget the gap's rest in the surprisals of all",
        "every_class:every_class",
        "gap_rest + xp.log1p(model.rest)[..., None]",
        drop_left,
        ROUNDED,
    ),
    Mutant(
        "no rest of the surprisal",
        "true_class:normalised_sum",
        "large + small, rest",
        "large + small, 0 * rest",
        TWICE,
    ),
    Mutant("a difference for the sum", "true_class:normalised_sum", "-small", flip_sign, TWICE),
    Mutant(
        "nothing that logits lost in rounding",
        "true_class:gap_below_peak",
        "rest + low_gap",
        drop_right,
        ROUNDED,
    ),
    Mutant(
        "probabilities of all classes as complements",
        "every_class:every_class",
        "model.complements(probs, xp=xp)",
        drop_call,
        TESTS + "test_of_every_class_it_says_what_it_says_of_each[numpy]",
    ),
    Mutant(
        "p - 1 at the label",
        "true_class:TrueClass.derivatives",
        "probs * (1 - self.one_hot) - self.complement[..., None] * self.one_hot",
        "probs - self.one_hot",
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[numpy]",
    ),
    Mutant(
        "finite derivatives for a label that is no class",
        "true_class:TrueClass._rest",
        "self.model.rest + 0 * self.complement",
        drop_right,
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[jax]",
    ),
)
