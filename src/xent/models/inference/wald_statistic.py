"""Chi-squared statistic of Wald's test of linear combinations of coefficients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError

__all__ = ["wald_statistic"]

Array = NDArray[np.float64]

# Rounding of a product with a matrix of M columns, relative to its largest eigenvalue, per column.
_ROUNDING = 16 * np.finfo(float).eps


def wald_statistic(contrasts: Array, excess: Array, covariance: Array, *, caller: str) -> float:
    """
    Statistic ``excess @ inv(R V R^T) @ excess``, R being `contrasts`, (q, M), and V `covariance`, (M, M).

    `excess`, (q,), is the estimate of each combination less its value under the hypothesis.

    Raises
    ------
    DomainError
        If `contrasts` has no row, it or `excess`, which is reported as `values`, has an entry that is not
        finite, rows of `contrasts` are linearly dependent, or ``R V R^T`` is singular in double precision.
    """
    for argument, numbers in (("contrasts", contrasts), ("values", excess)):
        bad = np.argwhere(~np.isfinite(numbers))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            raise DomainError(caller, argument, "be finite", got=str(numbers[index]), index=index)
    q, M = contrasts.shape
    if q == 0:
        raise DomainError(caller, "contrasts", "have at least one row", got="none")
    # In units of the standard errors, and of length 1, so that no unit of a feature decides about the rank.
    errors = np.sqrt(np.where(covariance.diagonal() > 0, covariance.diagonal(), 1.0))
    rows = contrasts * errors
    lengths = np.linalg.norm(rows, axis=1)
    lengths[lengths == 0] = 1
    rows /= lengths[:, None]
    rank = int(np.linalg.matrix_rank(rows))
    if rank < q:
        got = f"{q} rows of rank {rank}"
        raise DomainError(caller, "contrasts", "have linearly independent rows", got=got)
    product = rows @ (covariance / errors / errors[:, None]) @ rows.T
    eigenvalues = np.linalg.eigvalsh(product)
    rank = int((eigenvalues > _ROUNDING * M * eigenvalues[-1]).sum())
    if rank < q:
        rule = "be combinations whose covariance matrix can be inverted"
        hint = "The rank of a clustered covariance is at most the number of clusters."
        raise DomainError(caller, "contrasts", rule, got=f"one of rank {rank}, not {q}", hint=hint)
    return float(excess / lengths @ np.linalg.solve(product, excess / lengths))
