from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/true_class.py"
TESTS = "tests/formulas/test_true_class.py::"
TINY = TESTS + "test_a_tiny_probability_keeps_its_digits_however_wide_the_gap[numpy-float64]"
TWICE = TESTS + "test_the_surprisal_has_twice_the_digits_with_its_rest[numpy]"
ROUNDED = TESTS + "test_what_logits_lost_in_rounding_counts[numpy]"

MUTANTS = (
    Mutant("round the gap", FILE, "xp.exp(-gap) * (1 - gap_rest) / total", "xp.exp(-gap) / total", TINY),
    Mutant(
        "the rest of the gap with the other sign",
        FILE,
        "xp.exp(-gap) * (1 - gap_rest) / total",
        "xp.exp(-gap) * (1 + gap_rest) / total",
        TINY,
    ),
    Mutant(
        "1 - p also at the top",
        FILE,
        "xp.where(labels == model.top, model.rest / total, 1 - prob)",
        "1 - prob",
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[numpy]",
    ),
    Mutant(
        "forget the gap's rest in the surprisal of the label",
        FILE,
        "_sum(gap, gap_rest + xp.log1p(model.rest), xp=xp)",
        "_sum(gap, xp.log1p(model.rest), xp=xp)",
        ROUNDED,
    ),
    Mutant(
        "forget the gap's rest in the surprisals of all",
        FILE,
        "_sum(gap, gap_rest + xp.log1p(model.rest)[..., None], xp=xp)",
        "_sum(gap, xp.log1p(model.rest)[..., None], xp=xp)",
        ROUNDED,
    ),
    Mutant(
        "no rest of the surprisal",
        FILE,
        "return large + small, rest",
        "return large + small, 0 * rest",
        TWICE,
    ),
    Mutant(
        "a difference for the sum",
        FILE,
        "exact_difference(xp.where(large < xp.inf, large, 0.0), -small)",
        "exact_difference(xp.where(large < xp.inf, large, 0.0), small)",
        TWICE,
    ),
    Mutant(
        "nothing that logits lost in rounding",
        FILE,
        "return _sum(gap, rest + low_gap, xp=xp)",
        "return _sum(gap, rest, xp=xp)",
        ROUNDED,
    ),
    Mutant(
        "probabilities of all classes as complements",
        FILE,
        "model.complements(probs, xp=xp), surprisal, surprisal_rest, model)",
        "probs, surprisal, surprisal_rest, model)",
        TESTS + "test_of_every_class_it_says_what_it_says_of_each[numpy]",
    ),
    Mutant(
        "p - 1 at the label",
        FILE,
        "probs * (1 - self.one_hot) - self.complement[..., None] * self.one_hot",
        "probs - self.one_hot",
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[numpy]",
    ),
    Mutant(
        "finite slopes for a label that is no class",
        FILE,
        "return self.model.rest + 0 * self.complement",
        "return self.model.rest",
        TESTS + "test_the_slopes_of_a_sure_class_add_up_without_cancelling[jax]",
    ),
)
