import numpy as np
import pytest

from xent.solvers.cholesky import CholeskyFactor


def test_a_singular_matrix_is_factored_with_a_small_ridge():
    matrix = np.outer([1.0, 1e6], [1.0, 1e6])
    solved = CholeskyFactor(matrix).solve(matrix @ [2.0, 3.0])
    assert matrix @ solved == pytest.approx(matrix @ [2.0, 3.0], rel=1e-12)


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (0, 1)])
def test_a_matrix_that_is_not_finite_is_refused(entry, place):
    matrix = np.eye(2)
    matrix[place] = matrix[place[::-1]] = entry
    with pytest.raises(np.linalg.LinAlgError, match="not finite"):
        CholeskyFactor(matrix)
