from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import cancel, drop_call, drop_left, drop_right, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/noisy_labels/test_bootstrap.py::"
SURE = TESTS + "test_a_sure_and_right_model_keeps_its_digits"

MUTANTS = (
    Mutant(
        "forget the normaliser",
        "entropy_of_softmax:EntropyOfSoftmax.value_and_gradient",
        "xp.log1p(model.rest) + mean[..., 0]",
        drop_left,
        meets_definition("soft_bootstrap"),
    ),
    Mutant(
        "a target held fast",
        "entropy_of_softmax:EntropyOfSoftmax.value_and_gradient",
        "probs * (distances - mean)",
        "0 * probs",
        meets_definition("soft_bootstrap"),
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "entropy_of_softmax:EntropyOfSoftmax.value_and_gradient",
        "xp.log1p(model.rest)",
        cancel,
        SURE + "[numpy-SoftBootstrap]",
    ),
    Mutant(
        "a distance without its mean",
        "entropy_of_softmax:EntropyOfSoftmax.hessian_vector_product",
        "distances - mean",
        drop_right,
        meets_definition("soft_bootstrap"),
    ),
    Mutant(
        "no term of the mean's change",
        "entropy_of_softmax:EntropyOfSoftmax.hessian_vector_product",
        "moved * (distances - mean - 1) - probs * along",
        drop_right,
        meets_definition("soft_bootstrap"),
    ),
    Mutant(
        "0 times infinity",
        "entropy_of_softmax:_parts",
        "xp.where(probs == 0, 0.0, model.distances(logits))",
        never,
        TESTS + "test_a_masked_label_costs_infinity_and_another_masked_class_nothing[numpy-SoftBootstrap]",
    ),
    Mutant(
        "the surprisal of all others",
        "surprisal_of_top_class:SurprisalOfTopClass.value_and_gradient",
        "xp.log1p(model.rest)",
        drop_call,
        meets_definition("hard_bootstrap"),
    ),
    Mutant(
        "the surprisal alone of all others",
        "surprisal_of_top_class:SurprisalOfTopClass.value",
        "xp.log1p(softmax(logits, xp=xp).rest)",
        drop_call,
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "p - 1 at the top",
        "surprisal_of_top_class:_gradient",
        "(model.rest / model.total)[..., None]",
        "1 - model.probs",
        SURE + "[numpy-HardBootstrap]",
    ),
    Mutant(
        "no target at the top",
        "surprisal_of_top_class:_gradient",
        "model.probs * (1 - model.is_top)",
        drop_right,
        meets_definition("hard_bootstrap"),
    ),
)
