"""Pointwise mutual information of pairs of outcomes of two variables."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["pointwise_mutual_information"]


@normalized_in_64_bits
def pointwise_mutual_information(
    joint: Array,
    /,
    *,
    base: float = math.e,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Pointwise mutual information of each pair of outcomes, in nats or in the unit of `base`.

    The value is the logarithm of a ratio: the probability of the pair over its probability if the variables
    were independent. Positive values mean that the outcomes occur together more often than by chance.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    normalize : bool, optional
        True divides each table by its sum first. False, the default, requires tables that sum to 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array of shape (..., X, Y)
        Value of each pair, of either sign, in the dtype of `joint`; integers give the library's default
        floating one.

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
    mutual_information : Mean of the pointwise values over the table.

    Notes
    -----
    **Definition.** :math:`\log_b \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}}`.

    **Gradient.** :math:`1 / p_{xy} - 1 / p_{x \cdot} - 1 / p_{\cdot y}`.

    **Edge cases.** A pair of probability 0 whose outcomes both have positive probability gives ``-inf``; a
    pair with an outcome of probability 0 gives ``nan``.

    **Numerics.** The table is divided by its sum (1 up to rounding), and its excess over the product of the
    marginals is computed with twice the digits of the dtype: within 2 units in the last place plus an
    absolute error of :math:`\epsilon^2`, which shows in pairs of almost independent outcomes.

    References
    ----------
    .. [1] Church, K. W., Hanks, P. (1990). Word association norms, mutual information, and lexicography.
       Comput. Linguist. 16(1).

    Examples
    --------
    >>> import numpy as np
    >>> pointwise_mutual_information(np.asarray([[0.5, 0.0], [0.25, 0.25]]), base=2)
    array([[ 0.4150375,       -inf],
           [-0.5849625,  1.       ]])
    """
    checked = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, caller="pointwise_mutual_information"
    )
    return checked.result(checked.of(formula.pointwise), base=base)
