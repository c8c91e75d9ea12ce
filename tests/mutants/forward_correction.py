from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE, MATRIX, LOSS = (
    "formulas/losses/forward_correction.py",
    "losses/arguments/noise_matrix.py",
    "losses/noisy_labels/forward_correction.py",
)
TESTS = "tests/losses/test_forward_correction.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-forward_correction-float32]"
SURE = TESTS + "test_a_sure_model_keeps_the_digits_of_its_gradient[numpy]"

MUTANTS = (
    Mutant(
        "a logarithm of what is nearly 1",
        FILE,
        "is_likely = complement < 0.3",
        "is_likely = complement < 0",
        HARD.replace("32", "64"),
    ),
    Mutant("p - r", FILE, "xp.where(is_near, near, probs - posterior)", "probs - posterior", SURE),
    Mutant("the mean itself at the top", FILE, "probs * (likelihoods - at_top)", "probs * likelihoods", SURE),
    Mutant(
        "a probability that underflows", FILE, "is_near = is_float & (", "is_near = (prob >= 0) | (", HARD
    ),
    Mutant("the peaks' remainders", FILE, " + (model.peak_rest - of_joint.peak_rest)", "", HARD),
    Mutant("one Hessian", FILE, "- of_joint.jacobian_product(vectors, xp=xp)", "", HARD),
    Mutant(
        "the wrong Hessian where prior and posterior agree",
        FILE,
        "- posterior * along",
        "+ posterior * along",
        HARD,
    ),
    Mutant(
        "nothing is impossible",
        FILE,
        "xp.inf + 0 * prob",
        "1e9 + 0 * prob",
        TESTS + "test_a_label_that_no_class_can_get_costs_infinity_and_has_no_gradient[numpy]",
    ),
    Mutant("rows for columns", LOSS, "examples.xp.matrix_transpose(matrix)", "matrix", HARD),
    Mutant(
        "the last class for what is none",
        MATRIX,
        "return xp.where(is_class[..., None], rows, xp.nan)",
        "return rows",
        TESTS + "test_a_row_without_a_softmax_and_a_label_that_is_no_class_give_nan[numpy]",
    ),
)
