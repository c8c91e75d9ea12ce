import numpy as np
import pytest

from xent.solvers import cholesky
from xent.solvers.cholesky import CholeskyFactor


def test_a_singular_matrix_is_factored_with_a_small_ridge():
    matrix = np.outer([1.0, 1e6], [1.0, 1e6])
    solved = CholeskyFactor(matrix).solve(matrix @ [2.0, 3.0])
    assert matrix @ solved == pytest.approx(matrix @ [2.0, 3.0], rel=1e-12)


@pytest.mark.parametrize("reports", [False, True], ids=["own LAPACK", "LAPACK that reports nan"])
@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (0, 1)])
def test_solutions_of_a_matrix_that_is_not_finite_are_nan(monkeypatch, entry, place, reports):
    calls = []

    def fail(*_, **__):
        calls.append(1)
        # A loop without an end would be no failure of a test.
        raise np.linalg.LinAlgError if len(calls) < 999 else RuntimeError

    if reports:
        monkeypatch.setattr(cholesky, "cho_factor", fail)
    matrix = np.eye(2)
    matrix[place] = matrix[place[::-1]] = entry
    assert np.isnan(CholeskyFactor(matrix).solve(np.ones(2))).all()
