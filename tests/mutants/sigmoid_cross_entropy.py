from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/sigmoid_cross_entropy.py"
TESTS = "tests/formulas/test_sigmoid_cross_entropy.py::"
HARD = TESTS + "test_value_and_derivatives_at_hard_targets_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant("drop the distance", FILE, "return share * distance + xp.log1p", "return xp.log1p", HARD),
    Mutant(
        "log(1 + x) for log1p(x)",
        FILE,
        "xp.log1p(xp.exp(below))",
        "xp.log(1 + xp.exp(below))",
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "p - t for the gradient",
        FILE,
        "(1 - targets) * above - targets * below",
        "above - targets",
        TESTS + "test_a_sure_and_right_model_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the share of the wrong side",
        FILE,
        "xp.where(positive, 1 - targets, targets)",
        "xp.where(positive, targets, 1 - targets)",
        HARD,
    ),
    Mutant(
        "0 times infinity",
        FILE,
        "xp.where((share == 0) & xp.isinf(below), 0.0, -below)",
        "-below",
        TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy]",
    ),
    Mutant(
        "a distance without a derivative at 0",
        FILE,
        "below = xp.where(positive, -logits, logits)",
        "below = -xp.abs(logits)",
        TESTS + "test_automatic_differentiation_gives_the_closed_derivatives[torch]",
    ),
    Mutant("p * p for p (1 - p)", FILE, "return above * below", "return above * above", HARD),
    Mutant(
        "a product that is not one",
        FILE,
        "hessian(logits, xp=xp) * vectors",
        "hessian(logits, xp=xp) + vectors",
        TESTS + "test_derivatives_agree_with_central_differences[numpy]",
    ),
)
