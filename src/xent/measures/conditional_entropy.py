"""Entropy of one variable of a joint table when the other is known."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import joint_tables as formula
from xent.measures.distributions import joint_table
from xent.measures.given_axis import given_first

__all__ = ["conditional_entropy"]


def conditional_entropy(
    joint: Array,
    /,
    *,
    given_axis: int,
    base: float = math.e,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Entropy of one variable when the other is known, in nats unless `base` says otherwise.

    Which one is known has to be said.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
    given_axis : {-2, -1}
        Axis of the variable that is known: ``-2`` for :math:`H(Y \mid X)`, ``-1`` for :math:`H(X \mid Y)`.
    base, keepdims, normalize, validate : optional
        As in `entropy`, of the whole table: `keepdims` keeps the axes of the variables, with length 1.

    Returns
    -------
    array of shape (...)
        One value for each table, never negative, in the dtype of `joint`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; a table needs an axis for each variable, and `given_axis` is one of the last two.

    See Also
    --------
    joint_entropy : Of both.
    mutual_information : What knowing one variable takes from the entropy of the other.

    Notes
    -----
    **Definition.** :math:`H(Y \mid X) = \sum_{xy} p_{xy} \log_b (p_{x \cdot} / p_{xy})`, for
    ``given_axis=-2``.

    **Gradient.** :math:`\partial / \partial p_{xy} = \log (p_{x \cdot} / p_{xy})`.

    **Edge cases.** A variable that the other determines has 0; of independent ones it is the marginal
    entropy. Rows of probability 0 contribute nothing.

    **Numerics.** A sum of terms that are never negative, not a difference of entropies: within 4 units in the
    last place for tables of 1000 entries, also where one variable almost determines the other.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.10.

    Examples
    --------
    >>> import numpy as np
    >>> joint = np.asarray([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32
    >>> conditional_entropy(joint, given_axis=-2, base=2), conditional_entropy(joint, given_axis=-1, base=2)
    (np.float64(1.375), np.float64(1.625))
    """
    where = "conditional_entropy"
    found = joint_table(joint, variables=2, normalize=normalize, validate=validate, where=where)
    table = given_first(found, given_axis, variables=2)
    nats = found.of(formula.conditional_entropy, table)
    return found.result(nats, base=base, keepdims=keepdims)
