"""Kullback-Leibler divergence of a model from the truth."""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence as formula
from xent.measures.distributions import Distributions, distributions

__all__ = ["kl_divergence", "nats_of"]


def kl_divergence(
    p: Array | None = None,
    q: Array | None = None,
    /,
    *,
    log_probs: Array | tuple[Array, Array] | None = None,
    logits: Array | tuple[Array, Array] | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Kullback-Leibler divergence of the model `q` from the truth `p`, in nats unless `base` says otherwise.

    What a code built for `q` costs beyond the entropy of `p`. It is not symmetric.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    log_probs : array or tuple of two arrays, optional
        Natural logarithms: of the model if `p` is given, else of both, as ``(log_p, log_q)``.
    logits : array or tuple of two arrays, optional
        Logits in the same way.
    base, axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One divergence for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes.

    See Also
    --------
    cross_entropy : The whole cost, entropy included.
    js_divergence : Symmetric and bounded.

    Notes
    -----
    **Definition.** :math:`\mathrm{KL}(p \,\|\, q) = \sum_k p_k \log_b (p_k / q_k)`, where terms of :math:`p_k
    = 0` are 0.

    **Gradient.** :math:`\partial / \partial q_k = -p_k / q_k` on the simplex; in logits of the model,
    :math:`q_k - p_k`.

    **Edge cases.** ``p == q`` gives exactly 0; :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``; both 0
    contribute nothing.

    **Numerics.** Summed as :math:`\sum_k p_k \varphi((q_k - p_k) / p_k)` with
    :math:`\varphi(d) = d - \log(1 + d) \ge 0`, a form that adds :math:`\sum q - \sum p`, which is 0 but for
    rounding, and in return does not cancel where `p` and `q` are almost equal. Within 4 units in the last
    place of that sum for K <= 1000. From logarithms, likewise for what they are, also where the
    probabilities underflow. Logits are made logarithms first, which rounds: two that are almost equal keep
    the digits of the difference of their logarithms.

    References
    ----------
    .. [1] Kullback, S., Leibler, R. A. (1951). On information and sufficiency. Ann. Math. Statist. 22(1),
       equation 2.4.

    Examples
    --------
    The usual sum of ``p * log(p / q)`` gives 5.75e-17 here.

    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.5 + 1e-9, 0.5 - 1e-9])
    >>> print(f"{kl_divergence(p, q):.4g}")
    2e-18

    A probability of ``exp(-800)`` is no float; its logarithm is.

    >>> kl_divergence(np.asarray([0.5, 0.5]), logits=np.asarray([0.0, -800.0]))
    np.float64(399.3068528194401)
    """
    found = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="kl_divergence",
    )
    return found.result(nats_of(found), base=base, keepdims=keepdims)


def nats_of(found: Distributions) -> Array:
    """Divergence of two checked distributions, from logarithms if one was given by them."""
    if any(logs is not None for logs in found.given_logs):
        return found.sum(formula.value_of_logs, *found.logs)
    return found.sum(formula.value, quick=_value_of_block)


def _value_of_block(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Rows of a NumPy array: the short formula, and the whole one where that is not good enough."""
    found = formula.value_of_far(p, q, xp=xp)
    is_poor = ~((found > xp.sum(p, axis=-1) / 4) & (found < xp.inf))
    if is_poor.any():
        found[is_poor] = formula.value(p[is_poor], q[is_poor], xp=xp)
    return found
