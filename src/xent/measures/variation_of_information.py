"""Variation of information of two variables."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import joint_tables as formula
from xent.measures.distributions import joint_table
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["variation_of_information"]


@normalized_in_64_bits
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
    Variation of information of two variables, in nats or in the unit of `base`.

    The variation of information is the sum of the two conditional entropies; it is a metric between
    partitions of one set.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
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
        If an argument is not real floating or integral.
    ShapeError
        If `joint` has fewer axes than variables, or a table has no entry.
    DomainError
        If an entry is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), or `base` is not > 0, finite and not
        1. Traced or off-host values are not inspected.

    See Also
    --------
    mutual_information : Information that the two variables share.

    Notes
    -----
    **Definition.** :math:`H(X \mid Y) + H(Y \mid X)`.

    **Gradient.** :math:`\log (p_{x \cdot}\, p_{\cdot y} / p_{xy}^2)`.

    **Edge cases.** Variables that determine each other give 0; independent variables give the sum of their
    entropies.

    **Numerics.** The value is the sum of two conditional entropies, each a sum of terms that are never
    negative: within 4 units in the last place for tables of 1000 entries.

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
    checked = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, caller="variation_of_information"
    )
    table = checked.probs[0]
    swapped = checked.xp.moveaxis(table, -1, -2)
    nats = checked.of(formula.conditional_entropy, table) + checked.of(formula.conditional_entropy, swapped)
    return checked.result(nats, base=base, keepdims=keepdims)
