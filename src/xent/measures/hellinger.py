"""Hellinger distance and squared Hellinger distance of two distributions."""

from __future__ import annotations

from xent.arrays import Array
from xent.formulas.measures import f_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["hellinger_distance", "squared_hellinger"]


@normalized_in_64_bits
def squared_hellinger(
    p: Array,
    q: Array,
    /,
    *,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Squared Hellinger distance of two distributions, without a unit.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides probabilities by their sum along `axis` first. False, the default, requires sums of 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of floating arguments; integers alone
        give the library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, or their
        leading axes do not broadcast.
    DomainError
        If a probability is negative, nan or masked, or a sum differs from 1 by more than the square root of
        the dtype's epsilon (with `normalize`: is not positive and finite). Traced or off-host values are not
        inspected.

    See Also
    --------
    hellinger_distance : Square root of the squared distance; a metric.

    Notes
    -----
    **Definition.** :math:`\tfrac12 \sum_k (\sqrt{p_k} - \sqrt{q_k})^2 = 1 - \sum_k \sqrt{p_k q_k}`.

    **Gradient.** :math:`\partial / \partial q_k = \tfrac12 (1 - \sqrt{p_k / q_k})`.

    **Edge cases.** ``p == q`` gives exactly 0; distributions that share no outcome give 1.

    **Numerics.** Differences of roots are computed as :math:`(p - q) / (\sqrt p + \sqrt q)`: nothing cancels.
    Within 4 units in the last place for K <= 1000.

    References
    ----------
    .. [1] Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> squared_hellinger(np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]))
    np.float64(1.0)
    """
    checked = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, caller="squared_hellinger"
    )
    return checked.result(checked.sum(formula.squared_hellinger), keepdims=keepdims)


@normalized_in_64_bits
def hellinger_distance(
    p: Array,
    q: Array,
    /,
    *,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Hellinger distance of two distributions, without a unit.

    The distance is a metric with values in [0, 1].

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides probabilities by their sum along `axis` first. False, the default, requires sums of 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of floating arguments; integers alone
        give the library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, or their
        leading axes do not broadcast.
    DomainError
        If a probability is negative, nan or masked, or a sum differs from 1 by more than the square root of
        the dtype's epsilon (with `normalize`: is not positive and finite). Traced or off-host values are not
        inspected.

    See Also
    --------
    squared_hellinger : Square of the distance.

    Notes
    -----
    **Definition.** :math:`\sqrt{\tfrac12 \sum_k (\sqrt{p_k} - \sqrt{q_k})^2}`.

    **Gradient.** Gradient of the squared distance over twice the distance; not defined at ``p == q``.

    **Edge cases.** ``p == q`` gives exactly 0; distributions that share no outcome give 1.

    **Numerics.** The square root of `squared_hellinger`, whose terms do not cancel. The squared distance is
    computed times a power of 2 and does not underflow where the distance is a normal number: within 4 units
    in the last place for K <= 1000.

    References
    ----------
    .. [1] Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> hellinger_distance(np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]))
    np.float64(1.0)
    """
    checked = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, caller="hellinger_distance"
    )
    return checked.result(checked.root_of_sum(formula.squared_hellinger), keepdims=keepdims)
