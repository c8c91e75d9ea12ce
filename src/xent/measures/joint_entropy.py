"""Entropy of a joint table."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import entropy as formula
from xent.formulas.measures.joint_tables import flat
from xent.measures.distributions import joint_table

__all__ = ["joint_entropy"]


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
    Entropy of several variables together, in nats unless `base` says otherwise.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of the variables on the last axes; each table sums to 1.
    variables : int, optional
        How many of the last axes are variables; two by default.
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
    conditional_entropy : Of one variable, the other known.

    Notes
    -----
    **Definition.** :math:`H(X, Y) = -\sum_{xy} p_{xy} \log_b p_{xy}`.

    **Gradient.** :math:`-\log p_{xy} - 1`.

    **Edge cases.** As `entropy` of the table's entries.

    **Numerics.** As `entropy`.

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
    found = joint_table(
        joint, variables=variables, normalize=normalize, validate=validate, where="joint_entropy"
    )
    nats = found.sum(formula.value, flat(found.probs[0], variables, xp=found.xp))
    return found.result(nats, base=base, keepdims=keepdims)
