"""Kullback-Leibler divergence of a model distribution from the true one."""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace, constant
from xent.formulas import i_divergence as formula
from xent.formulas.slopes_of_kl import slope_in_p, slope_of_one
from xent.measures.distributions import Distributions, distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["kl_divergence", "nats_of"]


@normalized_in_64_bits
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
    Kullback-Leibler divergence of the model `q` from the truth `p`, in nats or in the unit of `base`.

    The divergence is the mean extra code length of outcomes drawn from `p` when the code is built for `q`:
    ``cross_entropy(p, q) - entropy(p)``. The divergence is not symmetric in `p` and `q`.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
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
        Divergence of each pair, never negative for a base above 1, in the common dtype of floating arguments;
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
        dtype's epsilon (with `normalize`: is not positive and finite), a distribution is given in no space or
        in several, or `base` is not > 0, finite and not 1. Traced or off-host values are not inspected.

    See Also
    --------
    cross_entropy : Divergence plus the entropy of the truth.
    js_divergence : Symmetric and bounded divergence.

    Notes
    -----
    **Definition.** :math:`\mathrm{KL}(p \,\|\, q) = \sum_k p_k \log_b (p_k / q_k)`, where terms of :math:`p_k
    = 0` are 0.

    **Gradient.** :math:`\partial / \partial q_k = -p_k / q_k` on the simplex; in logits of the model,
    :math:`q_k - p_k`.

    **Edge cases.** ``p == q`` gives exactly 0; :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``; an outcome
    with :math:`p_k = q_k = 0` contributes 0. Logits, and `log_probs` with `normalize`, are not checked: nan,
    ``+inf``, or ``-inf`` alone gives ``nan``.

    **Numerics.** The sum is evaluated as :math:`\sum_k p_k \varphi((q_k - p_k) / p_k)` with
    :math:`\varphi(d) = d - \log(1 + d) \ge 0`. This form adds :math:`\sum q - \sum p`, which is 0 up to
    rounding, and does not cancel where `p` and `q` are almost equal. Within 4 units in the last place of that
    sum for K <= 1000; the same holds for given logarithms, also where the probabilities underflow. Logits are
    first converted to logarithms, which are rounded: for almost equal logits the result has the digits of the
    difference of the rounded logarithms.

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

    The probability ``exp(-800)`` underflows to 0, but its logarithm does not.

    >>> kl_divergence(np.asarray([0.5, 0.5]), logits=np.asarray([0.0, -800.0]))
    np.float64(399.3068528194401)
    """
    checked = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="kl_divergence",
    )
    return checked.result(nats_of(checked), base=base, keepdims=keepdims)


def nats_of(checked: Distributions) -> Array:
    """Divergence in nats of two checked distributions; uses logarithms if one was given in log space."""
    if any(logs is not None for logs in checked.given_logs):
        return checked.sum(_value_of_logs, *checked.logs)
    return checked.sum(_value, quick=_value_of_block)


def _value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Divergences ``sum(p log(p / q) + q - p)`` in nats, from (..., K) to (...); ``inf`` where only `q` is 0.

    For sums of 1 that is the Kullback-Leibler divergence. Derivatives are those of ``sum(p log(p / q))``,
    without the added terms: of any order where `p` and `q` are positive, and the first also where one of them
    is 0, with the limit ``-inf`` in a `p` of 0.
    """

    def surprisals() -> Array:
        # Not of a constant: the second derivative in p and q is -1 / q.
        is_possible = q > 0
        return xp.where(is_possible, 0 - xp.log(xp.where(is_possible, q, 1.0)), xp.inf)

    slopes = slope_in_p(p, surprisals, xp=xp) - slope_of_one(q)
    return formula.value(constant(p), q, xp=xp) + xp.sum(slopes, axis=-1)


def _value_of_logs(log_p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """Divergences of rows of logarithms, with the derivatives of the definition."""
    slopes = slope_of_one(xp.exp(log_p)) - slope_of_one(xp.exp(log_q))
    return formula.value_of_logs(log_p, log_q, xp=xp) + xp.sum(slopes, axis=-1)


def _value_of_block(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Divergences ``sum(p log(p / q) + q - p)`` in nats of the rows of a block of NumPy arrays: (n, K) to (n,).

    The short formula is accurate if the divergence is finite and above a quarter of the row's sum of `p`, and
    no `q` is subnormal; all other rows are recomputed by the full formula.
    """
    checked = formula.value_of_far(p, q, xp=xp)
    is_good = (checked > xp.sum(p, axis=-1) / 4) & (checked < xp.inf)
    # A quotient by `p` of a subnormal `q` has few digits.
    is_poor = ~(is_good & (xp.min(q, axis=-1) >= xp.finfo(q.dtype).smallest_normal))
    if is_poor.any():
        checked[is_poor] = formula.value(p[is_poor], q[is_poor], xp=xp)
    return checked
