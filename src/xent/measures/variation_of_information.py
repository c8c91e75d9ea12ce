"""Variation of information of two variables."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import joint_tables as formula
from xent.measures.distributions import joint_table

__all__ = ["variation_of_information"]


def variation_of_information(
    joint: Array,
    /,
    *,
    base: float = math.e,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Variation of information of two variables, in nats unless `base` says otherwise.

    What each leaves unknown of the other; a metric between partitions.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
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
    mutual_information : What they share.

    Notes
    -----
    **Definition.** :math:`H(X \mid Y) + H(Y \mid X)`.

    **Gradient.** :math:`\log (p_{x \cdot}\, p_{\cdot y} / p_{xy}^2)`.

    **Edge cases.** Variables that determine each other have 0; independent ones the sum of their entropies.

    **Numerics.** The sum of two conditional entropies, each a sum of terms that are never negative: as
    `conditional_entropy`.

    References
    ----------
    .. [1] Meila, M. (2007). Comparing clusterings: an information based distance. J. Multivar. Anal. 98(5).

    Examples
    --------
    >>> import numpy as np
    >>> joint = np.asarray([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32
    >>> variation_of_information(joint, base=2)
    np.float64(3.0)
    """
    found = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, where="variation_of_information"
    )
    table = found.probs[0]
    swapped = found.xp.moveaxis(table, -1, -2)
    nats = found.of(formula.conditional_entropy, table) + found.of(formula.conditional_entropy, swapped)
    return found.result(nats, base=base, keepdims=keepdims)
