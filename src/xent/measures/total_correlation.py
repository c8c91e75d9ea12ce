"""Total correlation of several variables."""

from __future__ import annotations

import math

import numpy as np

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table

__all__ = ["total_correlation"]


def total_correlation(
    joint: Array,
    /,
    *,
    variables: int | None = None,
    base: float = math.e,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Total correlation of several variables, in nats unless `base` says otherwise.

    Divergence of a joint table from the product of its marginals; of two variables, mutual information.

    Parameters
    ----------
    joint : array of shape (..., X, Y, Z)
        Joint probabilities of the variables on the last axes; each table sums to 1.
    variables : int, optional
        How many of the last axes are variables; all of them by default.
    base, keepdims, normalize, validate : optional
        As in `entropy`, of the whole table: `keepdims` keeps the axes of the variables, with length 1.

    Returns
    -------
    array of shape (...)
        One value for each table, never negative, in the dtype of `joint`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; a table needs an axis for each variable.

    See Also
    --------
    mutual_information : Of two variables.

    Notes
    -----
    **Definition.** :math:`\sum_i H(X_i) - H(X_1, \dots, X_n)`.

    **Gradient.** :math:`\log (p / \prod_i p_i)` but for a constant.

    **Edge cases.** Independent variables have 0 but for the rounding of the table; n copies of one variable
    have :math:`(n - 1) H`; one variable alone has 0.

    **Numerics.** As `mutual_information`; of three variables and more within 4 units in the last place.

    References
    ----------
    .. [1] Watanabe, S. (1960). Information theoretical analysis of multivariate correlation. IBM J. Res. Dev.
       4(1).

    Examples
    --------
    >>> import numpy as np
    >>> total_correlation(np.asarray([[[1, 0], [0, 0]], [[0, 0], [0, 1]]]) / 2, base=2)
    np.float64(2.0)
    """
    where = "total_correlation"
    count = max(np.ndim(joint), 1) if variables is None else variables
    found = joint_table(joint, variables=count, normalize=normalize, validate=validate, where=where)
    nats = found.of(formula.total_correlation, variables=count)
    return found.result(nats, base=base, keepdims=keepdims)
