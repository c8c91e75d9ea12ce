"""Mutual information divided by an entropy."""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.errors import DomainError
from xent.formulas.measures import mutual_information as formula
from xent.measures.distributions import joint_table
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["normalized_mutual_information"]

_KINDS = ("min", "max", "sqrt", "arithmetic", "joint")


@normalized_in_64_bits
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
    Mutual information of two variables divided by an entropy, without a unit.

    `by` must be passed: five normalisations are in use, with different results.

    Parameters
    ----------
    joint : array of shape (..., X, Y)
        Joint probabilities of two variables on the last two axes; each table sums to 1.
    by : {"min", "max", "sqrt", "arithmetic", "joint"}
        Divisor: the smaller or the larger marginal entropy, the geometric (``"sqrt"``) or arithmetic mean of
        the marginal entropies, or the joint entropy.
    keepdims : bool, optional
        True keeps the axes of the variables, with length 1.
    normalize : bool, optional
        True divides each table by its sum first. False, the default, requires tables that sum to 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array of shape (...)
        Ratios from 0 to 1, in the dtype of `joint`; integers give the library's default floating one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral.
    ShapeError
        If `joint` has fewer axes than variables, or a table has no entry.
    DomainError
        If an entry is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), or `by` is not one of the five names.
        Traced or off-host values are not inspected.

    See Also
    --------
    mutual_information : The numerator.

    Notes
    -----
    **Definition.** :math:`I(X; Y) / h` with :math:`h` one of :math:`\min(H(X), H(Y))`, :math:`\max`,
    :math:`\sqrt{H(X) H(Y)}`, :math:`(H(X) + H(Y)) / 2`, :math:`H(X, Y)`.

    **Gradient.** Quotient rule, from the gradients of numerator and divisor.

    **Edge cases.** Variables that determine each other give 1, independent variables 0; a divisor of 0 gives
    ``nan``.

    **Numerics.** Numerator and divisor are each within a unit in the last place, with marginals computed with
    twice the digits of the dtype; the quotient is within 4 units.

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
    caller = "normalized_mutual_information"
    if by not in _KINDS:
        raise DomainError(caller, "by", f"be one of {', '.join(_KINDS)}", got=repr(by))
    checked = joint_table(joint, variables=2, normalize=normalize, validate=validate, caller=caller)
    share = checked.of(_share, by=by)
    return checked.result(share, keepdims=keepdims)


def _share(joint: Array, *, by: str, xp: Namespace) -> Array:
    """
    Mutual information of the last two axes of `joint`, (..., X, Y), over the entropy that `by` names: (...).

    It is the joint entropy for "joint", and of both marginal entropies the mean for "arithmetic", the
    geometric mean for "sqrt", the smaller for "min" and the larger for any other name. The quotient is nan
    where that entropy is 0.
    """
    mutual = formula.total_correlation(joint, variables=2, xp=xp)
    first, second, both = formula.entropies(joint, xp=xp)
    if by == "joint":
        return mutual / both
    if by == "arithmetic":
        return mutual / ((first + second) / 2)
    if by == "sqrt":
        return mutual / xp.sqrt(first) / xp.sqrt(second)
    return mutual / (xp.minimum if by == "min" else xp.maximum)(first, second)
