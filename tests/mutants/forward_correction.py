from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_right, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_forward_correction.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-forward_correction-float32]"
SURE = TESTS + "test_a_sure_model_keeps_the_digits_of_its_gradient[numpy]"

MUTANTS = (
    Mutant(
        "a logarithm of what is nearly 1",
        "forward_correction:_near_surprisal",
        "complement < 0.3",
        "complement < 0",
        HARD.replace("32", "64"),
    ),
    Mutant(
        "p - r", "forward_correction:_observed", "xp.where(is_near, near, probs - posterior)", never, SURE
    ),
    Mutant(
        "the mean itself at the top",
        "forward_correction:_mean_less_each",
        "likelihoods - at_top",
        drop_right,
        SURE,
    ),
    Mutant(
        "a probability that underflows",
        "forward_correction:_observed",
        "is_float & ((model.top == of_joint.top) | (prob > _LIKELY))",
        "(prob >= 0) | ((model.top == of_joint.top) | (prob > _LIKELY))",
        HARD,
    ),
    Mutant(
        "the peaks' remainders",
        "forward_correction:_far_surprisal",
        "(model.peak - of_joint.peak) + (model.peak_rest - of_joint.peak_rest)",
        drop_right,
        HARD,
    ),
    Mutant(
        "one Hessian",
        "forward_correction:ForwardCorrection.hessian_vector_product",
        "model.jacobian_product(vectors, xp=xp) - of_joint.jacobian_product(vectors, xp=xp)",
        drop_right,
        HARD,
    ),
    Mutant(
        "the wrong Hessian where prior and posterior agree",
        "forward_correction:ForwardCorrection.hessian_vector_product",
        "gradient * (shifted - mean) - posterior * along",
        flip_sign,
        HARD,
    ),
    Mutant(
        "nothing is impossible",
        "forward_correction:_observed",
        "xp.inf + 0 * prob",
        "1e9 + 0 * prob",
        TESTS + "test_a_label_that_no_class_can_get_costs_infinity_and_has_no_gradient[numpy]",
    ),
    Mutant(
        "rows for columns",
        "forward_correction:ForwardCorrection.problem",
        "examples.xp.matrix_transpose(matrix)",
        drop_call,
        HARD,
    ),
    Mutant(
        "the last class for what is none",
        "noise_matrix:rows_of_labels",
        "xp.where(is_class[..., None], rows, xp.nan)",
        always,
        TESTS + "test_a_row_without_a_softmax_and_a_label_that_is_no_class_give_nan[numpy]",
    ),
)
