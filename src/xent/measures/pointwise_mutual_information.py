"""Pointwise mutual information of the outcomes of two variables."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table

__all__ = ["pointwise_mutual_information"]


def pointwise_mutual_information(
    joint: Array,
    /,
    *,
    base: float = math.e,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Pointwise mutual information of each pair of outcomes, in nats unless `base` says otherwise.

    How much more likely two outcomes are together than if they were independent.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
    base, normalize, validate : optional
        As in `entropy`, of the whole table.

    Returns
    -------
    array of shape (..., X, Y)
        Of either sign, in the dtype of `joint`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; a table needs an axis for each variable.

    See Also
    --------
    mutual_information : Its mean.

    Notes
    -----
    **Definition.** :math:`\log_b \frac{p_{xy}}{p_{x \cdot}\, p_{\cdot y}}`.

    **Gradient.** :math:`1 / p_{xy} - 1 / p_{x \cdot} - 1 / p_{\cdot y}`.

    **Edge cases.** A pair that does not happen, of outcomes that do, gives ``-inf``; an outcome of
    probability 0 leaves its pairs undefined, ``nan``.

    **Numerics.** The table has its sum, which is 1 but for rounding, divided out, and the excess over the
    product of marginals twice the digits of the dtype: within 2 units in the last place, but for an absolute
    error of :math:`\epsilon^2`, which a pair of all but independent outcomes may show.

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
    found = joint_table(
        joint, variables=2, normalize=normalize, validate=validate, where="pointwise_mutual_information"
    )
    return found.result(found.of(formula.pointwise), base=base)
