from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_left, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_sigmoid_cross_entropy.py::"
HARD = TESTS + "test_value_and_derivatives_at_hard_targets_meet_the_oracle[numpy-float64]"
DIFFERENCES = TESTS + "test_derivatives_agree_with_central_differences_for_masses_of_any_size[numpy]"

MUTANTS = (
    Mutant(
        "drop the distance",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.value",
        "share * distance + certain",
        drop_left,
        HARD,
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.value",
        "xp.log1p(small_exponential(logits, xp=xp))",
        cancel,
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "p - t for the gradient",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.gradient",
        "mass_against * above - mass_for * below",
        "(mass_for + mass_against) * above - mass_for",
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the share of the wrong side",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.value",
        "xp.where(high > 0, mass_against, mass_for)",
        swap,
        HARD,
    ),
    Mutant(
        "0 times infinity",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.value",
        "xp.where((share == 0) & xp.isinf(high), 0.0, xp.abs(high))",
        never,
        TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy]",
    ),
    Mutant(
        "masses that sum to 1",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.value",
        "(mass_for + mass_against) * xp.log1p(small_exponential(logits, xp=xp))",
        drop_left,
        DIFFERENCES,
    ),
    Mutant(
        "p * p for p (1 - p)",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.hessian",
        "above * below",
        "above * above",
        HARD,
    ),
    Mutant(
        "a product that is not one",
        "sigmoid_cross_entropy:SigmoidCrossEntropy.hessian_vector_product",
        "self.hessian(logits, mass_for, mass_against, xp=xp) * vectors",
        "self.hessian(logits, mass_for, mass_against, xp=xp) + vectors",
        DIFFERENCES,
    ),
)
