from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

ENTROPY, TOP = "formulas/losses/entropy_of_softmax.py", "formulas/losses/surprisal_of_top_class.py"
TESTS = "tests/losses/test_bootstrap.py::"
SOFT, HARD = (
    f"tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{kind}_bootstrap-float64]"
    for kind in ("soft", "hard")
)
SURE = TESTS + "test_a_sure_and_right_model_keeps_its_digits"

MUTANTS = (
    Mutant("forget the normaliser", ENTROPY, "xp.log1p(model.rest) + mean[..., 0]", "mean[..., 0]", SOFT),
    Mutant("a target held fast", ENTROPY, "probs * (distances - mean)", "0 * probs", SOFT),
    Mutant(
        "log(1 + x) for log1p(x)",
        ENTROPY,
        "xp.log1p(model.rest)",
        "xp.log(1 + model.rest)",
        SURE + "[numpy-SoftBootstrap]",
    ),
    Mutant("a distance without its mean", ENTROPY, "(distances - mean - 1)", "(distances - 1)", SOFT),
    Mutant("no term of the mean's change", ENTROPY, "- probs * along", "", SOFT),
    Mutant(
        "0 times infinity",
        ENTROPY,
        "xp.where(probs == 0, 0.0, model.distances(logits))",
        "model.distances(logits)",
        TESTS + "test_a_masked_label_costs_infinity_and_another_masked_class_nothing[numpy-SoftBootstrap]",
    ),
    Mutant(
        "the surprisal of all others",
        TOP,
        "return xp.log1p(model.rest), _gradient(model)",
        "return model.rest, _gradient(model)",
        HARD,
    ),
    Mutant(
        "the surprisal alone of all others",
        TOP,
        "return xp.log1p(softmax(logits, xp=xp).rest)",
        "return softmax(logits, xp=xp).rest",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "p - 1 at the top",
        TOP,
        "(model.rest / model.total)[..., None] * model.is_top",
        "(1 - model.probs) * model.is_top",
        SURE + "[numpy-HardBootstrap]",
    ),
    Mutant("no target at the top", TOP, "model.probs * (1 - model.is_top) -", "model.probs -", HARD),
    Mutant(
        "the label's share for both",
        "losses/noisy_labels/hard_bootstrap.py",
        "(1 - self.beta, SurprisalOfTopClass())",
        "(self.beta, SurprisalOfTopClass())",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "the label's share for the entropy too",
        "losses/noisy_labels/soft_bootstrap.py",
        "(1 - self.beta, EntropyOfSoftmax())",
        "(self.beta, EntropyOfSoftmax())",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
)
