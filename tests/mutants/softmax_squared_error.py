from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/softmax_squared_error.py"
TESTS = "tests/formulas/losses/test_softmax_squared_error.py::"
DERIVATIVES = TESTS + "test_the_derivatives_meet_the_oracle[numpy-float64]"

MUTANTS = (
    Mutant(
        "all of it",
        FILE,
        "xp.sum(residuals * residuals, axis=-1) / 2",
        "xp.sum(residuals * residuals, axis=-1)",
        TESTS + "test_the_value_meets_the_oracle[numpy-float64]",
    ),
    Mutant(
        "cross-entropy's gradient",
        FILE,
        "of_label.model.jacobian_product(residuals, xp=xp)",
        "residuals",
        DERIVATIVES,
    ),
    Mutant("drop the turn", FILE, " - probs * turn", "", DERIVATIVES),
    Mutant("drop the mean", FILE, "steps * (residuals - mean)", "steps * residuals", DERIVATIVES),
    Mutant(
        "drop the curvature that is always positive",
        FILE,
        "model.jacobian_product(steps, xp=xp) + steps",
        "steps",
        DERIVATIVES,
    ),
)
