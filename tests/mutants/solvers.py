from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/solvers/test_maximum_likelihood.py::"

MUTANTS = (
    Mutant(
        "accept steps that climb",
        "solvers/descent.py",
        "there.objective <= bound",
        "there.objective <= bound + 1",
        TESTS + "test_a_step_that_climbs_is_halved",
    ),
    Mutant(
        "never stop for rounding",
        "solvers/descent.py",
        'self._reason = "rounding hides any further decrease"\n        return False\n\n    def _move',
        'self._reason = "rounding hides any further decrease"\n        return True\n\n    def _move',
        TESTS + "test_a_tolerance_below_rounding_is_told_not_looped_over",
    ),
    Mutant(
        "call it converged at the limit of steps",
        "solvers/descent.py",
        "converged = self.gap <= tol",
        "converged = True",
        TESTS + "test_a_limit_of_steps_is_told_not_hidden",
    ),
    Mutant(
        "draw the sample without regard to classes",
        "solvers/maximum_likelihood.py",
        "take = min(len(rows), max(50, size * len(rows) // n))",
        "take = min(len(rows), size * len(rows) // n)",
        TESTS + "test_a_class_that_a_sample_would_miss_is_in_it",
    ),
    Mutant(
        "precondition with nothing",
        "solvers/maximum_likelihood.py",
        "precondition=rough.inverse_hessian_times",
        "precondition=lambda gradient: gradient",
        TESTS + "test_many_rows_are_solved_through_a_sample",
    ),
    Mutant(
        "choose the worst C",
        "models/penalty_search.py",
        "return min(tried, key=lambda candidate: candidate.cross_entropy)",
        "return max(tried, key=lambda candidate: candidate.cross_entropy)",
        "tests/models/test_penalty_search.py::test_the_search_brackets_the_best_by_half_decades",
    ),
    Mutant(
        "judge each fold by rows that it was fitted to",
        "models/penalty_search.py",
        "self._fold_point(np.flatnonzero(~out), C, whole)",
        "whole.point",
        "tests/models/test_penalty_search.py::test_cross_validated_losses_are_those_of_rows_left_out",
    ),
    Mutant(
        "descend squared error under the name of cross-entropy",
        "lab/descent_race.py",
        '"cross_entropy": (sigmoid_cross_entropy, softmax_cross_entropy)',
        '"cross_entropy": (sigmoid_squared_error, softmax_squared_error)',
        "tests/lab/test_descent_race.py::test_the_first_step_is_that_of_the_definition[four classes]",
    ),
)
