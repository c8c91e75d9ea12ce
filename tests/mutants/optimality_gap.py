from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "solvers/optimality_gap.py"
TESTS = "tests/solvers/test_objective.py::"
DUAL = TESTS + "test_the_gap_is_the_objective_less_its_dual"

MUTANTS = (
    Mutant(
        "half the gradient's part",
        FILE,
        "float(np.vdot(slope, slope)) / (2 * objective.decay)",
        "float(np.vdot(slope, slope)) / (4 * objective.decay)",
        DUAL + "[without intercept]",
    ),
    Mutant(
        "trust the model's own probabilities",
        FILE,
        "if evaluation.gradient[:, -1].any():",
        "if False:",
        DUAL + "[weighted]",
    ),
    Mutant(
        "do not move the gradient",
        FILE,
        "slope = slope + moved",
        "slope = slope - moved",
        DUAL + "[weighted]",
    ),
    Mutant(
        "shift the intercepts the wrong way",
        FILE,
        "-CholeskyFactor(covariance).solve(residual)",
        "CholeskyFactor(covariance).solve(residual)",
        DUAL + "[weighted]",
    ),
    Mutant(
        "forget that the divergence counts",
        FILE,
        "divergence, moved = _tilted(objective, point, shift)",
        "_, moved = _tilted(objective, point, shift)",
        DUAL + "[weighted]",
    ),
    Mutant(
        "certify nothing where the objective itself is a bound",
        FILE,
        "        return trivial\n    divergence",
        "        return 0.0\n    divergence",
        TESTS + "test_without_a_penalty_only_the_objective_itself_is_certified",
    ),
    Mutant(
        "accept negative probabilities",
        FILE,
        "if np.ptp(shift) >= 1:",
        "if np.ptp(shift) >= 1e9:",
        TESTS + "test_far_from_the_minimum_the_objective_itself_is_the_bound_rather_than_something_wrong",
    ),
)
