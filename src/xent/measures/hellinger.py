"""Hellinger distance, and its square."""

from __future__ import annotations

from xent.arrays import Array
from xent.formulas.measures import f_divergence as formula
from xent.measures.distributions import distributions

__all__ = ["hellinger_distance", "squared_hellinger"]


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
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes.

    See Also
    --------
    hellinger_distance : Its root, a metric.

    Notes
    -----
    **Definition.** :math:`\tfrac12 \sum_k (\sqrt{p_k} - \sqrt{q_k})^2 = 1 - \sum_k \sqrt{p_k q_k}`.

    **Gradient.** :math:`\partial / \partial q_k = \tfrac12 (1 - \sqrt{p_k / q_k})`.

    **Edge cases.** ``p == q`` gives exactly 0; distributions that share no outcome give 1.

    **Numerics.** Differences of roots are taken as :math:`(p - q) / (\sqrt p + \sqrt q)`: nothing cancels.
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
    found = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, where="squared_hellinger"
    )
    return found.result(found.sum(formula.squared_hellinger), keepdims=keepdims)


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

    A metric, from 0 to 1.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes.

    See Also
    --------
    squared_hellinger : Without the root.

    Notes
    -----
    **Definition.** :math:`\sqrt{\tfrac12 \sum_k (\sqrt{p_k} - \sqrt{q_k})^2}`.

    **Gradient.** That of the square over twice the distance; infinite at 0.

    **Edge cases.** ``p == q`` gives exactly 0; distributions that share no outcome give 1.

    **Numerics.** As `squared_hellinger`.

    References
    ----------
    .. [1] Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> hellinger_distance(np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]))
    np.float64(1.0)
    """
    found = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, where="hellinger_distance"
    )
    return found.result(found.xp.sqrt(found.sum(formula.squared_hellinger)), keepdims=keepdims)
