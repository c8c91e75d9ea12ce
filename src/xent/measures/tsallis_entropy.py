"""Tsallis entropy of distributions."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy
from xent.formulas.measures import entropy_of_order as formula
from xent.measures.distributions import distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits
from xent.measures.orders import checked_order

__all__ = ["tsallis_entropy"]


@normalized_in_64_bits
def tsallis_entropy(
    probs: Array | None = None,
    /,
    *,
    order: float,
    log_probs: Array | None = None,
    logits: Array | None = None,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Tsallis entropy of each distribution, without a unit; in nats at order 1.

    Parameters
    ----------
    probs : array
        Probabilities of the outcomes along `axis`; None if `log_probs` or `logits` is given.
    order : float
        Order :math:`\alpha`, >= 0; ``inf`` is allowed. Order 0 is the number of possible outcomes minus 1,
        1 Shannon's entropy, 2 the Gini impurity.
    log_probs, logits : array, optional
        Natural logarithms of the probabilities, or logits, whose softmax they are, in place of `probs`.
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
        One value for each distribution, never negative, in the dtype of the argument; integers give the
        library's default floating one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, or `axis` is no integer.
    ShapeError
        If `axis` does not exist or has length 0.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), `order` is negative or nan, or the
        distribution is given in no space or in several. Traced or off-host values are not inspected.

    See Also
    --------
    renyi_entropy : Entropy from the same power sum with a logarithm.

    Notes
    -----
    **Definition.** :math:`\frac{1 - \sum_k p_k^\alpha}{\alpha - 1}`; the limits are Shannon's entropy at
    order 1 and 0 at order infinity.

    **Gradient.** :math:`\frac{\alpha}{1 - \alpha} p_k^{\alpha - 1}`.

    **Edge cases.** A certain outcome gives 0; K equal probabilities give :math:`(K^{1 - \alpha} - 1) / (1 -
    \alpha)`. Logits, and `log_probs` with `normalize`, are not checked: nan, ``+inf``, or ``-inf`` alone
    gives ``nan``.

    **Numerics.** The value is the sum of ``p expm1((order - 1) log p)``, whose terms have one sign, over
    ``1 - order``: nothing cancels at any order, also near 1. Intermediate results have twice the digits of
    the dtype: within 2 units in the last place for K <= 1000 and orders up to 10.

    References
    ----------
    .. [1] Tsallis, C. (1988). Possible generalization of Boltzmann-Gibbs statistics. J. Stat. Phys. 52,
       equation 1.

    Examples
    --------
    >>> import numpy as np
    >>> tsallis_entropy(np.asarray([0.5, 0.25, 0.25]), order=2)
    np.float64(0.625)
    """
    order = checked_order(order, lowest=0, caller="tsallis_entropy")
    checked = distributions(
        probs,
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="tsallis_entropy",
    )
    (probs,), (logs,) = checked.probs, checked.logs
    if order == 1:
        nats = checked.sum(cross_entropy.value_of_logs, probs, logs)
    elif order == math.inf:
        nats = 0 * checked.xp.sum(probs, axis=-1)
    else:
        nats = checked.of(formula.tsallis, probs, checked.given_logs[0], order=order)
    return checked.result(nats, keepdims=keepdims)
