"""Mutual information as a share of an entropy."""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.errors import DomainError
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table

__all__ = ["normalized_mutual_information"]

_KINDS = ("min", "max", "sqrt", "arithmetic", "joint")


def normalized_mutual_information(
    joint: Array,
    /,
    *,
    by: str,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Mutual information of two variables as a share of an entropy, without a unit.

    Which entropy has to be said: five are in use, and they differ.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
    by : {"min", "max", "sqrt", "arithmetic", "joint"}
        What it is divided by: the smaller or larger marginal entropy, their geometric or arithmetic mean,
        or the joint entropy.
    keepdims, normalize, validate : optional
        As in `mutual_information`.

    Returns
    -------
    array of shape (...)
        Shares from 0 to 1, in the dtype of `joint`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; a table needs an axis for each variable, and `by` is one of the five.

    See Also
    --------
    mutual_information : The numerator.

    Notes
    -----
    **Definition.** :math:`I(X; Y) / h` with :math:`h` one of :math:`\min(H(X), H(Y))`, :math:`\max`,
    :math:`\sqrt{H(X) H(Y)}`, :math:`(H(X) + H(Y)) / 2`, :math:`H(X, Y)`.

    **Gradient.** By the quotient rule from those of its parts.

    **Edge cases.** Variables that determine each other give 1, independent ones 0; where the divisor is 0 a
    share has no meaning, and ``nan`` is given.

    **Numerics.** Each part is within a unit in the last place, with marginals that have twice the digits of
    the dtype; their quotient within 4.

    References
    ----------
    .. [1] Vinh, N. X., Epps, J., Bailey, J. (2010). Information theoretic measures for clusterings
       comparison. J. Mach. Learn. Res. 11.

    Examples
    --------
    >>> import numpy as np
    >>> joint = np.asarray([[0.5, 0.0], [0.25, 0.25]])
    >>> for by in ("min", "max", "sqrt", "arithmetic", "joint"):
    ...     print(by, f"{normalized_mutual_information(joint, by=by):.4f}")
    min 0.3837
    max 0.3113
    sqrt 0.3456
    arithmetic 0.3437
    joint 0.2075
    """
    where = "normalized_mutual_information"
    if by not in _KINDS:
        raise DomainError(where, "by", f"be one of {', '.join(_KINDS)}", got=repr(by))
    found = joint_table(joint, variables=2, normalize=normalize, validate=validate, where=where)
    share = found.of(_share, by=by)
    return found.result(share, keepdims=keepdims)


def _share(joint: Array, *, by: str, xp: Namespace) -> Array:
    mutual = formula.total_correlation(joint, variables=2, xp=xp)
    first, second, both = formula.entropies(joint, xp=xp)
    if by == "joint":
        return mutual / both
    if by == "arithmetic":
        return mutual / ((first + second) / 2)
    if by == "sqrt":
        return mutual / xp.sqrt(first) / xp.sqrt(second)
    return mutual / (xp.minimum if by == "min" else xp.maximum)(first, second)
