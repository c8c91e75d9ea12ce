"""Mutual information of two variables, with and without a third that is known."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table
from xent.measures.given_axis import given_first

__all__ = ["conditional_mutual_information", "mutual_information"]


def mutual_information(
    joint: Array,
    /,
    *,
    base: float = math.e,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Mutual information of two variables, in nats unless `base` says otherwise.

    What knowing one takes from the entropy of the other; the same both ways.

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
    pointwise_mutual_information : Of single pairs of outcomes.
    total_correlation : Of more than two variables.

    Notes
    -----
    **Definition.** :math:`I(X; Y) = \sum_{xy} p_{xy} \log_b \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}}`.

    **Gradient.** :math:`\log \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}} - 1`.

    **Edge cases.** Independent variables have 0 but for the rounding of the table, whose square is what comes
    out; variables that determine each other have their entropy.

    **Numerics.** The divergence of the table from the product of its marginals over its sum, which is 1 but
    for rounding: a sum of terms that are never negative. Marginals, product and difference have twice the
    digits of the dtype, so a weak dependence keeps all of its digits: within 2 units in the last place of
    that divergence down to what the rounding of an independent table leaves.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.28.

    Examples
    --------
    >>> import numpy as np
    >>> joint = np.asarray([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32
    >>> mutual_information(joint, base=2)
    np.float64(0.375)
    """
    found = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, where="mutual_information"
    )
    nats = found.of(formula.total_correlation, variables=2)
    return found.result(nats, base=base, keepdims=keepdims)


def conditional_mutual_information(
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
    Mutual information of two variables when a third is known, in nats unless `base` says otherwise.

    Which one is known has to be said.

    Parameters
    ----------
    joint : array of shape (..., X, Y, Z)
        Joint probabilities of three variables on the last three axes; each table sums to 1.
    given_axis : {-3, -2, -1}
        Axis of the variable that is known.
    base, keepdims, normalize, validate : optional
        As in `entropy`, of the whole table: `keepdims` keeps the axes of the variables, with length 1.

    Returns
    -------
    array of shape (...)
        One value for each table, never negative, in the dtype of `joint`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; a table needs an axis for each variable, and `given_axis` is one of the last three.

    See Also
    --------
    mutual_information : Without the third variable.

    Notes
    -----
    **Definition.** :math:`I(X; Y \mid Z) = \sum_{xyz} p_{xyz} \log_b \frac{p_{\cdot \cdot z}\, p_{xyz}}{p_{x
    \cdot z}\, p_{\cdot yz}}`, for ``given_axis=-1``.

    **Gradient.** :math:`\log \frac{p_{\cdot \cdot z}\, p_{xyz}}{p_{x \cdot z}\, p_{\cdot yz}}` but for a
    constant.

    **Edge cases.** Two fair coins and whether they agree: 0 without, log 2 with the third known.

    **Numerics.** As `mutual_information`, of which this is a mean.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.60.

    Examples
    --------
    >>> import numpy as np
    >>> coins = np.asarray([[[0, 1], [1, 0]], [[1, 0], [0, 1]]]) / 4
    >>> conditional_mutual_information(coins, given_axis=-1, base=2)
    np.float64(1.0)
    >>> mutual_information(coins.sum(axis=-1), base=2)
    np.float64(0.0)
    """
    where = "conditional_mutual_information"
    found = joint_table(joint, variables=3, normalize=normalize, validate=validate, where=where)
    table = given_first(found, given_axis, variables=3)
    nats = found.of(formula.conditional_mutual_information, table)
    return found.result(nats, base=base, keepdims=keepdims)
