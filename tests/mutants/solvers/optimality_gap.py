from tests.mutants.harness import Mutant
from tests.mutants.mutators import flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/solvers/test_optimality_gap.py::"
DUAL = TESTS + "test_the_gap_is_the_objective_less_its_dual[in chunks-two classes]"

MUTANTS = (
    Mutant(
        "half the gradient's part",
        "optimality_gap:optimality_gap",
        "float(np.vdot(slope, slope)) / (2 * objective.decay)",
        "float(np.vdot(slope, slope)) / (4 * objective.decay)",
        DUAL,
    ),
    Mutant(
        "trust the model's own probabilities",
        "optimality_gap:optimality_gap",
        "evaluation.gradient[:, -1].any()",
        "False",
        DUAL,
    ),
    Mutant(
        "do not move the gradient",
        "optimality_gap:optimality_gap",
        "slope + moved",
        flip_sign,
        DUAL,
    ),
    Mutant(
        "shift the intercepts the wrong way",
        "optimality_gap:_balancing_shift",
        "-CholeskyFactor(covariance).solve(residual)",
        flip_sign,
        DUAL,
    ),
    Mutant(
        "forget that the divergence counts",
        "optimality_gap:optimality_gap",
        "divergence, moved",
        "_, moved",
        DUAL,
    ),
    Mutant(
        "certify nothing where the objective itself is a bound",
        "optimality_gap:optimality_gap",
        """
            if likely_gap(objective, evaluation) >= trivial:
                return trivial
        """,
        """
            if likely_gap(objective, evaluation) >= trivial:
                return 0.0
        """,
        TESTS + "test_without_a_penalty_only_the_objective_itself_is_certified",
    ),
    Mutant(
        "bound the divergence from below",
        "optimality_gap:_tilt",
        "variance / 2 / (1 - spread)",
        "variance / 3 / (1 - spread)",
        TESTS + "test_a_small_shift_is_bounded_without_probabilities",
    ),
    Mutant(
        "accept negative probabilities",
        "optimality_gap:optimality_gap",
        "np.ptp(shift) >= 1",
        "np.ptp(shift) >= 1e9",
        TESTS + "test_far_from_the_minimum_the_objective_itself_is_the_bound_rather_than_something_wrong",
    ),
    Mutant(
        "balance a class that has neither rows nor probability",
        "optimality_gap:_balancing_shift",
        "objective.class_mass > 0",
        "objective.class_mass >= 0",
        "tests/solvers/test_maximum_likelihood.py::test_a_class_without_rows_is_given_no_probability",
    ),
    Mutant(
        "neglect the probability of a class without rows",
        "optimality_gap:_balancing_shift",
        "residual > _NO_MASS",
        "residual > 1",
        TESTS + "test_probability_that_a_class_without_rows_still_has_is_not_neglected",
    ),
)
