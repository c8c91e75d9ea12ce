"""Joint entropy of the variables of a joint table."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import entropy as formula
from xent.formulas.measures.joint_tables import flat
from xent.measures.distributions import joint_table
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["joint_entropy"]


@normalized_in_64_bits
def joint_entropy(
    joint: Array,
    /,
    *,
    variables: int = 2,
    base: float = math.e,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Joint entropy of several variables, in nats or in the unit of `base`.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of the variables on the last axes; each table sums to 1.
    variables : int, optional
        Number of last axes that are variables, >= 1; 2 by default.
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
    conditional_entropy : Entropy of one variable given the other.

    Notes
    -----
    **Definition.** :math:`H(X, Y) = -\sum_{xy} p_{xy} \log_b p_{xy}`.

    **Gradient.** :math:`-\log p_{xy} - 1`.

    **Edge cases.** Those of the `entropy` of the table's entries: a certain pair gives 0, equally likely
    pairs give the logarithm of their number.

    **Numerics.** No term is negative, so nothing cancels: within 4 units in the last place for tables of up
    to 1000 entries.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.8.

    Examples
    --------
    >>> import numpy as np
    >>> joint = np.asarray([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32
    >>> print(f"{joint_entropy(joint, base=2):.12f}")
    3.375000000000
    """
    checked = joint_table(
        joint, variables=variables, normalize=normalize, validate=validate, caller="joint_entropy"
    )
    nats = checked.sum(formula.value, flat(checked.probs[0], variables, xp=checked.xp))
    return checked.result(nats, base=base, keepdims=keepdims)
