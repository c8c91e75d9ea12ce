"""Mutual information of two variables, also conditional on a third."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table
from xent.measures.given_axis import given_first
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["conditional_mutual_information", "mutual_information"]


@normalized_in_64_bits
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
    Mutual information of two variables, in nats or in the unit of `base`.

    The mutual information is the entropy of one variable minus its conditional entropy given the other; it is
    symmetric in the two variables.

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
    pointwise_mutual_information : Summand of each pair of outcomes, before weighting.
    total_correlation : Generalisation to more than two variables.

    Notes
    -----
    **Definition.** :math:`I(X; Y) = \sum_{xy} p_{xy} \log_b \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}}`.

    **Gradient.** :math:`\log \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}} - 1`.

    **Edge cases.** Independent variables give 0 up to a residue of the order of the squared rounding error of
    the table; variables that determine each other give their common entropy.

    **Numerics.** The value is the divergence of the table from the product of its marginals over its sum
    (the sum is 1 up to rounding), a sum of terms that are never negative. Marginals, product and difference
    are computed with twice the digits of the dtype, so a weak dependence loses no digits: within 2 units in
    the last place of that divergence, down to the residue of an independent table.

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
    checked = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, caller="mutual_information"
    )
    nats = checked.of(formula.total_correlation, variables=2)
    return checked.result(nats, base=base, keepdims=keepdims)


@normalized_in_64_bits
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
    Conditional mutual information of two variables given a third, in nats or in the unit of `base`.

    `given_axis` must be passed, because the result depends on the choice of the third variable.

    Parameters
    ----------
    joint : array of shape (..., X, Y, Z)
        Joint probabilities of three variables on the last three axes; each table sums to 1.
    given_axis : {-3, -2, -1}
        Axis of the conditioning variable; the same axes counted from the front are accepted.
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
        If an argument is not real floating or integral, or `given_axis` is no integer.
    ShapeError
        If `joint` has fewer axes than variables, or a table has no entry.
    DomainError
        If an entry is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), `given_axis` is not one of the last
        three axes, or `base` is not > 0, finite and not 1. Traced or off-host values are not inspected.

    See Also
    --------
    mutual_information : Mutual information of two variables without a condition.

    Notes
    -----
    **Definition.** :math:`I(X; Y \mid Z) = \sum_{xyz} p_{xyz} \log_b \frac{p_{\cdot \cdot z}\, p_{xyz}}{p_{x
    \cdot z}\, p_{\cdot yz}}`, for ``given_axis=-1``.

    **Gradient.** :math:`\log \frac{p_{\cdot \cdot z}\, p_{xyz}}{p_{x \cdot z}\, p_{\cdot yz}}` up to a
    constant.

    **Edge cases.** The value may exceed `mutual_information`: for two fair coins and the variable that tells
    if they agree, the mutual information of the coins is 0, and log 2 given the third variable. Variables
    that are independent given the third give 0 up to rounding of the table.

    **Numerics.** The value is a mean over :math:`z` of values of `mutual_information`, each computed in the
    form given there: no term is negative.

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
    caller = "conditional_mutual_information"
    checked = joint_table(joint, variables=3, normalize=normalize, validate=validate, caller=caller)
    table = given_first(checked, given_axis, variables=3)
    nats = checked.of(formula.conditional_mutual_information, table)
    return checked.result(nats, base=base, keepdims=keepdims)
