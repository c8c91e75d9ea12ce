"""Divergences of an order that are sums: Amari's alpha and Tsallis's."""

from __future__ import annotations

import functools

from xent.arrays import Array
from xent.formulas.measures import alpha_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.orders import checked_order

__all__ = ["alpha_divergence", "tsallis_divergence"]


def alpha_divergence(
    p: Array,
    q: Array,
    /,
    *,
    order: float,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Alpha divergence of `q` from `p`, without a unit; in nats at orders 0 and 1.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    order : float
        Any finite number. 1 is the Kullback-Leibler divergence, 0 its reverse, 1/2 four times the squared
        Hellinger distance, 2 half of chi-squared.
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes, and `order` is finite.

    See Also
    --------
    tsallis_divergence : The order times this.
    renyi_divergence : With a logarithm.

    Notes
    -----
    **Definition.** :math:`\frac{1}{\alpha (\alpha - 1)} \left( \sum_k p_k^\alpha q_k^{1 - \alpha} - 1
    \right)`, and its limits at 0 and 1. Swapping `p` and `q` is the same as :math:`1 - \alpha` for
    :math:`\alpha`.

    **Gradient.** :math:`\partial / \partial q_k = -(p_k / q_k)^\alpha / \alpha` but for a constant.

    **Edge cases.** ``p == q`` gives exactly 0. From order 1 on, :math:`p_k > 0` with :math:`q_k = 0` gives
    ``inf``; up to order 0, :math:`q_k > 0` with :math:`p_k = 0` does.

    **Numerics.** A sum of terms that are never negative, :math:`p^\alpha q^{1-\alpha} - \alpha p - (1 -
    \alpha) q` over :math:`\alpha (\alpha - 1)`, each with twice the digits of the dtype and by a series where
    `p` and `q` are near: almost equal distributions keep their digits, and nothing happens near the orders 0
    and 1. Within 2 units in the last place for K <= 1000 and orders from -5 to 10, and 4 next to overflow.

    References
    ----------
    .. [1] Cichocki, A., Amari, S. (2010). Families of alpha- beta- and gamma-divergences. Entropy 12(6).

    Examples
    --------
    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    >>> print(f"{alpha_divergence(p, q, order=2):.12f}")
    0.166666666667
    """
    checked_order(order, finite=True, where="alpha_divergence")
    found = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, where="alpha_divergence"
    )
    return found.result(found.sum(functools.partial(formula.value, order=order)), keepdims=keepdims)


def tsallis_divergence(
    p: Array,
    q: Array,
    /,
    *,
    order: float,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Tsallis divergence of `q` from `p`, without a unit; in nats at order 1.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    order : float
        >= 0 and finite. 1 is the Kullback-Leibler divergence, 2 chi-squared.
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes, and `order` is >= 0 and finite.

    See Also
    --------
    alpha_divergence : Over the order.

    Notes
    -----
    **Definition.** :math:`\frac{1}{\alpha - 1} \left( \sum_k p_k^\alpha q_k^{1 - \alpha} - 1 \right)`; at
    order 0 the probability :math:`\sum_{p = 0} q`.

    **Gradient.** :math:`\partial / \partial q_k = -(p_k / q_k)^\alpha`.

    **Edge cases.** ``p == q`` gives exactly 0. From order 1 on, :math:`p_k > 0` with :math:`q_k = 0` gives
    ``inf``.

    **Numerics.** As `alpha_divergence`.

    References
    ----------
    .. [1] Tsallis, C. (1998). Generalized entropy-based criterion for consistent testing. Phys. Rev. E 58(2).

    Examples
    --------
    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    >>> print(f"{tsallis_divergence(p, q, order=2):.12f}")
    0.333333333333
    """
    checked_order(order, lowest=0, finite=True, where="tsallis_divergence")
    found = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, where="tsallis_divergence"
    )
    if order == 0:
        p, q = found.probs
        return found.result(found.xp.sum(found.xp.where(p > 0, 0.0, q), axis=-1), keepdims=keepdims)
    return found.result(order * found.sum(functools.partial(formula.value, order=order)), keepdims=keepdims)
