"""Total correlation of several variables."""

from __future__ import annotations

import math

import numpy as np

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["total_correlation"]


@normalized_in_64_bits
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
    Total correlation of several variables, in nats or in the unit of `base`.

    The total correlation is the Kullback-Leibler divergence of the joint table from the product of its
    marginals. For two variables the total correlation is the mutual information.

    Parameters
    ----------
    joint : array of shape (..., X, Y, Z)
        Joint probabilities of the variables on the last axes; each table sums to 1.
    variables : int, optional
        Number of last axes that are variables, >= 1. None, the default, means all axes.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    keepdims : bool, optional
        True keeps the axes of the variables, with length 1.
    normalize : bool, optional
        True divides each table by its sum first. False, the default, requires tables that sum to 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array of shape (...)
        One value for each table, never negative for a base above 1, in the dtype of `joint`; integers give
        the library's default floating one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, or `variables` is no integer.
    ShapeError
        If `joint` has fewer axes than variables, or a table has no entry.
    DomainError
        If `variables` is below 1, an entry is negative, nan or masked, a sum differs from 1 by more than the
        square root of the dtype's epsilon (with `normalize`: is not positive and finite), or `base` is not
        > 0, finite and not 1. Traced or off-host values are not inspected.

    See Also
    --------
    mutual_information : The case of two variables.

    Notes
    -----
    **Definition.** :math:`\sum_i H(X_i) - H(X_1, \dots, X_n)`.

    **Gradient.** :math:`\log (p / \prod_i p_i)` up to a constant.

    **Edge cases.** Independent variables give 0 up to the rounding of the table; n copies of one variable
    give :math:`(n - 1) H`; a single variable gives 0.

    **Numerics.** The divergence has the form of `mutual_information`, without negative terms: within 2 units
    in the last place for two variables, within 4 for more.

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
    caller = "total_correlation"
    count = max(np.ndim(joint), 1) if variables is None else variables
    checked = joint_table(joint, variables=count, normalize=normalize, validate=validate, caller=caller)
    nats = checked.of(formula.total_correlation, variables=count)
    return checked.result(nats, base=base, keepdims=keepdims)
