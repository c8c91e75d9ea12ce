from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_softmax_cross_entropy.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-float64]"
HESSIAN = TESTS + "test_the_hessian_is_symmetric_positive_semidefinite_and_blind_to_constants[numpy]"

MUTANTS = (
    Mutant(
        "the gradient for the value",
        "softmax_cross_entropy:SoftmaxCrossEntropy.value",
        "return true_class(logits, labels, xp=xp).surprisal",
        "return true_class(logits, labels, xp=xp).complement",
        TESTS + "test_equal_logits_cost_the_logarithm_of_their_number[numpy]",
    ),
    Mutant(
        "the probabilities for the gradient",
        "softmax_cross_entropy:SoftmaxCrossEntropy.value_and_gradient",
        "of_label.surprisal, of_label.derivatives",
        "of_label.surprisal, of_label.model.probs",
        ORACLE,
    ),
    Mutant(
        "a Hessian without its diagonal",
        "softmax_cross_entropy:SoftmaxCrossEntropy.hessian",
        "xp.where(classes[..., :, None] == classes[..., None, :], diagonal, -products)",
        "xp.where(classes[..., :, None] == classes[..., None, :], -products, -products)",
        HESSIAN,
    ),
    Mutant(
        "p - p * p on the diagonal of the Hessian",
        "softmax_cross_entropy:SoftmaxCrossEntropy.hessian",
        "probs * model.complements(probs, xp=xp)",
        "probs - probs * probs",
        HESSIAN,
    ),
    Mutant(
        "no Jacobian in the product",
        "softmax_cross_entropy:SoftmaxCrossEntropy.hessian_vector_product",
        "softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)",
        "softmax(logits, xp=xp).probs * vectors",
        TESTS + "test_hessian_vector_products_meet_the_oracle[numpy-float64]",
    ),
)
