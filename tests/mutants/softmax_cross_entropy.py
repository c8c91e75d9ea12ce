from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/softmax_cross_entropy.py"
TESTS = "tests/formulas/losses/test_softmax_cross_entropy.py::"
ORACLE = TESTS + "test_value_and_gradient_meet_the_oracle[numpy-float64]"
HESSIAN = TESTS + "test_the_hessian_is_symmetric_positive_semidefinite_and_blind_to_constants[numpy]"

MUTANTS = (
    Mutant(
        "the gradient for the value",
        FILE,
        "xp=xp).surprisal\n\n",
        "xp=xp).complement\n\n",
        TESTS + "test_equal_logits_cost_the_logarithm_of_their_number[numpy]",
    ),
    Mutant(
        "the probabilities for the gradient",
        FILE,
        "return of_label.surprisal, of_label.slopes",
        "return of_label.surprisal, of_label.model.probs",
        ORACLE,
    ),
    Mutant(
        "a Hessian without its diagonal",
        FILE,
        "classes[..., None, :], diagonal, -products)",
        "classes[..., None, :], -products, -products)",
        HESSIAN,
    ),
    Mutant(
        "p - p * p on the diagonal of the Hessian",
        FILE,
        "(probs * model.complements(probs, xp=xp))[..., None]",
        "(probs - probs * probs)[..., None]",
        HESSIAN,
    ),
    Mutant(
        "no Jacobian in the product",
        FILE,
        "softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)",
        "softmax(logits, xp=xp).probs * vectors",
        TESTS + "test_hessian_vector_products_meet_the_oracle[numpy-float64]",
    ),
)
