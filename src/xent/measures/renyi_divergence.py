"""Renyi divergence of a model from the truth."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import renyi_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.kl_divergence import nats_of
from xent.measures.orders import checked_order

__all__ = ["renyi_divergence"]


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
    Renyi divergence of an order of `q` from `p`, in nats unless `base` says otherwise.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    order : float
        >= 0, or ``inf``. 1 is the Kullback-Leibler divergence, 1/2 is symmetric.
    log_probs : array or tuple of two arrays, optional
        Natural logarithms: of the model if `p` is given, else of both, as ``(log_p, log_q)``.
    logits : array or tuple of two arrays, optional
        Logits in the same way.
    base, axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes, and `order` is >= 0.

    See Also
    --------
    alpha_divergence : Without the logarithm.

    Notes
    -----
    **Definition.** :math:`\frac{1}{\alpha - 1} \log_b \sum_k p_k^\alpha q_k^{1 - \alpha}`, and its limits at
    0, 1 and infinity. It does not decrease with the order.

    **Gradient.** :math:`\partial / \partial q_k = -(p_k / q_k)^\alpha / \sum_j p_j^\alpha q_j^{1 - \alpha}`.

    **Edge cases.** ``p == q`` gives 0. Order 0 is :math:`-\log \sum_{p > 0} q`, order infinity :math:`\log
    \max p / q`. From order 1 on, :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``; below, only
    distributions that share nothing do.

    **Numerics.** ``log1p`` of the terms of `alpha_divergence`, which are never negative, where their sum is
    moderate: almost equal distributions keep their digits, and nothing happens near order 1. Elsewhere a
    scaled sum of exponentials; both with twice the digits of the dtype. Within 2 units in the last place for
    K <= 1000 and orders up to 10, also from logarithms where these are what is compared.

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
    checked_order(order, lowest=0, where="renyi_divergence")
    found = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="renyi_divergence",
    )
    in_logs = any(logs is not None for logs in found.given_logs)
    if order == 0:
        nats = found.of(formula.value_at_0)
    elif order == 1:
        nats = nats_of(found)
    elif order == math.inf and in_logs:
        nats = found.of(formula.value_of_logs_at_infinity, *found.logs)
    elif order == math.inf:
        nats = found.of(formula.value_at_infinity)
    elif in_logs:
        nats = found.of(formula.value_of_logs, *found.logs, order=order)
    else:
        nats = found.of(formula.value, order=order)
    return found.result(nats, base=base, keepdims=keepdims)
