"""Renyi divergence of a model distribution from the true one."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import renyi_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.kl_divergence import nats_of
from xent.measures.normalized_in_64_bits import normalized_in_64_bits
from xent.measures.orders import checked_order

__all__ = ["renyi_divergence"]


@normalized_in_64_bits
def renyi_divergence(
    p: Array | None = None,
    q: Array | None = None,
    /,
    *,
    order: float,
    log_probs: Array | tuple[Array, Array] | None = None,
    logits: Array | tuple[Array, Array] | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Renyi divergence of the model `q` from the truth `p`, in nats or in the unit of `base`.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    order : float
        Order :math:`\alpha`, >= 0; ``inf`` is allowed. Order 1 is the Kullback-Leibler divergence; order 1/2
        is symmetric in `p` and `q`.
    log_probs : array or tuple of two arrays, optional
        Natural logarithms of the probabilities: of `q` alone if `p` is given, else ``(log_p, log_q)``.
    logits : array or tuple of two arrays, optional
        Logits, whose softmax is the distribution: of `q` alone if `p` is given, else of both.
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
        One value for each pair, never negative for a base above 1, in the common dtype of floating arguments;
        integers alone give the library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, their
        leading axes do not broadcast, or both are to be read from `log_probs` or `logits` and that is not a
        tuple of two arrays.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), `order` is negative or nan, a
        distribution is given in no space or in several, or `base` is not > 0, finite and not 1. Traced or
        off-host values are not inspected.

    See Also
    --------
    alpha_divergence : Divergence from the same sum without the logarithm.

    Notes
    -----
    **Definition.** :math:`\frac{1}{\alpha - 1} \log_b \sum_k p_k^\alpha q_k^{1 - \alpha}`; at the orders 0, 1
    and infinity the limit of this expression. The divergence does not decrease with the order.

    **Gradient.** :math:`\partial / \partial q_k = -(p_k / q_k)^\alpha / \sum_j p_j^\alpha q_j^{1 - \alpha}`.

    **Edge cases.** ``p == q`` gives 0. Order 0 is :math:`-\log \sum_{p > 0} q`, order infinity :math:`\log
    \max p / q`. For orders >= 1, :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``; for orders < 1, only
    distributions that share no outcome give ``inf``. Logits, and `log_probs` with `normalize`, are not
    checked: nan, ``+inf``, or ``-inf`` alone gives ``nan``.

    **Numerics.** Where the sum of the terms of `alpha_divergence`, which are never negative, is moderate, the
    value is ``log1p`` of that sum: no digits are lost for almost equal distributions or near order 1.
    Elsewhere the value is the logarithm of a scaled sum of exponentials. Both are computed with twice the
    digits of the dtype: within 2 units in the last place for K <= 1000 and orders up to 10, from given
    logarithms relative to the divergence of these logarithms.

    References
    ----------
    .. [1] van Erven, T., Harremoes, P. (2014). Renyi divergence and Kullback-Leibler divergence. IEEE Trans.
       Inf. Theory 60(7).

    Examples
    --------
    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    >>> [round(float(renyi_divergence(p, q, order=order)), 4) for order in (0.5, 1, 2, np.inf)]
    [0.0693, 0.1438, 0.2877, 0.6931]
    """
    order = checked_order(order, lowest=0, caller="renyi_divergence")
    checked = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="renyi_divergence",
    )
    in_logs = any(logs is not None for logs in checked.given_logs)
    if order == 0 and in_logs:
        nats = checked.of(formula.value_of_logs_at_0, *checked.logs)
    elif order == 0:
        nats = checked.of(formula.value_at_0)
    elif order == 1:
        nats = nats_of(checked)
    elif order == math.inf and in_logs:
        nats = checked.of(formula.value_of_logs_at_infinity, *checked.logs)
    elif order == math.inf:
        nats = checked.of(formula.value_at_infinity)
    elif in_logs:
        nats = checked.of(formula.value_of_logs, *checked.logs, order=order)
    else:
        nats = checked.of(formula.value, order=order)
    if in_logs:  # Logits without a softmax have nan probabilities, which a comparison may hide.
        nats = nats + 0 * checked.xp.sum(checked.probs[0] + checked.probs[1], axis=-1)
    return checked.result(nats, base=base, keepdims=keepdims)
