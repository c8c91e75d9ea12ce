"""Renyi entropy of distributions."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy
from xent.formulas.measures import entropy_of_order as formula
from xent.measures.distributions import distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits
from xent.measures.orders import checked_order

__all__ = ["renyi_entropy"]


@normalized_in_64_bits
def renyi_entropy(
    probs: Array | None = None,
    /,
    *,
    order: float,
    log_probs: Array | None = None,
    logits: Array | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Renyi entropy of each distribution, in nats or in the unit of `base`.

    Parameters
    ----------
    probs : array
        Probabilities of the outcomes along `axis`; None if `log_probs` or `logits` is given.
    order : float
        Order :math:`\alpha`, >= 0; ``inf`` is allowed. Order 0 is the logarithm of the number of possible
        outcomes (Hartley), 1 Shannon's entropy, 2 the collision entropy, ``inf`` the min-entropy.
    log_probs, logits : array, optional
        Natural logarithms of the probabilities, or logits, whose softmax they are, in place of `probs`.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides probabilities, also those of `log_probs`, by their sum along `axis` first. False, the
        default, requires sums of 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        One value for each distribution, never negative for a base above 1, in the dtype of the argument;
        integers give the library's default floating one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, or `axis` is no integer.
    ShapeError
        If `axis` does not exist or has length 0.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), `order` is negative or nan, the
        distribution is given in no space or in several, or `base` is not > 0, finite and not 1. Traced or
        off-host values are not inspected.

    See Also
    --------
    tsallis_entropy : Entropy from the same power sum without the logarithm.

    Notes
    -----
    **Definition.** :math:`\frac{1}{1 - \alpha} \log_b \sum_k p_k^\alpha`; at the orders 0, 1 and infinity the
    limit of this expression. The entropy does not increase with the order.

    **Gradient.** :math:`\frac{\alpha}{1 - \alpha} p_k^{\alpha - 1} / \sum_j p_j^\alpha`.

    **Edge cases.** At every order a certain outcome gives 0, and K equal probabilities give
    :math:`\log_b K`. Logits, and `log_probs` with `normalize`, are not checked: nan, ``+inf``, or ``-inf``
    alone gives ``nan``.

    **Numerics.** Where the sum of ``p expm1((order - 1) log p)`` is moderate, the value is ``log1p`` of that
    sum, so that the result is continuous at order 1 and loses no digits there. Elsewhere the powers are
    scaled by the largest and do not all underflow at any order. Intermediate results have twice the digits of
    the dtype: within 2 units in the last place for K <= 1000 and orders up to 10.

    References
    ----------
    .. [1] Renyi, A. (1961). On measures of entropy and information. Proc. 4th Berkeley Symp. 1, equation
       1.21.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.asarray([0.5, 0.25, 0.25])
    >>> [round(float(renyi_entropy(p, order=order, base=2)), 4) for order in (0, 1, 2, np.inf)]
    [1.585, 1.5, 1.415, 1.0]
    """
    order = checked_order(order, lowest=0, caller="renyi_entropy")
    checked = distributions(
        probs,
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="renyi_entropy",
    )
    xp, (probs,), (logs,) = checked.xp, checked.probs, checked.logs
    if order == 0:
        # Logits without a softmax have nan probabilities, which the comparison hides.
        nats = xp.log(xp.sum(xp.astype(logs > -xp.inf, probs.dtype) + 0 * probs, axis=-1))
    elif order == 1:
        nats = checked.sum(cross_entropy.value_of_logs, probs, logs)
    elif order == math.inf:
        nats = 0 - xp.max(logs, axis=-1)
    else:
        nats = checked.of(formula.renyi, probs, checked.given_logs[0], order=order)
    return checked.result(nats, base=base, keepdims=keepdims)
